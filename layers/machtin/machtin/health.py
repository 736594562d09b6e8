"""Whether every part of an installation answers, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable

from machtin.answers import HealthAnswer, PartHealth
from machtin.errors import IndexUnavailable, MachtinError
from machtin.models import Models
from machtin.ports import ArticleIndex
from machtin.store_port import ArticleStore


def health(store: ArticleStore, live_index: Callable[[], ArticleIndex], models: Models, version: str) -> HealthAnswer:
    """Ask store, index and model; ``version`` is the program's."""
    parts = {
        "store": _part(store.health),
        "index": _part(lambda: f"version {live_index().version}, {live_index().count()} articles"),
        "model": _part(lambda: _model(live_index().model_version, models)),
    }
    return HealthAnswer("ok" if all(part.ok for part in parts.values()) else "degraded", version, parts)


def _model(named: str, models: Models) -> str:
    current, embedder = models.current, models.named(named)
    if embedder is None:
        raise IndexUnavailable(
            f"the index was made with {named}, which is not installed; the model is {current.model_version}"
        )
    told = f"{named}, {embedder.dimensions} dimensions"
    return told if embedder is current else f"{told}; a re-index would use {current.model_version}"


def _part(ask: Callable[[], str]) -> PartHealth:
    try:
        return PartHealth(True, ask())
    except MachtinError as error:
        return PartHealth(False, str(error))
