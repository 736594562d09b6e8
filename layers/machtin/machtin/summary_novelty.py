"""What a summary adds to a sapo: shares of syllable pairs, as n-grams are counted in See et al., ACL 2017.

Pairs of neighbouring syllables stand for words: most Vietnamese words have two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise

Tokens = Sequence[str]
Pair = tuple[str, str]


def pairs_of(texts: Iterable[Tokens]) -> set[Pair]:
    """The syllable pairs of several sentences; none goes over the end of one."""
    return set(chain.from_iterable(map(pairwise, texts)))


def novelty(added: Iterable[Tokens], sapo: Iterable[Tokens]) -> float | None:
    """The share of the pairs of what was added that the sapo lacks, 0 to 1; None where nothing was added."""
    pairs = pairs_of(added)
    return len(pairs - pairs_of(sapo)) / len(pairs) if pairs else None


def coverage(shown: Iterable[Tokens], body: Iterable[Tokens]) -> float | None:
    """The share of what the body repeats, the pairs of more than one of its sentences, that is shown; None without."""
    counts = Counter(chain.from_iterable(set(pairwise(tokens)) for tokens in body))
    repeated = {pair for pair, count in counts.items() if count > 1}
    return len(repeated & pairs_of(shown)) / len(repeated) if repeated else None
