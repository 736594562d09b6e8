"""Whether a candidate holds exactly what the store shows, article for article and section for section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from machtin.errors import MachtinError
from machtin.gate_report import GateFigure, GatePart
from machtin.ports import ArticleIndex, Filters, Retrieval
from machtin.store_port import ArticleStore, readable
from machtin.vietnamese import fold

NAMED: Final = 5
LOOKED_AT: Final = 1_000
SECTIONS_SHOWN: Final = 20
# A live index lags behind its store by what waits in the queue.
LEAST_SHORTFALL: Final = 2
SHORTFALL: Final = 0.01
# A store that shows less than this share of the live index has lost articles rather than taken them down.
LEAST_OF_LIVE: Final = 0.5


def completeness(
    store: ArticleStore, candidate: ArticleIndex, live: ArticleIndex | None, through: int, since: datetime | None = None
) -> GatePart:
    """Refuses where an article of the store, as it was at revision ``through``, is missing or one is there too many.

    ``since``: articles that were last changed before must be there, and can't be there otherwise than in the store.
    A section that is smaller than in the live index is looked up in the store, which may explain it.
    """
    indexed = dict(candidate.revisions())
    stored = set(store.ids())
    recent = dict(store.revisions(since))
    waiting = {article_id for article_id, revision in recent.items() if revision > through}
    differing = {article_id for article_id, revision in recent.items() if indexed.get(article_id) != revision}
    missing = _still_missing(store, sorted((differing | (stored - indexed.keys())) - waiting))
    foreign = _unexplained(store, sorted(indexed.keys() - stored), through)
    reasons = []
    if missing:
        reasons.append(f"{len(missing):,} articles are missing or not as they are in the store: {_few(missing)}")
    if foreign:
        reasons.append(f"{len(foreign):,} articles are there that the store does not show: {_few(foreign)}")
    if (before := _count(live)) is not None and len(stored) < LEAST_OF_LIVE * before:
        reasons.append(f"the store shows {len(stored):,} articles and the live index {before:,}: was the store lost?")
    ours, theirs = _sections(candidate), _readable_sections(live)
    short = [name for name, count in (theirs or {}).items() if ours.get(name, 0) < _least(count)]
    if short:
        reasons += _section_reasons(store, candidate, theirs or {}, short)
    articles = GateFigure("articles", _count(live), candidate.count(), f"{len(stored - waiting):,} in the store")
    by_size = Counter(ours | {name: max(count, ours.get(name, 0)) for name, count in (theirs or {}).items()})
    sections = [
        GateFigure(f"section {name}", theirs.get(name, 0) if theirs is not None else None, ours.get(name, 0))
        for name, _ in by_size.most_common(SECTIONS_SHOWN)
    ]
    return GatePart("completeness", "refused" if reasons else "passed", [articles, *sections], reasons)


def _still_missing(store: ArticleStore, article_ids: Sequence[str]) -> list[str]:
    """Without those that were taken down, or scheduled, while the store was listed; of very many nobody did that."""
    if len(article_ids) > LOOKED_AT:
        return list(article_ids)
    states = {one.id: one for one in readable(store, article_ids)} if article_ids else {}
    return [one for one in article_ids if one not in states or states[one].public is not None]


def _unexplained(store: ArticleStore, article_ids: Sequence[str], through: int) -> list[str]:
    """Those that were not taken down just now, after the candidate was last brought up to date."""
    states = store.get(article_ids) if article_ids else {}
    return [one for one in article_ids if one not in states or states[one].revision <= through]


def _section_reasons(
    store: ArticleStore, candidate: ArticleIndex, live: dict[str, int], short: Iterable[str]
) -> list[str]:
    """Reasons for the sections whose size the store does not explain. Walks through the whole store."""
    stored = Counter(fold(one.public.section or "") for one in store.states() if one.public is not None)
    reasons = []
    for name in short:
        in_store = stored[fold(name)]
        question = Retrieval(text="", vector=None, size=1, filters=Filters(section=name))
        found = candidate.retrieve(question).lexical.total
        if found < _least(in_store):
            reasons.append(f"section {name} has {found:,} articles, in the live index {live[name]:,}, "
                           f"in the store {in_store:,}")  # fmt: skip
    return reasons


def _least(count: int) -> float:
    return count - max(LEAST_SHORTFALL, SHORTFALL * count)


def _sections(index: ArticleIndex) -> dict[str, int]:
    found = index.retrieve(Retrieval(text="", vector=None, size=1, facets=True))
    return dict(found.facets.get("section", {}))


def _readable_sections(index: ArticleIndex | None) -> dict[str, int] | None:
    try:
        return _sections(index) if index else None
    except MachtinError:
        return None


def _count(index: ArticleIndex | None) -> int | None:
    try:
        return index.count() if index else None
    except MachtinError:
        return None


def _few(article_ids: Sequence[str]) -> str:
    return ", ".join(article_ids[:NAMED]) + (" …" if len(article_ids) > NAMED else "")
