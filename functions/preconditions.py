"""Preconditions of a write (RFC 9110, 13.1): what the caller must have seen of an article for it to be carried out."""

from __future__ import annotations

import re
from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Header

from machtin.errors import InvalidInput
from machtin.store_port import NO_ARTICLE

_REVISION: Final = re.compile(r'"([1-9][0-9]{0,17})"')
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The revision that you saw, in quotation marks; 412 where it is another now"),
]
IfNoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", description="`*`: only where there is no article, else 412")
]


def seen_revision(if_match: str | None, if_none_match: str | None = None) -> int | None:
    """The revision that an article must have, NO_ARTICLE where there must be none, None where nothing is asked for.

    Raises InvalidInput for what is no revision: a condition that is not understood must not be taken for none.
    """
    if if_match is not None and if_none_match is not None:
        raise InvalidInput.of("If-None-Match", "is not taken beside If-Match; send one of them")
    if if_none_match is not None:
        if if_none_match.strip() != "*":
            raise InvalidInput.of("If-None-Match", "must be *: only where there is no article yet")
        return NO_ARTICLE
    if if_match is None:
        return None
    named = _REVISION.fullmatch(if_match.strip())
    if named is None:
        raise InvalidInput.of(
            "If-Match",
            'must be the revision that you saw, in quotation marks: "1773538200000"; without it any is changed',
        )
    return int(named[1])
