"""The parameters of a summary, which readers' and editors' routes share."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BeforeValidator

from machtin.answers import SummaryForm, SummaryMode
from machtin.search_request import MAX_QUERY
from machtin.summary_request import MAX_SENTENCES, MAX_SYLLABLES, PUSH_SYLLABLES


def _with_plus(value: object) -> object:
    """A plus that was not percent-encoded arrives as a space."""
    return "sapo+" if value == "sapo " else value


AtMostSentences = Annotated[
    int | None,
    Query(ge=1, le=MAX_SENTENCES, description="At most so many, the sapo's too; fewer where no other fits"),
]
AtMostSyllables = Annotated[
    int | None, Query(ge=1, le=MAX_SYLLABLES, description="Together never more; no sentence is cut to fit")
]
SpokenOf = Annotated[
    str | None,
    Query(
        max_length=MAX_QUERY,
        description="Prefer what speaks of this; where nothing does, relevant is false and the summary the general one",
    ),
]
Beside = Annotated[
    SummaryMode,
    BeforeValidator(_with_plus),
    Query(
        description="general: of the body alone; sapo+: the sapo and the best that it does not say; fresh: only that. "
        "An article without sapo or body has the general one"
    ),
]
Form = Annotated[
    SummaryForm,
    Query(
        description=f"bullets: sentences that each stand alone; push: one of at most {PUSH_SYLLABLES} syllables, or "
        "the beginning of one up to where it could have ended"
    ),
]
