"""The models of an installation: the one that new index versions are made with, and those that earlier ones name."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, Self

from machtin.article import Article
from machtin.deadline import uncounted
from machtin.embedding import StaticEmbedder, folder_version, split_version
from machtin.errors import ModelError
from machtin.model_port import Embedder, WordAligner
from machtin.ports import Pieces, Vectors

log = logging.getLogger(__name__)


class CutEmbedder(Embedder, Protocol):
    """An embedder whose vectors can be cut to their leading dimensions."""

    def cut(self, dimensions: int) -> Self:
        """The same model with fewer dimensions. Raises ModelError."""


class Models:
    """``current`` is what new index versions are made with; ``named`` finds the model that an index names.

    ``find`` is asked for a name that is not the current one's, by one thread at a time, until it has found it.
    ``renew`` gives another current model when one has been chosen meanwhile, else None.
    """

    def __init__(
        self,
        current: Embedder,
        find: Callable[[str], Embedder | None] | None = None,
        renew: Callable[[], Embedder | None] | None = None,
    ) -> None:
        self._current = current
        self._find = find
        self._renew = renew
        self._found: dict[str, Embedder | None] = {}
        self._lock = threading.Lock()

    @property
    def current(self) -> Embedder:
        """The model of new index versions: the one that has been chosen last, by whatever process."""
        if self._renew is not None:
            with uncounted(), self._lock:
                self._refresh()
        return self._current

    def named(self, model_version: str) -> Embedder | None:
        """The model of this name, loaded when it is first asked for; None when it is not installed here."""
        if model_version == self._current.model_version:
            return self._current
        if self._find is None:
            return None
        with uncounted(), self._lock:
            if self._found.get(model_version) is None:
                self._refresh()
                if model_version == self._current.model_version:
                    return self._current
                if model_version not in self._found:
                    self._found[model_version] = self._find(model_version)
            return self._found[model_version]

    def _refresh(self) -> None:
        renewed = self._renew() if self._renew is not None else None
        if renewed is not None:
            self._found = {name: model for name, model in self._found.items() if model is not None}
            self._found[self._current.model_version] = self._current
            self._current = renewed


def installed_models(
    folder: Path,
    further: Sequence[Path] | Callable[[], Sequence[Path]] = (),
    dimensions: int | None = None,
    *,
    load: Callable[[Path], CutEmbedder] = StaticEmbedder.load,
    chosen: Callable[[], Path] | None = None,
) -> Models:
    """The model of ``folder``, cut to ``dimensions``, as the current one; each folder answers for any cut of its model.

    ``chosen`` tells the folder that has been chosen now: once it tells another, that one is current. Raises ModelError
    for the first folder alone: a further one that is broken is told in the log when it is wanted.
    """
    whole = load(folder)
    present = chosen() if chosen is not None else folder

    def find(model_version: str) -> Embedder | None:
        name, cut = split_version(model_version)
        if name == split_version(whole.model_version)[0]:
            return _cut(whole, cut)
        for one in further() if callable(further) else further:
            try:
                if folder_version(one) == name:
                    return _cut(load(one), cut)
            except ModelError as error:
                log.warning("a further model can't be used: %s", error)
        return None

    def renew() -> Embedder | None:
        nonlocal whole, present
        now = chosen() if chosen is not None else present
        if now == present:
            return None
        present = now
        try:
            whole = load(now)
            return whole if dimensions is None else whole.cut(dimensions)
        except ModelError as error:
            log.warning("the model that was chosen can't be used, the one before stays: %s", error)
            return None

    return Models(whole if dimensions is None else whole.cut(dimensions), find, renew if chosen is not None else None)


def _cut(model: CutEmbedder, dimensions: int | None) -> CutEmbedder | None:
    """None for a cut that this model can't have: then whoever named it meant another."""
    if dimensions is None:
        return model
    return model.cut(dimensions) if 1 <= dimensions <= model.dimensions else None


def embedded(embedder: Embedder, articles: Sequence[Article]) -> list[tuple[Vectors | None, Pieces | None]]:
    """Vector and pieces of each article: no vector where a text has no known token, no pieces where the model has no
    rows for them."""
    pieces: Sequence[Pieces | None] = [None] * len(articles)
    if not articles:
        return []
    if isinstance(embedder, WordAligner):
        vectors, pieces = embedder.embed_with_pieces(articles)
    else:
        vectors = embedder.embed_articles(articles)
    return [(vector if vector.any() else None, named) for vector, named in zip(vectors, pieces, strict=True)]
