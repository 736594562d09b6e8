"""The two sides that a gate compares: an index version, asked with the model that it was made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from machtin.errors import MachtinError
from machtin.model_port import Embedder
from machtin.ports import ArticleIndex, Retrieval

# A word that is in no index, or in every: what matters is whether the index answers.
PROBE: Final = Retrieval(text="tin", vector=None, size=1)


@dataclass(frozen=True, slots=True)
class Side:
    """An index version, and the model that readers' queries to it are embedded by."""

    index: ArticleIndex
    embedder: Embedder

    @property
    def is_embedded(self) -> bool:
        """Whether that model is the one whose vectors the index holds: it may not be installed here."""
        return self.index.model_version == self.embedder.model_version


def unreadable(index: ArticleIndex) -> str | None:
    """Why an index can't answer, in words; None where it does."""
    try:
        index.retrieve(PROBE)
        index.count()
    except MachtinError as error:
        return str(error)
    return None
