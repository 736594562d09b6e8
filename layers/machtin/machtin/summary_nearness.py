"""What a reader looks for, and whether a sentence or an article speaks of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from machtin.cosine_scale import scale_of
from machtin.model_port import Embedder
from machtin.query import english_words
from machtin.summary_candidates import Candidate
from machtin.summary_features import total_weight
from machtin.summary_novelty import pairs_of
from machtin.vietnamese import fold_syllables, has_diacritics, syllables

# An article speaks of a query where two neighbouring sentences hold so much of its words and the article so many of the
# pairs of syllables that were typed, or where a sentence is so near in meaning by the bundled model's cosine.
WORDS: Final = 0.5
PAIRS: Final = 0.3
MEANING: Final = 0.3


class Nearness:
    """How near each of the sentences is to a query, 0 to 1 in ``values``, and whether the article is ``relevant``.

    By words a sentence counts what it holds of the query's weight, and without diacritics both sides are folded, except
    for English words; by meaning, where there is an embedder, its cosine.
    """

    def __init__(
        self, query: str, offered: Sequence[Candidate], weights: Mapping[str, float], embedder: Embedder | None
    ) -> None:
        asked = syllables(query)
        wanted = set(asked)
        spelt = has_diacritics(query)
        tokens = [one.tokens if spelt else fold_syllables(one.tokens) for one in offered]
        whole = total_weight(wanted, weights) or 1.0
        as_typed = english_words(query)
        held = [
            (wanted - as_typed) & set(own) | wanted & as_typed & set(one.tokens)
            for own, one in zip(tokens, offered, strict=True)
        ]
        self.values: NDArray[np.float64] = np.array([total_weight(part, weights) / whole for part in held])
        together = max(total_weight(one | other, weights) / whole for one, other in pairwise([set(), *held]))
        pairs = set(pairwise(asked))
        in_pairs = len(pairs & pairs_of(tokens)) / len(pairs) if pairs else 1.0
        self.relevant = bool(wanted) and together >= WORDS and in_pairs >= PAIRS
        if embedder is not None and wanted:
            vectors = embedder.embed([query, *(one.sentence.text for one in offered)])
            cosines = (vectors[1:] @ vectors[0]).astype(np.float64)
            if (scale := scale_of(embedder)) is not None:
                cosines = np.array([scale.of(float(cosine)) for cosine in cosines])
            self.values = np.maximum(self.values, cosines)
            self.relevant |= bool(cosines.max() >= MEANING)
