"""What a query tells about itself before anything is searched: its language, and so how far each leg is trusted."""

from __future__ import annotations

from typing import Final

from machtin.vietnamese import fold, has_diacritics, syllables

BALANCED: Final = 0.5
ACROSS_LANGUAGES: Final = 0.9

# English function words that are no Vietnamese syllable even without diacritics.
_ENGLISH: Final = frozenset(
    "the of and is are was were what which who whom whose when where why how does did has have had will would could "
    "should with from that this these those there their they about into after before between during because by for "
    "its his her our your not been being most many much some any all than then also only over under against".split()
)


def is_english(query: str) -> bool:
    """Whether a query reads as English; two telling words decide, or one among few."""
    if has_diacritics(query):
        return False
    tokens = syllables(fold(query))
    telling = sum(token in _ENGLISH for token in tokens)
    return telling >= 2 or (telling == 1 and len(tokens) <= 8)


def fusion_weight(query: str) -> float:
    """The share of the vector leg in fusion: across languages words hardly meet, so vectors decide."""
    return ACROSS_LANGUAGES if is_english(query) else BALANCED
