"""Re-indexes step by step: progress, setbacks, cancelling, forcing, versions that are kept, and rollback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from machtin import bootstrap
from machtin.article import Article
from machtin.errors import Conflict, IndexUnavailable, InvalidInput, ModelError, NotFound, RunnerUnavailable
from machtin.golden import GoldenQueries
from machtin.reindex_record import ReindexRecord
from machtin.reindexing import SETBACKS, STALLED_SECONDS, Reindexer, reindex_answer

from .memory_installation import Installation, LeadSummarizer, MemoryIndex

STEPS = ["plan", "plan", "build", "catch_up", "warm_up", "gate", "gate", "promote", "settle"]


@pytest.fixture
def reindexer(installation: Installation, news: Path) -> Reindexer:
    installation.restart()
    return installation.service.reindexer


def to_the_end(reindexer: Reindexer, record: ReindexRecord) -> ReindexRecord:
    while record.state == "running":
        record = reindexer.advance(record.id)
    return record


def until(reindexer: Reindexer, step: str) -> ReindexRecord:
    """A new re-index, before its last piece of work in this step."""
    record = reindexer.begin()
    while record.step != step or (step == "plan" and record.versions is None):
        record = reindexer.advance(record.id)
    return record


def lose_an_article(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is built from now on lacks one article."""
    write = MemoryIndex.write

    def losing(self: MemoryIndex, entries: list, **more: object) -> list:  # type: ignore[type-arg]  # of either kind
        kept = [one for one in entries if getattr(one, "article", one).id != "gao-2"]
        return write(self, kept)

    monkeypatch.setattr(MemoryIndex, "write", losing)


def test_the_steps_are_taken_in_order(reindexer: Reindexer, installation: Installation) -> None:
    record, steps = reindexer.begin(), []
    while record.state == "running":
        assert installation.catalog.live().version == "v1" or record.step in ("settle", "done")
        steps.append(record.step)
        record = reindexer.advance(record.id)
    assert steps == STEPS
    assert (record.state, record.version, record.previous) == ("done", "v2", "v1")
    assert installation.agreeing()


def test_a_new_one_has_made_nothing_yet(reindexer: Reindexer, installation: Installation) -> None:
    begun = reindexer.begin()
    assert (begun.version, installation.catalog.versions()) == (None, ["v1"])
    with pytest.raises(Conflict, match=begun.id):
        reindexer.begin()


def test_progress_is_told_in_articles(reindexer: Reindexer, installation: Installation) -> None:
    installation.service.take_down("bong-da")
    planned = reindex_answer(until(reindexer, "build"))
    assert (planned.articles_done, planned.articles_total, planned.rate) == (0, 2, None)
    record = to_the_end(reindexer, reindexer.show(planned.id))
    assert (record.articles_done, record.articles_total) == (2, 2)
    told = reindex_answer(replace(record, state="running", step="build", build_seconds=4.0, articles_total=6))
    assert (told.rate, told.seconds_left) == (0.5, 8.0)


def test_what_was_taken_down_before_is_not_built_and_after_is_buried(
    reindexer: Reindexer, installation: Installation
) -> None:
    installation.service.take_down("bong-da")
    record = until(reindexer, "catch_up")
    candidate = installation.catalog.indexes["v2"]
    assert candidate.buried == {}
    installation.service.take_down("gao-1")
    reindexer.advance(record.id)
    assert set(candidate.buried) == {"gao-1"}


@pytest.mark.parametrize("step", ["build", "catch_up", "warm_up", "gate", "promote"])
def test_what_changes_meanwhile_is_there_at_the_swap(
    reindexer: Reindexer, installation: Installation, step: str
) -> None:
    record = until(reindexer, step)
    installation.service.take_down("gao-1")
    while installation.catalog.live().version == "v1":
        record = reindexer.advance(record.id)
    assert installation.agreeing()
    assert to_the_end(reindexer, record).state == "done"


def test_a_plan_that_was_cut_short_leaves_no_orphan(reindexer: Reindexer, installation: Installation) -> None:
    until(reindexer, "plan")
    installation.catalog.create("syllables-1", 64)
    (record,) = reindexer.all()
    assert to_the_end(reindexer, record).version == "v3"
    assert installation.catalog.versions() == ["v1", "v3"]


# --- setbacks and failures ------------------------------------------------------------------------------------------


def test_what_is_away_for_a_while_sets_back_and_is_tried_again(
    reindexer: Reindexer, installation: Installation
) -> None:
    record = until(reindexer, "build")
    installation.catalog.indexes["v2"].failure = "the engine is away"
    pauses = []
    for _ in range(8):
        record = reindexer.advance(record.id)
        pauses.append(reindex_answer(record).retry_after)
    assert (record.state, record.step, record.setbacks, record.error) == ("running", "build", 8, "the engine is away")
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    installation.catalog.indexes["v2"].failure = None
    record = reindexer.advance(record.id)
    assert (record.setbacks, record.error) == (0, None)
    assert to_the_end(reindexer, record).state == "done"


def test_what_stays_away_ends_it_and_drops_the_candidate(reindexer: Reindexer, installation: Installation) -> None:
    record = until(reindexer, "build")
    installation.catalog.indexes["v2"].failure = "the engine is away"
    for _ in range(SETBACKS):
        record = reindexer.advance(record.id)
    assert record.state == "failed"
    assert "the engine is away" in (record.error or "")
    assert installation.catalog.versions() == ["v1"]


def test_what_breaks_ends_it_at_once(
    reindexer: Reindexer, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = until(reindexer, "warm_up")
    monkeypatch.setattr(MemoryIndex, "warm_up", lambda self: 1 / 0)
    record = reindexer.advance(record.id)
    assert (record.state, record.error) == ("failed", "ZeroDivisionError: division by zero")
    assert installation.catalog.versions() == ["v1"]


@pytest.mark.parametrize("broken", ["unreadable", "absent"])
def test_a_broken_live_index_is_mended(reindexer: Reindexer, installation: Installation, broken: str) -> None:
    if broken == "unreadable":
        installation.catalog.live().unreadable = "the disk is broken"
    else:
        del installation.catalog.indexes["v1"]
    record = to_the_end(reindexer, reindexer.begin())
    assert record.state == "done"
    assert record.gate is not None
    assert (record.gate.verdict, record.gate.live) == ("passed", None)
    assert record.gate.live_failure
    assert installation.agreeing()


def test_a_live_index_that_goes_away_in_the_gate_sets_it_back(reindexer: Reindexer, installation: Installation) -> None:
    record = reindexer.advance(until(reindexer, "gate").id)
    live = installation.catalog.live()
    live.unreadable = "away"
    installation.golden = GoldenQueries({"q": "giá gạo"}, {"q": {"gao-1": 1}})
    assert reindexer.advance(record.id).setbacks == 1
    live.unreadable = None
    assert to_the_end(reindexer, reindexer.show(record.id)).state == "done"


# --- the gate's word ------------------------------------------------------------------------------------------------


@pytest.fixture
def refused(reindexer: Reindexer, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> ReindexRecord:
    with monkeypatch.context() as patch:
        lose_an_article(installation, patch)
        return to_the_end(reindexer, reindexer.begin())


def test_a_refused_one_says_why_and_is_not_live(refused: ReindexRecord, installation: Installation) -> None:
    assert (refused.state, refused.step, installation.catalog.live().version) == ("refused", "gate", "v1")
    assert "1 articles are missing or not as they are in the store: gao-2" in (refused.error or "")
    assert refused.gate is not None
    assert refused.gate.parts[0].verdict == "refused"
    assert installation.catalog.versions() == ["v1", "v2"], "it may still be promoted"


def test_a_refused_one_is_promoted_for_a_reason(
    reindexer: Reindexer, refused: ReindexRecord, installation: Installation
) -> None:
    resumed = reindexer.promote_refused(refused.id, "  bài ấy đã gỡ  ")
    assert (resumed.state, resumed.force) == ("running", "bài ấy đã gỡ")
    record = to_the_end(reindexer, resumed)
    assert (record.state, installation.catalog.live().version) == ("done", "v2")
    assert record.gate == refused.gate, "the report is kept"
    assert installation.agreeing(), "what was missing is mended"


def test_a_forced_one_keeps_the_report_that_did_not_count(
    reindexer: Reindexer, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_an_article(installation, monkeypatch)
    begun = reindexer.begin("vì vội")
    record = reindexer.advance(begun.id)
    while record.step != "promote":
        record = reindexer.advance(begun.id)
    assert record.gate is not None
    assert record.gate.verdict == "refused"
    monkeypatch.undo()
    record = to_the_end(reindexer, record)
    assert (record.state, record.force) == ("done", "vì vội")


def test_only_a_refused_one_can_be_promoted(
    reindexer: Reindexer, refused: ReindexRecord, installation: Installation
) -> None:
    with pytest.raises(NotFound):
        reindexer.promote_refused("khong-co", "vì vội")
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(InvalidInput, match="reason"):
            reindexer.promote_refused(refused.id, reason)
        with pytest.raises(InvalidInput, match="force"):
            reindexer.begin(reason)
    running = reindexer.begin()
    with pytest.raises(Conflict, match=running.id):
        reindexer.promote_refused(refused.id, "vì vội")
    with pytest.raises(Conflict, match="running"):
        reindexer.promote_refused(running.id, "vì vội")
    assert to_the_end(reindexer, running).state == "done"
    assert "v2" not in installation.catalog.versions(), "the next re-index drops what was refused"
    with pytest.raises(Conflict, match="no longer there"):
        reindexer.promote_refused(refused.id, "vì vội")


# --- cancelling -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["plan", "build", "catch_up", "warm_up", "gate"])
def test_it_is_cancelled_in_any_step_before_promotion(
    reindexer: Reindexer, installation: Installation, step: str
) -> None:
    record = until(reindexer, step)
    assert reindexer.cancel(record.id).cancel_requested
    record = reindexer.advance(record.id)
    assert (record.state, installation.catalog.versions()) == ("cancelled", ["v1"])
    assert to_the_end(reindexer, reindexer.begin()).state == "done"


@pytest.mark.parametrize("step", ["promote", "settle", "done"])
def test_from_promotion_on_it_is_too_late_to_cancel(reindexer: Reindexer, step: str) -> None:
    record = until(reindexer, step)
    with pytest.raises(Conflict):
        reindexer.cancel(record.id)
    assert to_the_end(reindexer, record).state == "done"


def test_a_request_that_comes_while_the_gate_decides_is_heard(
    reindexer: Reindexer, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = until(reindexer, "gate")
    live = installation.catalog.live()
    monkeypatch.setattr(type(live), "revisions", asking(reindexer, record.id, MemoryIndex.revisions))
    while record.state == "running":
        record = reindexer.advance(record.id)
    assert (record.state, installation.catalog.versions()) == ("cancelled", ["v1"])


def asking(reindexer: Reindexer, reindex_id: str, read: Callable[[MemoryIndex], object]) -> Callable[..., object]:
    def revisions(index: MemoryIndex) -> object:
        reindexer.cancel(reindex_id)
        return read(index)

    return revisions


def test_a_candidate_that_cannot_be_dropped_yet_is_dropped_later(
    reindexer: Reindexer, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = until(reindexer, "build")
    reindexer.cancel(record.id)
    with monkeypatch.context() as patch:

        def busy(version: str) -> None:
            raise IndexUnavailable("the engine is away")

        patch.setattr(installation.catalog, "drop", busy)
        record = reindexer.advance(record.id)
    assert (record.state, installation.catalog.versions()) == ("cancelled", ["v1", "v2"])
    assert to_the_end(reindexer, reindexer.begin()).state == "done"
    assert installation.catalog.versions() == ["v1", "v3"]


# --- versions that are kept, and rollback ---------------------------------------------------------------------------


@pytest.mark.parametrize(("keep", "kept"), [(2, ["v3", "v4"]), (3, ["v2", "v3", "v4"]), (9, ["v1", "v2", "v3", "v4"])])
def test_so_many_versions_are_kept(installation: Installation, news: Path, keep: int, kept: list[str]) -> None:
    reindexer = bootstrap.build(replace(installation.settings, keep_versions=keep)).reindexer
    for _ in range(3):
        assert to_the_end(reindexer, reindexer.begin()).state == "done"
    assert installation.catalog.versions() == kept


def test_a_rollback_goes_to_the_version_before_with_what_changed_since(
    reindexer: Reindexer, installation: Installation
) -> None:
    record = to_the_end(reindexer, reindexer.begin())
    installation.service.take_down("gao-1")
    assert to_the_end(reindexer, reindexer.roll_back(record.id)).state == "rolled_back"
    assert installation.catalog.live().version == "v1"
    assert installation.agreeing()
    with pytest.raises(Conflict):
        reindexer.roll_back(record.id)


def test_a_rollback_needs_only_the_version_before_to_be_readable(
    reindexer: Reindexer, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = to_the_end(reindexer, reindexer.begin())
    record = to_the_end(reindexer, reindexer.begin())
    del installation.catalog.indexes["v3"]
    with pytest.raises(Conflict):
        reindexer.roll_back(first.id)
    assert to_the_end(reindexer, reindexer.roll_back(record.id)).state == "rolled_back"
    assert installation.catalog.live().version == "v2"
    assert installation.agreeing()


def test_a_rollback_that_was_cut_short_after_the_swap_is_finished(
    reindexer: Reindexer, installation: Installation
) -> None:
    done = to_the_end(reindexer, reindexer.begin())
    installation.service.take_down("gao-1")
    record = reindexer.roll_back(done.id)
    installation.catalog.promote("v1")
    assert to_the_end(reindexer, record).state == "rolled_back"
    assert installation.agreeing()


def test_a_rollback_that_failed_after_the_swap_can_be_asked_for_again(
    reindexer: Reindexer, installation: Installation
) -> None:
    record = to_the_end(reindexer, reindexer.begin())
    reindexer.roll_back(record.id)
    installation.catalog.promote("v1")
    assert reindexer.fail(record.id, "the machine stopped").error == "the machine stopped"
    assert to_the_end(reindexer, reindexer.roll_back(record.id)).state == "rolled_back"
    assert installation.agreeing()


def test_a_model_that_is_gone_ends_a_build(reindexer: Reindexer, installation: Installation) -> None:
    record = until(reindexer, "build")
    installation.embedder.model_version = "another-2"
    record = reindexer.advance(record.id)
    assert (record.state, installation.catalog.versions()) == ("failed", ["v1"])
    assert "syllables-1 is no longer installed" in (record.error or "")


def test_no_rollback_beside_a_running_one(reindexer: Reindexer) -> None:
    record = to_the_end(reindexer, reindexer.begin())
    running = reindexer.begin()
    with pytest.raises(Conflict, match=f"re-index {running.id} is running"):
        reindexer.roll_back(record.id)


# --- built in parts, by whoever carries it out ------------------------------------------------------------------------


def test_parts_are_built_beside_each_other_and_counted_once(reindexer: Reindexer, installation: Installation) -> None:
    record = until(reindexer, "build")
    assert reindexer.build_part(record.id, ["gao-1", "khong-co"]) == 1
    assert reindexer.build_part(record.id, ["gao-1", "khong-co"]) == 1
    assert reindexer.build_part(record.id, ["gao-2", "bong-da"]) == 2
    assert reindexer.show(record.id).articles_done == 3
    record = reindexer.built(record.id)
    assert (record.step, record.articles_done) == ("catch_up", 3)
    assert reindexer.built(record.id).step == "catch_up", "again is harmless"
    assert to_the_end(reindexer, record).state == "done"
    assert installation.agreeing()


def test_what_changes_while_parts_are_built_is_caught_up_with(reindexer: Reindexer, installation: Installation) -> None:
    record = until(reindexer, "build")
    reindexer.build_part(record.id, ["gao-1", "gao-2", "bong-da"])
    installation.service.take_down("gao-1")
    installation.service.put([Article(id="moi", title="Bài mới", body="Vừa xong.")])
    assert to_the_end(reindexer, reindexer.built(record.id)).state == "done"
    assert installation.agreeing()


def test_a_part_of_what_is_to_be_cancelled_or_has_ended_writes_nothing(
    reindexer: Reindexer, installation: Installation
) -> None:
    record = until(reindexer, "build")
    reindexer.cancel(record.id)
    assert reindexer.build_part(record.id, ["gao-1"]) == 0
    assert to_the_end(reindexer, reindexer.built(record.id)).state == "cancelled"
    assert reindexer.build_part(record.id, ["gao-1"]) == 0
    assert installation.catalog.versions() == ["v1"]


def test_a_part_that_is_missing_is_refused_by_the_gate(reindexer: Reindexer) -> None:
    record = until(reindexer, "build")
    reindexer.build_part(record.id, ["gao-1", "bong-da"])
    refused = to_the_end(reindexer, reindexer.built(record.id))
    assert refused.state == "refused"
    assert "gao-2" in (refused.error or "")


def test_what_cannot_be_carried_out_fails_with_its_cause_and_drops_its_candidate(
    reindexer: Reindexer, installation: Installation
) -> None:
    record = until(reindexer, "build")
    failed = reindexer.fail(record.id, "more parts failed than are tolerated")
    assert (failed.state, failed.error) == ("failed", "more parts failed than are tolerated")
    assert reindexer.fail(record.id, "again").error == "more parts failed than are tolerated"
    assert installation.catalog.versions() == ["v1"]


def test_without_anybody_to_carry_it_out_none_begins(
    reindexer: Reindexer, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away:
        def start(self, record: ReindexRecord) -> None:
            raise RunnerUnavailable("away")

    monkeypatch.setattr(reindexer, "_runner", Away())
    with pytest.raises(RunnerUnavailable):
        reindexer.begin()
    assert reindexer.running() is None
    assert [one.state for one in reindexer.all()] == ["failed"]


def test_what_was_refused_stays_so_while_nobody_can_carry_it_on(
    reindexer: Reindexer, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away:
        def start(self, record: ReindexRecord) -> None:
            raise RunnerUnavailable("away")

    lose_an_article(installation, monkeypatch)
    refused = to_the_end(reindexer, reindexer.begin())
    with monkeypatch.context() as patch:
        patch.setattr(reindexer, "_runner", Away())
        with pytest.raises(RunnerUnavailable):
            reindexer.promote_refused(refused.id, "vội")
    assert reindexer.show(refused.id) == refused
    assert to_the_end(reindexer, reindexer.promote_refused(refused.id, "vội")).state == "done"


def test_one_that_has_stalled_is_started_again_by_whoever_asks_for_another(
    reindexer: Reindexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []

    class Machine:
        def start(self, record: ReindexRecord) -> None:
            started.append(record.id)

    monkeypatch.setattr(reindexer, "_runner", Machine())
    record = reindexer.begin()
    with pytest.raises(Conflict):
        reindexer.begin()
    assert started == [record.id], "it may well be under way"
    later = record.updated_at + timedelta(seconds=STALLED_SECONDS + 1)
    monkeypatch.setattr(reindexer, "_clock", lambda: later)
    with pytest.raises(Conflict):
        reindexer.begin()
    assert started == [record.id, record.id]


# --- what others do meanwhile ---------------------------------------------------------------------------------------


def test_of_two_workers_with_one_piece_the_first_counts(reindexer: Reindexer, installation: Installation) -> None:
    record = until(reindexer, "build")
    taken = reindexer._steps.take
    overtaken: list[ReindexRecord] = []

    def slowly(stale: ReindexRecord) -> ReindexRecord:
        reindexer._steps.take = taken  # type: ignore[method-assign]  # the other worker is quick
        overtaken.append(to_the_end(reindexer, reindexer.show(record.id)))
        raise ModelError("this worker fails besides")

    reindexer._steps.take = slowly  # type: ignore[method-assign,assignment]
    assert reindexer.advance(record.id) == overtaken[0]
    assert (overtaken[0].state, installation.catalog.live().version) == ("done", "v2")


def test_a_candidate_is_compared_with_what_is_live_now(reindexer: Reindexer, installation: Installation) -> None:
    record = until(reindexer, "promote")
    assert record.gate is not None
    assert record.gate.live == "v1"
    other = installation.catalog.create("syllables-1", 64)
    installation.service.reindexer.reconcile(other)
    installation.catalog.promote(other.version)
    record = reindexer.advance(record.id)
    assert (record.step, record.gate) == ("gate", None)
    record = to_the_end(reindexer, record)
    assert record.gate is not None
    assert (record.state, record.gate.live, record.previous) == ("done", other.version, other.version)


def test_an_article_that_can_not_be_indexed_is_named_by_the_gate_and_may_be_forced(
    reindexer: Reindexer, installation: Installation
) -> None:
    installation.service.put([Article(id="hong", title=LeadSummarizer.poison, body="Nội dung.")])
    record = to_the_end(reindexer, reindexer.begin())
    assert (record.state, "hong" in (record.error or "")) == ("refused", True)
    record = to_the_end(reindexer, reindexer.promote_refused(record.id, "một bài hỏng"))
    assert record.state == "done"
    assert set(dict(installation.catalog.live().revisions())) == {"gao-1", "gao-2", "bong-da"}


def test_a_lost_store_is_not_taken_for_an_empty_newsroom(reindexer: Reindexer, installation: Installation) -> None:
    with installation.service.store._file.writing() as db:  # type: ignore[attr-defined]  # the real one
        db.execute("DELETE FROM articles")
    record = to_the_end(reindexer, reindexer.begin())
    assert record.state == "refused"
    assert "was the store lost?" in (record.error or "")
