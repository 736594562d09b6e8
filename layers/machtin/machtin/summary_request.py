"""What may be asked of a summarizer, and what it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from machtin.answers import Silence, SummaryAnswer, SummaryForm, SummaryMode, SummarySentence
from machtin.errors import InvalidInput
from machtin.vietnamese import syllables

MAX_SENTENCES: Final = 50
MAX_SYLLABLES: Final = 2_000
PUSH_SYLLABLES: Final = 25
"""A push notice shows about as much on a locked telephone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRequest:
    """A summary: how long, about what, beside what, and in which form. Lengths are never passed, and both hold.

    Args:
        sentences: at most so many, fewer where no others are fit to be shown.
        syllables: at most so many together; no sentence is cut, so that nothing may fit.
        query: what the reader is looking for; sentences that speak of it are preferred.
        mode: ``general`` summarizes the body alone; ``sapo+`` shows the sapo and the best that it does not say;
            ``fresh`` only that. An article without sapo or without body has a general summary alone.
        form: ``bullets`` chooses sentences that each stand alone; ``push`` is one sentence, or a clause that stands
            alone, of at most PUSH_SYLLABLES.
    """

    sentences: int | None = None
    syllables: int | None = None
    query: str | None = None
    mode: SummaryMode = "general"
    form: SummaryForm = "text"

    def __post_init__(self) -> None:
        for name, most in (("sentences", MAX_SENTENCES), ("syllables", MAX_SYLLABLES)):
            value = getattr(self, name)
            if value is not None and not 1 <= value <= most:
                raise InvalidInput.of(name, f"must be from 1 to {most:,}")

    @property
    def asked(self) -> str | None:
        """The query, None where it is blank."""
        return (self.query or "").strip() or None


GENERAL: Final = SummaryRequest()
"""The summary that is made of every article when it is indexed."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Chosen sentences in the order of the text, those of the sapo first.

    ``mode``: as it was answered. ``relevant``: whether the article speaks of the query, None without one; where it does
    not, this is the summary without a query. ``novelty`` and ``coverage``: see ``machtin.summary_novelty``; None where
    nothing was set against a sapo. ``silence``: why there is no sentence.
    """

    sentences: Sequence[SummarySentence]
    mode: SummaryMode = "general"
    relevant: bool | None = None
    novelty: float | None = None
    coverage: float | None = None
    silence: Silence | None = None


def summary_answer(article_id: str, summary: Summary, request: SummaryRequest) -> SummaryAnswer:
    """As callers get it: bullets are lines, all else is one."""
    lines = [one.text for one in summary.sentences]
    text = "\n".join(f"• {line}" for line in lines) if request.form == "bullets" else " ".join(lines)
    return SummaryAnswer(
        id=article_id,
        text=text,
        syllables=len(syllables(text)),
        sentences=[replace(one, score=round(one.score, 6)) for one in summary.sentences],
        mode=summary.mode,
        form=request.form,
        relevant=summary.relevant,
        novelty=None if summary.novelty is None else round(summary.novelty, 3),
        coverage=None if summary.coverage is None else round(summary.coverage, 3),
        silence=summary.silence,
    )
