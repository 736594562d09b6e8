"""What a query tells about itself before anything is searched: its language, and so how far each leg is trusted.

Figures behind the constants: docs/decisions/0008-fusion-and-related.md.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from machtin.explained_score import Language
from machtin.vietnamese import fold, has_diacritics, syllables

BALANCED: Final = 0.55
ACROSS_LANGUAGES: Final = 0.9
# What the vector leg alone found must be as near as this; both are what training/learn_cutoff.py prints.
LEAST_COSINE: Final = 0.28
LEAST_COSINE_ACROSS_LANGUAGES: Final = 0.18
# What is as near as this is clearly relevant, whatever its words: docs/decisions/0021-relevance-classes.md.
STRONG_COSINE: Final = 0.5
STRONG_COSINE_ACROSS_LANGUAGES: Final = 0.4
# What the words of an article, and those of its best passage, that are near the query's add to its score, and for how
# many candidates: docs/decisions/0023-word-alignment.md.
ALIGNED_WORDS: Final = 0.15
ALIGNED_PASSAGE: Final = 0.15
RERANKED: Final = 20
ALIGNED_PASSAGE_ACROSS_LANGUAGES: Final = 2.0
RERANKED_ACROSS_LANGUAGES: Final = 50

# Share of a query's words that no Vietnamese text would have, from which it is English.
ENGLISH_SHARE: Final = 0.7
# Shorter ones may be a list of foreign names ("Messi Barcelona"), unless a function word tells otherwise.
SHORT: Final = 5
_FUNCTION_WORDS: Final = frozenset(
    "the of and is are was were what which who whom whose when where why how does did has have had will would could "
    "should with from that this these those there their they about into after before between during because by for "
    "its his her our your not been being most many much some any all than then also only over under against a an in "
    "on to it as at he she we i you be or do".split()
)
# The shape of a syllable without its marks: onset, nucleus, coda; glides that close a syllable take no coda.
_SYLLABLE: Final = re.compile(
    r"(?:ngh?|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?"
    r"(?:(?:[aeiouy]|ie|oa|oe|oo|ua|ue|uo|uy|uye|ye)(?:ch|ng|nh|[cmnpt])?"
    r"|[aou]i|[aeiou]u|[aeo]o|ay|ia|i?eu|oa[ioy]|oeo|ua[iy]|uoi|uou|uya|uyu|yeu|ueu)"
)


def is_english(query: str) -> bool:
    """Whether a query reads as English: few of its words could be Vietnamese syllables without their marks."""
    if has_diacritics(query):
        return False
    words = [word for word in syllables(fold(query)) if word.isalpha()]
    foreign = [word for word in words if not _SYLLABLE.fullmatch(word)]
    function = [word for word in words if word in _FUNCTION_WORDS]
    if not foreign or (len(words) <= SHORT and not function):
        return False
    return len({*foreign, *function}) >= ENGLISH_SHARE * len(set(words))


class Reading(NamedTuple):
    """What follows from a query's language: across languages words hardly meet, so vectors decide.

    ``weight``: the share of the vector leg in fusion. ``least_cosine``: from which an article is an answer without
    sharing any word with the query. ``strong_cosine``: from which it is clearly relevant. ``aligned_words`` and
    ``aligned_passage``: weights of the further parts of a score, which the first ``reranked`` candidates get.
    """

    language: Language
    weight: float
    least_cosine: float
    strong_cosine: float
    aligned_words: float
    aligned_passage: float
    reranked: int


IN_VIETNAMESE: Final = Reading(
    "vi", BALANCED, LEAST_COSINE, STRONG_COSINE, ALIGNED_WORDS, ALIGNED_PASSAGE, reranked=RERANKED
)
IN_ENGLISH: Final = Reading(
    "en",
    ACROSS_LANGUAGES,
    LEAST_COSINE_ACROSS_LANGUAGES,
    STRONG_COSINE_ACROSS_LANGUAGES,
    0.0,
    ALIGNED_PASSAGE_ACROSS_LANGUAGES,
    reranked=RERANKED_ACROSS_LANGUAGES,
)


def reading(query: str) -> Reading:
    """How search takes a query."""
    return IN_ENGLISH if is_english(query) else IN_VIETNAMESE
