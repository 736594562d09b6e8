"""What machtin needs of its models, as Protocols: embedders and summarizers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from machtin.article import Article
from machtin.digest_answers import Digest
from machtin.ports import Pieces, Vectors
from machtin.summary_request import GENERAL, Summary, SummaryRequest


class Embedder(Protocol):
    """Texts to unit vectors."""

    @property
    def model_version(self) -> str:
        """Changes whenever a vector of any text would."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (n, dimensions), rows of length 1, or of length 0 where a text has no known token."""

    def embed_articles(self, articles: Sequence[Article]) -> Vectors:
        """The same of whole articles, to be compared with vectors of texts and of other articles."""


@runtime_checkable
class WordAligner(Protocol):
    """An embedder with a row for each piece, which can tell how near an article's words come to each of a query's."""

    def embed_with_pieces(self, articles: Sequence[Article]) -> tuple[Vectors, list[Pieces]]:
        """Vectors as of ``embed_articles``, and what ``alignment`` needs to know of each article."""

    def alignment(self, query: str, articles: Sequence[Pieces]) -> Vectors:
        """How near the words of each article come to the query's: as a whole, and those of its best passage.

        From 0 (nothing there is near) to 1 (all words of the query are there); float32 of shape (n, 2).
        """


class Summarizer(Protocol):
    """Extracts sentences; never makes a word."""

    @property
    def version(self) -> str:
        """Changes whenever the general summary of any article would."""

    def summarize(self, article: Article, request: SummaryRequest = GENERAL) -> Summary:
        """What was chosen, in the order of the text; never longer than asked for."""


class Digester(Protocol):
    """Extracts sentences of several articles; never makes a word."""

    def digest(self, articles: Sequence[Article], sentences: int | None, room: int | None) -> Digest:
        """At most so many sentences and ``room`` syllables, in order of time; what repeats is there once."""
