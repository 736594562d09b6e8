"""All index versions in a cluster: one index each, and two aliases that name the live one and the one before."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from machtin.adapters.lexical_terms import CURRENT, EARLIER
from machtin.adapters.opensearch_client import AlreadyThere, OpenSearchClient
from machtin.adapters.opensearch_index import Description, OpenSearchIndex, written_as
from machtin.adapters.opensearch_schema import FORMAT, OLDEST, PIECES, SPELLINGS, SUMMARIZER, index_body
from machtin.adapters.version_names import PATTERN, by_age, next_version
from machtin.errors import Conflict, IndexUnavailable, NotFound

# How long readers may go on with a version after another was promoted: it still answers, and asking costs a request.
LIVE_SECONDS: Final = 1.0
# Making, promoting and dropping versions is rare, and cluster states may be slow.
CHANGE_SECONDS: Final = 30.0
ATTEMPTS: Final = 10


class OpenSearchCatalog:
    """Implements ports.IndexCatalog on a cluster. Threads and processes may share it."""

    def __init__(
        self,
        client: OpenSearchClient,
        prefix: str,
        *,
        live_seconds: float = LIVE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self.prefix = prefix
        self._live_alias = f"{prefix}-live"
        self._previous_alias = f"{prefix}-previous"
        self._live_seconds = live_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._live: OpenSearchIndex | None = None
        self._asked_at = float("-inf")

    def create(self, model_version: str, dimensions: int, *, building: bool = False) -> OpenSearchIndex:
        """A new, empty version; ``building``: nothing is refreshed or copied until it is warmed up."""
        body = index_body(model_version, dimensions, building=building)
        for _ in range(ATTEMPTS):
            version = next_version(self.versions())
            name = self._name(version)
            named = body | {"aliases": {written_as(name): {}}}
            try:
                self._client.request("PUT", f"/{name}", body=named, seconds=CHANGE_SECONDS)
            except AlreadyThere:
                continue
            description = Description(model_version=model_version, dimensions=dimensions, building=building)
            return OpenSearchIndex(self._client, name, version, description)
        raise Conflict("other processes make index versions all the time; try again later")

    def open(self, version: str) -> OpenSearchIndex:
        """Raises NotFound; IndexUnavailable for an index that is none of machtin's, or a newer machtin's."""
        if not PATTERN.fullmatch(version):
            raise NotFound(f"there is no index version {version}")
        name = self._name(version)
        try:
            described = self._client.request("GET", f"/{name}")[name]
        except NotFound as error:
            raise NotFound(f"there is no index version {version}") from error
        return OpenSearchIndex(self._client, name, version, _description(name, described))

    def live(self) -> OpenSearchIndex:
        """The version that answers; another process's promotion is noticed within LIVE_SECONDS."""
        with self._lock:
            live = self._live
            # While searches fail the alias is not asked for: its quick answer would hide that from the breaker.
            if live is not None and (self._client.breaker.failing or not self._is_due()):
                return live
        for _ in range(ATTEMPTS):
            asked_at, version = self._clock(), self.live_version()
            if version is None:
                raise NotFound("no index version is live yet")
            try:
                live = live if live is not None and live.version == version else self.open(version)
            except NotFound:
                continue  # superseded and dropped since the alias was read
            with self._lock:
                self._live, self._asked_at = live, asked_at
            return live
        raise IndexUnavailable("the live index version is dropped again and again")

    def _is_due(self) -> bool:
        return self._clock() - self._asked_at >= self._live_seconds

    def live_version(self) -> str | None:
        """The name of the version that answers, asked anew."""
        version = next(iter(self._holding(self._live_alias)), None)
        with self._lock:
            if self._live is not None and self._live.version != version:
                self._live = None
        return version

    def promote(self, version: str, *, only_first: bool = False) -> str | None:
        """Make it live in one atomic step; see ports.IndexCatalog."""
        for _ in range(ATTEMPTS):
            if version not in self.versions():
                raise NotFound(f"there is no index version {version}")
            holding, before = self._holding(self._live_alias), self._holding(self._previous_alias)
            live = next(iter(holding), None)
            if live is not None and only_first:
                return live
            if live == version:
                return next(iter(before), None)
            actions = [_remove(self._name(one), self._previous_alias) for one in before]
            actions += [_remove(self._name(one), self._live_alias) for one in holding]
            if live is not None:
                actions.append(_add(self._name(live), self._previous_alias))
            actions.append(_add(self._name(version), self._live_alias))
            if self._change_aliases(actions) and (live is not None or self._was_first(version)):
                return live
        raise Conflict("other processes promote index versions all the time; try again later")

    def _change_aliases(self, actions: list[dict[str, Any]]) -> bool:
        """False when somebody else promoted meanwhile, so that an alias isn't where it was: then nothing is changed."""
        try:
            self._client.request("POST", "/_aliases", body={"actions": actions}, seconds=CHANGE_SECONDS)
        except NotFound:
            return False
        with self._lock:
            self._live = None
        return True

    def _was_first(self, version: str) -> bool:
        """Of several that became the first live version at once the oldest stays; any other steps back."""
        if self._holding(self._live_alias)[:1] == [version]:
            return True
        self._change_aliases([_remove(self._name(version), self._live_alias)])
        return False

    def previous(self) -> str | None:
        """The version that was live before."""
        return next(iter(self._holding(self._previous_alias)), None)

    def versions(self) -> list[str]:
        """All versions, oldest first."""
        params = {"format": "json", "h": "index", "expand_wildcards": "all"}
        rows = self._client.request("GET", f"/_cat/indices/{self.prefix}-articles-*", params=params)
        return by_age(row["index"].removeprefix(f"{self.prefix}-") for row in rows)

    def drop(self, version: str) -> None:
        """Delete a version. Raises Conflict for the live one, NotFound."""
        if version not in self.versions():
            raise NotFound(f"there is no index version {version}")
        if self.live_version() == version:
            raise Conflict(f"{version} is live; promote another version before dropping it")
        self._client.request("DELETE", f"/{self._name(version)}", seconds=CHANGE_SECONDS)

    def close(self) -> None:
        """Close the connections; safe to call twice."""
        self._client.close()

    def _name(self, version: str) -> str:
        return f"{self.prefix}-{version}"

    def _holding(self, alias: str) -> list[str]:
        """The versions that carry an alias, oldest first: one, or none."""
        try:
            found = self._client.request("GET", f"/_alias/{alias}")
        except NotFound:
            return []
        return by_age(name.removeprefix(f"{self.prefix}-") for name in found)


def _description(name: str, described: Any) -> Description:
    meta = described["mappings"].get("_meta", {})
    if meta.get("format") not in range(OLDEST, FORMAT + 1):
        raise IndexUnavailable(
            f"{name} has format {meta.get('format')}, this machtin reads {FORMAT}; update machtin, or re-index"
        )
    building = described["settings"]["index"].get("refresh_interval") == "-1"
    return Description(
        model_version=meta["model_version"],
        dimensions=meta["dimensions"],
        building=building,
        analysis=CURRENT if meta["format"] >= SPELLINGS else EARLIER,
        pieces=meta["format"] >= PIECES,
        summarizer=meta["format"] >= SUMMARIZER,
    )


def _add(name: str, alias: str) -> dict[str, Any]:
    return {"add": {"index": name, "alias": alias}}


def _remove(name: str, alias: str) -> dict[str, Any]:
    return {"remove": {"index": name, "alias": alias, "must_exist": True}}
