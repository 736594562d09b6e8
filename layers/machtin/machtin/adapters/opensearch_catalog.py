"""All index versions in a cluster: one index each, and two aliases that name the live one and the one before."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from machtin.adapters.opensearch_client import AlreadyThere, OpenSearchClient
from machtin.adapters.opensearch_index import Description, OpenSearchIndex
from machtin.adapters.opensearch_schema import FORMAT, index_body
from machtin.errors import Conflict, IndexUnavailable, NotFound

_VERSION: Final = re.compile(r"articles-(\d{6,})")
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
        shards: int = 1,
        live_seconds: float = LIVE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self.prefix = prefix
        self._shards = shards
        self._live_alias = f"{prefix}-live"
        self._previous_alias = f"{prefix}-previous"
        self._live_seconds = live_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._live: OpenSearchIndex | None = None
        self._asked_at = float("-inf")

    def create(self, model_version: str, dimensions: int, *, building: bool = False) -> OpenSearchIndex:
        """A new, empty version; ``building``: nothing is refreshed or copied until it is warmed up."""
        body = index_body(model_version, dimensions, shards=self._shards, building=building)
        for _ in range(ATTEMPTS):
            taken = [int(version.rpartition("-")[2]) for version in self.versions()]
            version = f"articles-{max(taken, default=0) + 1:06d}"
            try:
                self._client.request("PUT", f"/{self._name(version)}", body=body, seconds=CHANGE_SECONDS)
            except AlreadyThere:
                continue
            description = Description(model_version=model_version, dimensions=dimensions, building=building)
            return OpenSearchIndex(self._client, self._name(version), version, description)
        raise Conflict("other processes make index versions all the time; try again later")

    def open(self, version: str) -> OpenSearchIndex:
        """Raises NotFound; IndexUnavailable for an index that is none of machtin's, or a newer machtin's."""
        if not _VERSION.fullmatch(version):
            raise NotFound(f"there is no index version {version}")
        name = self._name(version)
        try:
            described = self._client.request("GET", f"/{name}", seconds=CHANGE_SECONDS)[name]
        except NotFound as error:
            raise NotFound(f"there is no index version {version}") from error
        return OpenSearchIndex(self._client, name, version, _description(name, described))

    def live(self) -> OpenSearchIndex:
        """The version that answers; another process's promotion is noticed within LIVE_SECONDS."""
        with self._lock:
            live = self._live
            if live is not None and self._clock() - self._asked_at < self._live_seconds:
                return live
        asked_at, version = self._clock(), self.live_version()
        if version is None:
            raise NotFound("no index version is live yet")
        if live is None or live.version != version:
            live = self.open(version)
        with self._lock:
            self._live, self._asked_at = live, asked_at
        return live

    def live_version(self) -> str | None:
        """The name of the version that answers, asked anew."""
        return self._aliases().get(self._live_alias)

    def promote(self, version: str) -> str | None:
        """Make it live in one atomic step and return what was live before. Raises NotFound."""
        for _ in range(ATTEMPTS):
            if version not in self.versions():
                raise NotFound(f"there is no index version {version}")
            aliases = self._aliases()
            live, before = aliases.get(self._live_alias), aliases.get(self._previous_alias)
            if live == version:
                return before
            actions = [_add(self._name(version), self._live_alias)]
            if before is not None:
                actions.append(_remove(self._name(before), self._previous_alias))
            if live is not None:
                actions += [_remove(self._name(live), self._live_alias), _add(self._name(live), self._previous_alias)]
            try:
                self._client.request("POST", "/_aliases", body={"actions": actions}, seconds=CHANGE_SECONDS)
            except NotFound:
                # Somebody else promoted meanwhile, so that an alias isn't where it was.
                continue
            with self._lock:
                self._live = None
            return live
        raise Conflict("other processes promote index versions all the time; try again later")

    def previous(self) -> str | None:
        """The version that was live before."""
        return self._aliases().get(self._previous_alias)

    def versions(self) -> list[str]:
        """All versions, oldest first."""
        params = {"format": "json", "h": "index", "expand_wildcards": "all"}
        rows = self._client.request("GET", f"/_cat/indices/{self.prefix}-articles-*", params=params)
        names = (row["index"].removeprefix(f"{self.prefix}-") for row in rows)
        return sorted((name for name in names if _VERSION.fullmatch(name)), key=lambda name: (len(name), name))

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

    def _aliases(self) -> dict[str, str]:
        """Version by alias. An alias on two indexes is nobody's doing here: the newer one counts."""
        wanted = f"{self._live_alias},{self._previous_alias}"
        try:
            found = self._client.request("GET", f"/_alias/{wanted}")
        except NotFound as error:
            # When one of the two is missing the answer is a 404 that holds the other.
            found = getattr(error.__cause__, "info", {})
        named: dict[str, str] = {}
        for name in sorted(name for name in found if name.startswith(f"{self.prefix}-articles-")):
            for alias in found[name]["aliases"]:
                named[alias] = name.removeprefix(f"{self.prefix}-")
        return named


def _description(name: str, described: Any) -> Description:
    meta = described["mappings"].get("_meta", {})
    if meta.get("format") != FORMAT:
        raise IndexUnavailable(
            f"{name} has format {meta.get('format')}, this machtin reads {FORMAT}; update machtin, or re-index"
        )
    building = described["settings"]["index"].get("refresh_interval") == "-1"
    return Description(model_version=meta["model_version"], dimensions=meta["dimensions"], building=building)


def _add(name: str, alias: str) -> dict[str, Any]:
    return {"add": {"index": name, "alias": alias}}


def _remove(name: str, alias: str) -> dict[str, Any]:
    return {"remove": {"index": name, "alias": alias, "must_exist": True}}
