"""What a query tells about itself before anything is searched: its language, and so how far each leg is trusted.

Figures behind the constants: docs/decisions/0008-fusion-and-related.md.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from machtin.explained_score import Language
from machtin.vietnamese import fold, has_diacritics, syllables, syllables_with_spans

BALANCED: Final = 0.55
ACROSS_LANGUAGES: Final = 0.9
# What the vector leg alone found must be as near as this, and a passage of it, where that is known, as near as this;
# all are what training/learn_cutoff.py prints. Across languages cosines hardly tell nonsense from sense, passages do.
LEAST_COSINE: Final = 0.27
LEAST_PASSAGE: Final = 0.33
LEAST_COSINE_ACROSS_LANGUAGES: Final = 0.18
LEAST_PASSAGE_ACROSS_LANGUAGES: Final = 0.34
# What is as near as this is clearly relevant, whatever its words: docs/decisions/0021-relevance-classes.md.
STRONG_COSINE: Final = 0.5
STRONG_COSINE_ACROSS_LANGUAGES: Final = 0.4
# What the words of an article, and those of its best passage, that are near the query's add to its score, and for how
# many candidates: docs/decisions/0023-word-alignment.md.
ALIGNED_WORDS: Final = 0.3
ALIGNED_PASSAGE: Final = 0.3
RERANKED: Final = 20
ALIGNED_PASSAGE_ACROSS_LANGUAGES: Final = 3.0
RERANKED_ACROSS_LANGUAGES: Final = 100

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


def english_words(query: str) -> frozenset[str]:
    """The words of an English query, from which no mark is missing, as ``syllables`` has them; of others none.

    A capital may begin a Vietnamese name, typed as English newspapers have it ("Ha Noi"), unless it is a function word.
    """
    if not is_english(query):
        return frozenset()
    words = zip(*syllables_with_spans(query), strict=True)
    return frozenset(word for word, (start, _) in words if word in _FUNCTION_WORDS or not query[start].isupper())


class Reading(NamedTuple):
    """What follows from a query's language: across languages words hardly meet, so vectors decide.

    ``weight``: the share of the vector leg in fusion. An article that shares no word with the query is an answer from
    ``least_cosine`` on, or where its words were aligned from ``least_cosine_aligned`` with a passage from
    ``least_passage``. ``strong_cosine``: from which it is clearly relevant. ``aligned_words`` and
    ``aligned_passage``: weights of the further parts of a score, which the first ``reranked`` candidates get.
    """

    language: Language
    weight: float
    least_cosine: float
    least_cosine_aligned: float | None
    least_passage: float
    strong_cosine: float
    aligned_words: float
    aligned_passage: float
    reranked: int


IN_VIETNAMESE: Final = Reading(
    "vi",
    BALANCED,
    least_cosine=LEAST_COSINE,
    least_cosine_aligned=LEAST_COSINE,
    least_passage=LEAST_PASSAGE,
    strong_cosine=STRONG_COSINE,
    aligned_words=ALIGNED_WORDS,
    aligned_passage=ALIGNED_PASSAGE,
    reranked=RERANKED,
)
IN_ENGLISH: Final = Reading(
    "en",
    ACROSS_LANGUAGES,
    least_cosine=LEAST_COSINE_ACROSS_LANGUAGES,
    least_cosine_aligned=None,
    least_passage=LEAST_PASSAGE_ACROSS_LANGUAGES,
    strong_cosine=STRONG_COSINE_ACROSS_LANGUAGES,
    aligned_words=0.0,
    aligned_passage=ALIGNED_PASSAGE_ACROSS_LANGUAGES,
    reranked=RERANKED_ACROSS_LANGUAGES,
)


def reading(query: str) -> Reading:
    """How search takes a query."""
    return IN_ENGLISH if is_english(query) else IN_VIETNAMESE
