"""The gate's rules on figures alone: what refuses, what decides nothing, and what is told of it."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest

from machtin.article import Article
from machtin.evaluation import paired_bootstrap
from machtin.gate import Gate
from machtin.gate_canaries import SAMPLE, sample
from machtin.gate_completeness import completeness
from machtin.gate_quality import changed_queries, latency, quality
from machtin.gate_report import GatePart, GateReport, GateWork, MeasuredQuery, QueryDifference
from machtin.golden import GoldenQueries
from machtin.models import Models
from machtin.ports import IndexEntry, Retrieval, Retrieved

from .memory_installation import Installation, MemoryIndex


def measured(differences: list[float], *, ms: float = 10.0, live_ms: float = 10.0) -> list[MeasuredQuery]:
    return [MeasuredQuery(f"q{at}", 0.8 + one, 1.0, ms, 0.8, 1.0, live_ms) for at, one in enumerate(differences)]


def articles(count: int, section: str = "Kinh tế") -> list[Article]:
    return [Article(id=f"{section}-{at}".replace(" ", ""), title=f"Tin {at}", section=section) for at in range(count)]


# --- quality ----------------------------------------------------------------------------------------------------------


def test_the_interval_holds_the_mean_and_is_always_the_same() -> None:
    differences = list(np.random.default_rng(1).normal(0.01, 0.1, 200))
    found = paired_bootstrap(differences)
    assert found == paired_bootstrap(differences)
    assert found.low < found.mean < found.high
    assert found.mean == pytest.approx(np.mean(differences))
    half = 1.96 * np.std(differences) / np.sqrt(len(differences))
    assert found.high - found.low == pytest.approx(2 * half, rel=0.1)
    assert paired_bootstrap([0.25] * 30) == (0.25, 0.25, 0.25)
    with pytest.raises(ValueError, match="no query"):
        paired_bootstrap([])


@pytest.mark.parametrize(
    ("differences", "verdict"),
    [
        ([0.0] * 20, "passed"),
        ([-0.01] * 100, "passed"),
        ([-0.03] * 20, "refused"),
        ([0.0] * 90 + [-0.8] * 10, "refused"),
        ([0.5, -0.5] * 10, "refused"),
        ([-0.1] * 19, "not_decisive"),
        ([], "not_decisive"),
    ],
    ids=["the same", "a little worse", "worse", "much worse in some", "too uncertain", "too few", "none"],
)
def test_quality_may_not_be_worse_than_the_margin(differences: list[float], verdict: str) -> None:
    part = quality(measured(differences), None)
    assert part.verdict == verdict
    assert bool(part.reasons) is (verdict != "passed")


@pytest.mark.parametrize(("differences", "refused"), [([0.0] * 30, False), ([0.5, -0.5] * 10, True)])
def test_the_interval_is_kept_as_numbers(differences: list[float], refused: bool) -> None:
    part = quality(measured(differences), None)
    assert GatePart.from_json(asdict(part)) == part
    assert part.interval is not None
    assert part.interval.low <= part.interval.mean <= part.interval.high
    assert (part.interval.low < -part.interval.margin) is refused
    assert part.interval.queries == len(differences)


def test_where_nothing_is_decided_there_is_no_interval_and_records_of_before_have_none() -> None:
    assert quality(measured([-0.1] * 19), None).interval is None
    earlier = {"name": "quality", "verdict": "passed", "figures": [], "reasons": []}
    assert GatePart.from_json(earlier) == GatePart("quality", "passed", [], [])


def test_without_a_live_index_quality_decides_nothing() -> None:
    alone = [replace(one, live_ndcg=None, live_recall=None, live_ms=None) for one in measured([0.0] * 30)]
    for part in (quality(alone, None), latency(alone)):
        assert (part.verdict, part.reasons) == ("not_decisive", ["there is no live index to compare with"])


def test_golden_queries_that_cannot_be_read_refuse() -> None:
    part = quality([], "queries.jsonl:3: must be a JSON object with _id and text")
    assert part.verdict == "refused"
    assert "queries.jsonl:3" in part.reasons[0]


@pytest.mark.parametrize(
    ("ms", "live_ms", "verdict"),
    [(40, 10, "passed"), (61, 10, "refused"), (140, 50, "passed"), (151, 50, "refused"), (1_000, 400, "passed")],
)
def test_latency_refuses_beyond_three_times_and_fifty_milliseconds(ms: float, live_ms: float, verdict: str) -> None:
    assert latency(measured([0.0] * 20, ms=ms, live_ms=live_ms)).verdict == verdict


def test_queries_that_changed_are_named_those_that_changed_most_first() -> None:
    worst, best = changed_queries(measured([0.1, -0.2, 0.0, -0.5, 0.3, *[-0.01] * 20]), {"q3": "giá gạo"})
    assert [one.id for one in worst[:2]] == ["q3", "q1"]
    assert (worst[0].text, len(worst)) == ("giá gạo", 10)
    assert [one.id for one in best] == ["q4", "q0"]


def test_a_report_from_before_the_best_queries_were_told_is_read() -> None:
    report = GateReport("passed", "v1", None, 7, 1.5, [], [QueryDifference("q", "giá gạo", 1.0, 0.5)])
    document = asdict(report)
    del document["best_queries"]
    assert GateReport.from_json(document) == report


# --- completeness -----------------------------------------------------------------------------------------------------


@pytest.fixture
def filled(installation: Installation) -> MemoryIndex:
    """A store of 20 articles and an index that has them all."""
    service = installation.service
    service.put([*articles(15), *articles(5, "Thể thao")])
    index = installation.catalog.create("syllables-1", 64)
    service.index_changes(index, list(service.store.states()))
    return index


def test_what_is_complete_passes(installation: Installation, filled: MemoryIndex) -> None:
    store = installation.service.store
    part = completeness(store, filled, filled, store.position())
    assert (part.verdict, part.reasons) == ("passed", [])
    assert [(figure.name, figure.live, figure.candidate) for figure in part.figures] == [
        ("articles", 20, 20), ("section Kinh tế", 15, 15), ("section Thể thao", 5, 5),
    ]  # fmt: skip


def test_missing_and_foreign_articles_are_named(installation: Installation, filled: MemoryIndex) -> None:
    store = installation.service.store
    for at in range(7):
        del filled.entries[f"Kinhtế-{at}"]
    entry = next(iter(filled.entries.values()))
    filled.entries["la"] = replace(entry, article=replace(entry.article, id="la"))
    part = completeness(store, filled, None, store.position())
    assert part.reasons == [
        "7 articles are missing or not as they are in the store: Kinhtế-0, Kinhtế-1, Kinhtế-2, Kinhtế-3, Kinhtế-4 …",
        "1 articles are there that the store does not show: la",
    ]


def test_what_changed_after_the_last_replay_is_not_missed(installation: Installation, filled: MemoryIndex) -> None:
    service = installation.service
    through = service.store.position()
    service.put([Article(id="moi", title="Mới"), Article(id="Kinhtế-0", title="Sửa")])
    service.take_down("Kinhtế-1")
    assert completeness(service.store, filled, None, through).verdict == "passed"
    assert completeness(service.store, filled, None, service.store.position()).verdict == "refused"


def without_sections(index: MemoryIndex) -> MemoryIndex:
    """An index whose articles are there and whose sections can't be asked for."""
    made = MemoryIndex("v9", index.model_version)
    made.entries = {
        one: IndexEntry(replace(entry.article, section=None), entry.revision, entry.vector)
        for one, entry in index.entries.items()
    }
    return made


def test_a_section_that_shrank_without_reason_refuses(installation: Installation, filled: MemoryIndex) -> None:
    store = installation.service.store
    part = completeness(store, without_sections(filled), filled, store.position())
    assert part.reasons == [
        "section Kinh tế has 0 articles, in the live index 15, in the store 15",
        "section Thể thao has 0 articles, in the live index 5, in the store 5",
    ]


def test_a_section_that_the_store_explains_passes(installation: Installation, filled: MemoryIndex) -> None:
    service = installation.service
    swollen = MemoryIndex("v9", filled.model_version)
    swollen.entries = dict(filled.entries)
    for article in articles(9, "Đã bỏ"):
        swollen.entries[article.id] = IndexEntry(article, 1, None)
    assert completeness(service.store, filled, swollen, service.store.position()).verdict == "passed"


# --- canaries and the whole -------------------------------------------------------------------------------------------


def test_canaries_are_spread_over_all_revisions_and_always_the_same(installation: Installation) -> None:
    service = installation.service
    service.put(articles(200))
    through = service.store.position()
    chosen = [article.id for article in sample(service.store, through)]
    assert chosen == [article.id for article in sample(service.store, through)]
    assert len(set(chosen)) == SAMPLE
    assert {int(one.partition("-")[2]) // 50 for one in chosen} == {0, 1, 2, 3}
    assert sample(service.store, 0) == []


def test_one_of_a_dozen_equal_headlines_is_as_good_as_the_other(installation: Installation) -> None:
    service = installation.service
    same = [Article(id=f"vang-{at}", title="Giá vàng hôm nay", body=f"Phiên thứ {at}.") for at in range(30)]
    service.put(same)
    index = installation.catalog.create("syllables-1", 64)
    service.index_changes(index, list(service.store.states()))
    work, _ = Gate(service.store, service.models, lambda: None).work(
        GateWork(live=None), index, None, service.store.position()
    )
    assert work.canaries is not None
    assert work.canaries.verdict == "passed"


def test_a_comparison_goes_on_where_it_was_cut_short(
    installation: Installation, filled: MemoryIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = installation.service
    queries = {f"q{at}": f"tin {at}" for at in range(15)}
    golden = GoldenQueries(queries, {f"q{at}": {f"Kinhtế-{at}": 1} for at in range(15)} | {"q0": {"khong-co": 2}})
    gate = Gate(service.store, service.models, lambda: golden)
    monkeypatch.setattr("machtin.gate.PIECE_SECONDS", 0.0)
    work, ended, pieces = GateWork(live="v1"), False, 0
    while not ended:
        work = GateWork.from_json(asdict(work))  # as it comes back from the log
        work, ended = gate.work(work, filled, filled, service.store.position())
        pieces += 1
    assert pieces == 1 + 14, "the one whose articles are not in the store does not count"
    report = gate.decide(work, filled, filled, service.store.position())
    assert [part.name for part in report.parts] == ["completeness", "canaries", "quality", "latency"]
    assert report.verdict == "passed"
    assert GateReport.from_json(asdict(report)) == report


def test_a_live_index_whose_model_is_gone_is_asked_as_readers_ask_it(
    installation: Installation, filled: MemoryIndex
) -> None:
    service = installation.service
    foreign = MemoryIndex("v9", "gone-1")
    foreign.entries = filled.entries
    work, _ = Gate(service.store, service.models, lambda: None).work(
        GateWork(live="v9"), filled, foreign, service.store.position()
    )
    assert work.canaries is not None
    own = next(figure for figure in work.canaries.figures if figure.name == "own vectors")
    assert (own.live, own.candidate) == (None, 1.0)


def test_a_leg_that_does_not_answer_is_no_verdict(
    installation: Installation, filled: MemoryIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lame(question: Retrieval) -> Retrieved:
        found = MemoryIndex.retrieve(filled, question)
        return replace(found, nearest=replace(found.nearest, failure="the vectors can't be read"))

    service = installation.service
    gate = Gate(service.store, Models(installation.embedder), lambda: None)
    monkeypatch.setattr(filled, "retrieve", lame)
    with pytest.raises(Exception, match="the vectors can't be read"):
        gate.work(GateWork(live=None), filled, None, service.store.position())
