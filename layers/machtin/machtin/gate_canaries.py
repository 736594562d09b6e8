"""Canaries: articles whose own headline and own vector must find them, however the index was made.

They notice an analyser that parts or folds words wrongly, and vectors that are missing or another model's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from machtin.article import Article
from machtin.errors import IndexUnavailable
from machtin.gate_report import GateFigure, GatePart
from machtin.gate_sides import Side
from machtin.ports import Leg, Retrieval, Vectors
from machtin.store_port import ArticleStore, readable
from machtin.vietnamese import fold, syllables

SAMPLE: Final = 60
FIRST: Final = 10
# Measured in docs/decisions/0010-gated-reindex.md: a sound index finds all, one with a broken analyser 77 to 95 %.
# Of sixty articles three may be missed, and two more than the live index misses.
FLOOR: Final = 0.95
DROP: Final = 0.035
_ROUNDING: Final = 1e-9

Kind = Literal["headlines", "headlines without diacritics", "own vectors"]
KINDS: Final[tuple[Kind, ...]] = ("headlines", "headlines without diacritics", "own vectors")


def sample(store: ArticleStore, through: int) -> list[Article]:
    """At most SAMPLE articles, evenly spread over the ids; those as they were at revision ``through``."""
    ids = list(store.ids())
    size = min(SAMPLE, len(ids))
    chosen = [ids[at * len(ids) // size] for at in range(size)]
    states = {one.id: one for one in readable(store, chosen)} if chosen else {}
    current = [states[one] for one in chosen if one in states and states[one].revision <= through]
    return [stored.public for stored in current if stored.public is not None]


def canaries(articles: Sequence[Article], candidate: Side, live: Side | None) -> GatePart:
    """The share that is found among the first ten, in each of three ways, by the candidate and by the live index."""
    ours = _shares(articles, candidate, must_answer=True)
    theirs: dict[Kind, float] = _shares(articles, live, must_answer=False) if live else {}
    figures, reasons = [], []
    for kind in KINDS:
        share, before = ours.get(kind), theirs.get(kind)
        figures.append(GateFigure(kind, before, share, f"of {len(articles)} articles; at least {FLOOR:.2f}"))
        if share is None:
            continue
        if share < FLOOR - _ROUNDING:
            reasons.append(f"only {share:.0%} of the sampled articles are found by {_by(kind)}, not {FLOOR:.0%}")
        elif before is not None and share < before - DROP - _ROUNDING:
            found = f"{share:.0%} of the sampled articles are found by {_by(kind)}"
            reasons.append(f"{found}, in the live index {before:.0%}")
    if not ours:
        return GatePart("canaries", "not_decisive", figures, ["there is no article to ask for"])
    return GatePart("canaries", "refused" if reasons else "passed", figures, reasons)


def _by(kind: Kind) -> str:
    return {"headlines": "their headline", "own vectors": "their own vector"}.get(
        kind, "their headline without diacritics"
    )


def _shares(articles: Sequence[Article], side: Side, *, must_answer: bool) -> dict[Kind, float]:
    vectors = side.embedder.embed_articles(articles) if side.is_embedded and articles else None
    found: dict[Kind, list[bool]] = {kind: [] for kind in KINDS}
    for at, article in enumerate(articles):
        vector = vectors[at] if vectors is not None and vectors[at].any() else None
        for kind, leg in _asked(side, article, vector).items():
            if leg.failure and must_answer:
                raise IndexUnavailable(leg.failure)
            found[kind].append(_holds(side, leg, article))
    return {kind: round(sum(those) / len(those), 4) for kind, those in found.items() if those}


def _asked(side: Side, article: Article, vector: Vectors | None) -> dict[Kind, Leg]:
    """The answers to the ways in which this article can be asked for."""
    title = article.title if syllables(article.title) else None
    answers: dict[Kind, Leg] = {}
    if title is not None or vector is not None:
        both = side.index.retrieve(Retrieval(text=title, vector=vector, size=FIRST))
        if vector is not None:
            answers["own vectors"] = both.nearest
        if title is not None:
            answers["headlines"] = both.lexical
            bare = side.index.retrieve(Retrieval(text=fold(title), vector=None, size=FIRST))
            answers["headlines without diacritics"] = bare.lexical
    return answers


def _holds(side: Side, leg: Leg, article: Article) -> bool:
    """Whether the article is there, or one under the same headline: of a dozen equal ones any may be the first."""
    if article.id in leg.ids:
        return True
    title = fold(article.title)
    return any(fold(entry.article.title) == title for entry in side.index.get(leg.ids).values())
