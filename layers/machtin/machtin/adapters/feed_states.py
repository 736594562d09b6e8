"""What is remembered of polled sites, one JSON document each: in a folder of this machine, or in the bucket."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from machtin.errors import StoreUnavailable
from machtin.feed_state import SiteState

if TYPE_CHECKING:
    from machtin.adapters.s3_bucket import Bucket

PREFIX: Final = "feeds/"
_SUFFIX: Final = ".json"

log = logging.getLogger(__name__)


class FolderFeedStates:
    """Implements feed_state.FeedStates in a folder, which is made when it is missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sites(self) -> list[str]:
        return sorted(unquote(path.name.removesuffix(_SUFFIX)) for path in self._folder.glob(f"*{_SUFFIX}"))

    def load(self, site: str) -> SiteState:
        try:
            content = self._path(site).read_bytes()
        except FileNotFoundError:
            return SiteState()
        except OSError as error:
            raise StoreUnavailable(f"cannot read {self._path(site)}: {error.strerror}") from error
        return _decoded(site, content)

    def save(self, site: str, state: SiteState) -> None:
        path = self._path(site)
        part = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(_encoded(state))
            part.replace(path)
        except OSError as error:
            raise StoreUnavailable(f"cannot write {path}: {error.strerror}") from error

    def _path(self, site: str) -> Path:
        return self._folder / f"{quote(site, safe='')}{_SUFFIX}"


class S3FeedStates:
    """Implements feed_state.FeedStates below ``feeds/`` in the bucket.

    Of two polls at the same time the one that saves last counts; what the other noted is asked for once more.
    """

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def sites(self) -> list[str]:
        keys = (one.key for one in self._bucket.listed(PREFIX))
        return [unquote(key.removeprefix(PREFIX).removesuffix(_SUFFIX)) for key in keys if key.endswith(_SUFFIX)]

    def load(self, site: str) -> SiteState:
        stored = self._bucket.get(self._key(site))
        return _decoded(site, stored.body) if stored else SiteState()

    def save(self, site: str, state: SiteState) -> None:
        self._bucket.put(self._key(site), _encoded(state))

    @staticmethod
    def _key(site: str) -> str:
        return f"{PREFIX}{quote(site, safe='')}{_SUFFIX}"


def _encoded(state: SiteState) -> bytes:
    return json.dumps(state.to_json(), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _decoded(site: str, content: bytes) -> SiteState:
    """A document that can't be read is begun anew, which costs requests and loses nothing."""
    try:
        return SiteState.from_json(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("what was remembered of %s can't be read and is begun anew: %s", site, error)
        return SiteState()
