"""Which articles tell of one story, as far as each was compared with others: what is kept of that, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol


class Link(NamedTuple):
    """Two articles that report the same event or its continuation, as one was when it was compared with the other.

    It holds between these two revisions: where either article has changed since, it says nothing.
    """

    one: str
    one_revision: int
    other: str
    other_revision: int
    likelihood: float


@dataclass(frozen=True, slots=True)
class Linked:
    """The links that an article was given when it was compared; ``by`` names what compared it."""

    article_id: str
    revision: int
    by: str
    links: tuple[Link, ...]


class ThreadLinks(Protocol):
    """The links of all articles, whatever index version they were found in. Derived: all can be found again."""

    def put(self, linked: Sequence[Linked]) -> None:
        """Replace each article's links. An older revision never overwrites a newer one, the same one again does."""

    def remove(self, articles: Sequence[tuple[str, int]]) -> None:
        """Forget the links of articles, by id and revision, unless they are those of a newer revision."""

    def of(self, article_ids: Sequence[str]) -> list[Link]:
        """Every link at whose one or other end one of these articles stands, in no order. Raises Unavailable."""

    def revisions(self) -> Iterator[tuple[str, int, str]]:
        """Id, revision and ``by`` of every article that was compared: what a check against the index compares."""


class _NoLinks:
    """Keeps nothing: each article is a story of its own."""

    def put(self, linked: Sequence[Linked]) -> None:
        pass

    def remove(self, articles: Sequence[tuple[str, int]]) -> None:
        pass

    def of(self, article_ids: Sequence[str]) -> list[Link]:  # noqa: ARG002  # the port names it
        return []

    def revisions(self) -> Iterator[tuple[str, int, str]]:
        return iter(())


NO_LINKS: Final[ThreadLinks] = _NoLinks()
