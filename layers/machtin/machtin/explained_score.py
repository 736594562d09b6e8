"""How a hit came to its score, as the API tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["vi", "en"]
Leg = Literal["words", "meaning"]
Relevance = Literal["strong", "weak"]


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part of a score: ``contribution`` is ``value`` times ``weight``.

    ``words``: BM25 as a share of the best hit's. ``meaning``: the cosine, on the bundled model's scale. ``estimated``:
    the value stands for one that the engine did not return. ``aligned_words`` and ``aligned_passage``: how near the
    words of the article, and those of its best passage, come to each of the query's; for the first candidates alone.
    """

    name: str
    value: float
    weight: float
    contribution: float
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a hit came to its score: the contributions of ``parts``, summed in their order, are what is rounded to it.

    There are none beyond the candidates that are scored, as in lists by date alone. ``language``: as the query is read.
    ``weight``: the share of meaning, ``because``: it is the usual one (balanced), words hardly meet across_languages,
    or the mode has one leg. ``found_by``: which legs found it. ``bm25`` and ``cosine`` are what the engine gave,
    ``best_bm25`` what the first is divided by. ``least_cosine``: from which meaning alone makes a hit, and
    ``least_passage``: where words were aligned, from which value of aligned_passage; null where there is no such limit.
    """

    parts: list[ScorePart]
    language: Language
    weight: float
    because: Literal["balanced", "across_languages", "mode"]
    found_by: list[Leg]
    bm25: float | None
    best_bm25: float | None
    cosine: float | None
    least_cosine: float | None
    least_passage: float | None
