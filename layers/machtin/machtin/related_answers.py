"""What related news answers: the objects of the API and of the command line's ``--json``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an article is shown beside another, for whoever reads it.

    ``kind``: same_event, a report of the event or of what came of it; names, people, places or bodies that both speak
    of; topic, what neither names but both are about. ``text`` says it in the language asked for, else in Vietnamese.
    ``shared``: what both name, as the other article has it. ``hours``: by how much it was published after the article
    (negative: before), null where either has no date.
    """

    kind: Literal["same_event", "names", "topic"]
    text: str
    shared: list[str]
    hours: float | None


@dataclass(frozen=True, slots=True)
class RelatedArticle:
    """One related article, with the near-duplicates that are folded under it.

    ``likelihood``, 0 to 1: that it reports the same event, or its continuation.
    """

    id: str
    url: str | None
    title: str
    sapo: str
    section: str | None
    publisher: str | None
    published_at: str | None
    score: float
    likelihood: float
    reason: Reason
    copies: list[str]


@dataclass(frozen=True, slots=True)
class RelatedAnswer:
    """Reports of the same event or its continuation, newest first, and older articles that explain it, best first.

    ``copies``: near-duplicates of the article itself, which are in neither part. ``degraded``: one of the two legs
    could not answer, the other did.
    """

    id: str
    took_ms: float
    degraded: bool
    developments: list[RelatedArticle]
    background: list[RelatedArticle]
    copies: list[str]
    model_version: str
