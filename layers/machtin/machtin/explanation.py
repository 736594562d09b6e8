"""Why a hit stands where it stands: the parts of its score, and how relevant it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from machtin.answers import Mode
from machtin.explained_score import Explanation, Leg, Relevance, ScorePart
from machtin.ports import Classes, Retrieved
from machtin.query import Reading
from machtin.ranking import Fused

if TYPE_CHECKING:
    from collections.abc import Sequence

# Of the best hit's BM25, from which an article is clearly relevant; figures: docs/decisions/0021-relevance-classes.md.
STRONG_SHARE: Final = 0.5


def classes_of(order: Sequence[Fused], found: Retrieved, read: Reading) -> Classes:
    """The classes that a list by date is parted in: by both legs' scores, without asking anything more."""
    near = dict(zip(found.nearest.ids, found.nearest.scores, strict=True))
    listed = [one.id for one in order if one.id in near]
    strong = tuple(article_id for article_id in listed if near[article_id] >= read.strong_cosine)
    fair = tuple(article_id for article_id in listed if near[article_id] < read.strong_cosine)
    return Classes(STRONG_SHARE * max(found.lexical.scores, default=0.0) or 1.0, strong, fair)


def relevance_of(fused: Fused, found: Retrieved, read: Reading) -> Relevance | None:
    """How relevant a hit is, None where neither leg's score of it is known."""
    strong = fused.strong
    if strong is None and (fused.id in found.lexical.ids or fused.id in found.nearest.ids):
        # A cosine that was estimated tells of no article.
        near = fused.id in found.nearest.ids and fused.cosine >= read.strong_cosine
        strong = near or fused.lexical >= STRONG_SHARE
    return None if strong is None else "strong" if strong else "weak"


def explained(
    fused: Fused, found: Retrieved, model_gave: Retrieved, read: Reading, weight: float, mode: Mode
) -> Explanation:
    """All that made a hit's score; ``model_gave``: the legs before cosines were brought to one scale."""
    bm25 = dict(zip(found.lexical.ids, found.lexical.scores, strict=True)).get(fused.id)
    cosine = dict(zip(model_gave.nearest.ids, model_gave.nearest.scores, strict=True)).get(fused.id)
    found_by: list[Leg] = ["words"] if bm25 is not None else []
    found_by += ["meaning"] if cosine is not None else []
    because: Literal["balanced", "across_languages", "mode"] = (
        "across_languages" if read.language == "en" else "balanced"
    )
    return Explanation(
        parts=_parts(fused, weight, estimated=cosine is None) if found_by else [],
        language=read.language,
        weight=weight,
        because=because if mode == "hybrid" else "mode",
        # Whatever lies beyond the candidates was found by its words.
        found_by=found_by or ["words"],
        bm25=bm25,
        best_bm25=max(found.lexical.scores, default=None),
        cosine=cosine,
        **_limits(fused, read, mode),
    )


def _limits(fused: Fused, read: Reading, mode: Mode) -> dict[str, float | None]:
    if mode == "semantic":
        return {"least_cosine": None, "least_passage": None}
    if fused.further:
        return {"least_cosine": read.least_cosine_aligned, "least_passage": read.least_passage}
    return {"least_cosine": read.least_cosine, "least_passage": None}


def _parts(fused: Fused, weight: float, *, estimated: bool) -> list[ScorePart]:
    """Summed in this order they are the score to the last bit, as fusion has summed them."""
    parts = [
        ScorePart("words", fused.lexical, 1 - weight, (1 - weight) * fused.lexical),
        ScorePart("meaning", fused.cosine, weight, weight * fused.cosine, estimated=estimated),
        *(ScorePart(one.name, one.value, one.weight, one.weight * one.value) for one in fused.further),
    ]
    return [part for part in parts if part.weight]
