"""Filters, totals, facets, order and pages of the embedded index against counting by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.article import Article
from machtin.ports import Filters, IndexEntry, IndexTombstone, Retrieval, Sort

HANOI = timezone(timedelta(hours=7))
MONTH_ENDS = [datetime(2026, 1, 31, 16, 59, 59, 999999, tzinfo=UTC), datetime(2026, 1, 31, 17, tzinfo=UTC)]
MOMENTS = [
    *MONTH_ENDS,
    datetime(2025, 6, 1, tzinfo=HANOI),
    datetime(1969, 7, 20, tzinfo=UTC),
    datetime(2026, 3, 1, tzinfo=UTC),
]
SECTIONS = ["Kinh tế", "Thể thao"]
NAMES = ["Lan", "Huệ", "Trúc"]
WORDS = ["gạo", "lúa", "cá"]

articles = st.builds(
    Article,
    id=st.sampled_from([f"a{n}" for n in range(12)]),
    title=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join),
    section=st.sampled_from([None, *SECTIONS]),
    tags=st.lists(st.sampled_from(NAMES), unique=True).map(tuple),
    author=st.sampled_from([None, *NAMES, "Lan - Huệ", "Huệ, Trúc"]),
    published_at=st.sampled_from([None, *MOMENTS]),
)
filters = st.builds(
    Filters,
    section=st.sampled_from([None, None, *SECTIONS]),
    tag=st.sampled_from([None, None, *NAMES]),
    author=st.sampled_from([None, None, *NAMES]),
    since=st.sampled_from([None, None, *MOMENTS]),
    until=st.sampled_from([None, None, *MOMENTS]),
)
vectors = st.none() | st.sampled_from([(1.0, 0.0), (0.0, 1.0), (0.6, 0.8)])
sorts: st.SearchStrategy[Sort] = st.sampled_from(["relevance", "newest", "oldest"])


@dataclass(frozen=True)
class Change:
    article: Article
    vector: tuple[float, float] | None
    buried: bool


changes = st.builds(Change, articles, vectors, st.integers(0, 4).map(lambda n: n == 0))


def passes(article: Article, wanted: Filters) -> bool:
    moment = article.published_at
    conditions: list[Callable[[], bool]] = []
    if wanted.section:
        conditions.append(lambda: article.section == wanted.section)
    if wanted.tag:
        conditions.append(lambda: wanted.tag in article.tags)
    if wanted.author:
        conditions.append(lambda: (wanted.author or "") in (article.author or ""))
    if wanted.since:
        conditions.append(lambda: moment is not None and wanted.since is not None and moment >= wanted.since)
    if wanted.until:
        conditions.append(lambda: moment is not None and wanted.until is not None and moment < wanted.until)
    return all(condition() for condition in conditions)


def by_date(sort: Sort) -> Callable[[Article], tuple[bool, float, str]]:
    sign = {"newest": -1, "oldest": 1}.get(sort, 0)

    def key(article: Article) -> tuple[bool, float, str]:
        moment = article.published_at
        return sign != 0 and moment is None, sign * moment.timestamp() if moment else 0.0, article.id

    return key


def facets_of(found: list[Article]) -> dict[str, dict[str, int]]:
    months = Counter(f"{a.published_at.astimezone(HANOI):%Y-%m}" for a in found if a.published_at)
    return {"section": dict(Counter(a.section for a in found if a.section)), "month": dict(months)}


@settings(max_examples=25)
@given(
    st.lists(st.lists(changes, max_size=8), min_size=1, max_size=5),
    st.lists(st.tuples(filters, st.sampled_from(["", *WORDS, "gạo cá"]), sorts), min_size=1, max_size=6),
)
def test_every_answer_is_what_counting_by_hand_gives(
    batches: list[list[Change]], questions: list[tuple[Filters, str, Sort]]
) -> None:
    expected: dict[str, Change] = {}
    revision = 0
    with TemporaryDirectory() as folder:
        index = EmbeddedCatalog(Path(folder)).create("m", 2)
        for batch in batches:
            entries: list[IndexEntry | IndexTombstone] = []
            for change in batch:
                revision += 1
                expected[change.article.id] = change
                vector = None if change.vector is None else np.array(change.vector, dtype=np.float32)
                tombstone = IndexTombstone(change.article.id, revision)
                entries.append(tombstone if change.buried else IndexEntry(change.article, revision, vector))
            index.write(entries)
        live = {article_id: change for article_id, change in expected.items() if not change.buried}
        assert index.count() == len(live)
        assert {one: found.article for one, found in index.get(list(expected)).items()} == {
            one: change.article for one, change in live.items()
        }
        query = np.array((0.8, 0.6), dtype=np.float32)
        for wanted, text, sort in questions:
            found = [c.article for c in live.values() if passes(c.article, wanted)]
            near = {a.id: float(query @ np.array(live[a.id].vector)) for a in found if live[a.id].vector}
            found = [a for a in found if set(text.split()) <= set(a.title.split())]
            question = Retrieval(text=text, vector=query, size=3, filters=wanted, sort=sort, facets=True)
            pages = [index.retrieve(replace(question, offset=offset)) for offset in range(0, len(found) + 3, 3)]
            ids = [one for page in pages for one in page.lexical.ids]
            assert {page.lexical.total for page in pages} == {len(found)}
            if sort == "relevance" and text:
                scored = [
                    (-s, one) for page in pages for one, s in zip(page.lexical.ids, page.lexical.scores, strict=True)
                ]
                assert scored == sorted(scored)
                assert sorted(ids) == sorted(a.id for a in found)
            else:
                assert ids == [a.id for a in sorted(found, key=by_date(sort))]
            assert pages[0].facets == facets_of(found)
            assert pages[0].nearest.total == len(near)
            assert list(pages[0].nearest.ids) == sorted(near, key=lambda one: (-round(near[one], 5), one))[:3]
            assert index.matching(text, sorted(expected), wanted) == len(found)
        index.close()
