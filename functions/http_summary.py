"""The parameters of summaries, which readers' and editors' routes share, and of digests."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BeforeValidator

from machtin.answers import SummaryForm, SummaryMode
from machtin.article import ID_MEND
from machtin.digest_request import MAX_ARTICLES, USUAL_SYLLABLES
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
ListedIds = Annotated[
    str,
    Query(
        max_length=4_000,
        description=f"Ids of up to {MAX_ARTICLES} articles, parted by commas; those that can't be read are named under "
        "missing, as long as there are others",
    ),
]
EventOf = Annotated[
    str | None,
    Query(description=f"In place of ids: an article, read with the developments of its event; {ID_MEND}"),
]
DigestSentences = Annotated[int | None, Query(ge=1, le=MAX_SENTENCES, description="At most so many")]
DigestSyllables = Annotated[
    int | None,
    Query(
        ge=1,
        le=MAX_SYLLABLES,
        description=f"Together never more; {USUAL_SYLLABLES} where no length is asked for. Contradictions stand beside",
    ),
]
