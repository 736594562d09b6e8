"""The models of an installation: the one that new index versions are made with, and those that earlier ones name."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from machtin.embedding import StaticEmbedder, folder_version, split_version
from machtin.errors import ModelError
from machtin.ports import Embedder

log = logging.getLogger(__name__)


class Models:
    """``current`` is what new index versions are made with; ``named`` finds the model that an index names.

    ``find`` is asked once for each name that is not the current one's, and by one thread at a time.
    """

    def __init__(self, current: Embedder, find: Callable[[str], Embedder | None] | None = None) -> None:
        self.current = current
        self._find = find
        self._found: dict[str, Embedder | None] = {}
        self._lock = threading.Lock()

    def named(self, model_version: str) -> Embedder | None:
        """The model of this name, loaded when it is first asked for; None when it is not installed here."""
        if model_version == self.current.model_version:
            return self.current
        if self._find is None:
            return None
        with self._lock:
            if model_version not in self._found:
                self._found[model_version] = self._find(model_version)
            return self._found[model_version]


def installed_models(folder: Path, further: Sequence[Path] = (), dimensions: int | None = None) -> Models:
    """The model of ``folder``, cut to ``dimensions``, as the current one; each folder answers for any cut of its model.

    Raises ModelError for the first folder alone: a further one that is broken is told in the log when it is wanted.
    """
    whole = StaticEmbedder.load(folder)

    def find(model_version: str) -> Embedder | None:
        name, cut = split_version(model_version)
        if name == whole.model_version:
            return _cut(whole, cut)
        for one in further:
            try:
                if folder_version(one) == name:
                    return _cut(StaticEmbedder.load(one), cut)
            except ModelError as error:
                log.warning("a further model can't be used: %s", error)
        return None

    return Models(whole if dimensions is None else whole.cut(dimensions), find)


def _cut(model: StaticEmbedder, dimensions: int | None) -> StaticEmbedder | None:
    """None for a cut that this model can't have: then whoever named it meant another."""
    if dimensions is None:
        return model
    return model.cut(dimensions) if 1 <= dimensions <= model.dimensions else None
