"""Writing to a cluster that is busy, slow, picky or gone: only what has to be sent again is, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from machtin.adapters.opensearch_bulk import PART_BYTES, BulkWriter
from machtin.adapters.opensearch_client import Busy, TimedOut
from machtin.article import Article
from machtin.errors import IndexUnavailable, NotAllWritten
from machtin.ports import IndexEntry, IndexTombstone

BUSY, REJECTED = (429, "es_rejected_execution_exception"), (400, "mapper_parsing_exception")


def entry(article_id: str, body: str = "Nội dung.", revision: int = 1) -> IndexEntry:
    return IndexEntry(Article(id=article_id, title="Tin", body=body), revision, None)


class Cluster:
    """Answers _bulk as OpenSearch does; ``troubles`` has, by id, the statuses of the next attempts."""

    def __init__(self) -> None:
        self.requests: list[list[str]] = []
        self.refreshes = 0
        self.versions: dict[str, int] = {}
        self.troubles: dict[str, list[tuple[int, str]]] = {}
        self.failures: list[Exception] = []
        self.now = 0.0
        self.pauses: list[float] = []
        self.seconds: list[float] = []

    def request(
        self, method: str, path: str, *, params: dict[str, str] | None = None, body: str = "", seconds: float = 0
    ) -> Any:
        if path == "/machtin/_refresh":
            self.refreshes += 1
            return {}
        assert (method, path, params) == ("POST", "/machtin/_bulk", {"require_alias": "true"})
        self.seconds.append(seconds)
        assert body.endswith("\n")
        actions = [json.loads(line)["index"] for line in body.splitlines()[::2]]
        self.requests.append([action["_id"] for action in actions])
        if self.failures:
            raise self.failures.pop(0)
        return {"errors": True, "items": [{"index": self._written(action)} for action in actions]}

    def _written(self, action: dict[str, Any]) -> dict[str, Any]:
        assert action["version_type"] == "external"
        if trouble := self.troubles.get(action["_id"]):
            status, kind = trouble.pop(0)
            return {"status": status, "error": {"type": kind, "reason": "told by the server"}}
        if action["version"] <= self.versions.get(action["_id"], 0):
            return {"status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "…"}}
        self.versions[action["_id"]] = action["version"]
        return {"status": 201}

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@pytest.fixture
def writer(cluster: Cluster) -> BulkWriter:
    return BulkWriter(
        cluster,  # type: ignore[arg-type]  # all that a writer asks of a client
        "machtin",
        pause=cluster.pause,
        clock=lambda: cluster.now,
        chance=lambda: 1.0,
    )


def test_a_small_batch_is_one_request_and_one_refresh(writer: BulkWriter, cluster: Cluster) -> None:
    outcomes = writer.write([entry("a"), IndexTombstone("b", 2), entry("a")], refresh=True)
    assert outcomes == ["written", "written", "stale"]
    assert (cluster.requests, cluster.refreshes) == ([["a", "b", "a"]], 1)


def test_a_build_is_not_refreshed_and_nothing_new_needs_no_refresh(writer: BulkWriter, cluster: Cluster) -> None:
    writer.write([entry("a")], refresh=False)
    assert writer.write([entry("a")], refresh=True) == ["stale"]
    assert writer.write([], refresh=True) == []
    assert cluster.refreshes == 0


def test_large_batches_are_sent_in_parts_of_bounded_size(writer: BulkWriter, cluster: Cluster) -> None:
    made: list[str] = []

    def entries() -> Iterator[IndexEntry]:
        for number in range(10):
            made.append(f"bai-{number}")
            yield entry(f"bai-{number}", "chữ " * (PART_BYTES // 40))
        yield entry("dài", "chữ " * PART_BYTES)

    assert writer.write(entries(), refresh=True) == ["written"] * 11
    assert [one for part in cluster.requests for one in part] == [*made, "dài"]
    assert len(cluster.requests) > 3
    assert cluster.requests[-1] == ["dài"], "what is longer than a part goes alone"


def test_only_what_the_cluster_was_too_busy_for_is_sent_again(writer: BulkWriter, cluster: Cluster) -> None:
    cluster.troubles = {"b": [BUSY, BUSY], "c": [(503, "unavailable_shards_exception")]}
    assert writer.write([entry(one) for one in "abcd"], refresh=True) == ["written"] * 4
    assert cluster.requests == [["a", "b", "c", "d"], ["b", "c"], ["b"]]
    assert cluster.pauses == pytest.approx([0.2, 0.4])


def test_half_of_the_pauses_is_left_to_chance(writer: BulkWriter, cluster: Cluster) -> None:
    cluster.troubles = {"a": [BUSY] * 3}
    writer.chance = lambda: 0.0
    writer.write([entry("a")], refresh=True)
    assert cluster.pauses == pytest.approx([0.1, 0.2, 0.4])


def test_poison_is_told_alone_and_the_rest_is_written(writer: BulkWriter, cluster: Cluster) -> None:
    cluster.troubles = {"b": [REJECTED]}
    with pytest.raises(NotAllWritten) as caught:
        writer.write([entry(one) for one in "abc"], refresh=True)
    assert caught.value.failed == {"b": "mapper_parsing_exception: told by the server"}
    assert set(cluster.versions) == {"a", "c"}
    assert (len(cluster.requests), cluster.refreshes) == (1, 1), "another attempt would end the same way"


def test_what_stays_busy_is_given_up_in_time_and_named(writer: BulkWriter, cluster: Cluster) -> None:
    cluster.troubles = {"b": [BUSY] * 100}
    with pytest.raises(NotAllWritten, match="b: es_rejected_execution_exception"):
        writer.write([entry("a"), entry("b")], refresh=True, within=10)
    assert 5 < cluster.now <= 10
    cluster.now = 0
    cluster.pauses.clear()
    with pytest.raises(IndexUnavailable, match="takes no writes now"):
        writer.write([entry("b")], refresh=True, within=0)
    assert cluster.pauses == []


@pytest.mark.parametrize("failure", [Busy("429", 429), TimedOut("no answer")])
def test_a_whole_request_that_was_refused_or_late_is_sent_again(
    writer: BulkWriter, cluster: Cluster, failure: Exception
) -> None:
    cluster.failures = [failure]
    assert writer.write([entry("a"), entry("b")], refresh=True) == ["written", "written"]
    assert cluster.requests == [["a", "b"], ["a", "b"]]


def test_what_a_late_request_had_written_is_stale_the_second_time(writer: BulkWriter, cluster: Cluster) -> None:
    cluster.failures = [TimedOut("no answer")]
    cluster.versions = {"a": 1}
    assert writer.write([entry("a"), entry("b")], refresh=True) == ["stale", "written"]


def test_a_cluster_that_is_gone_is_not_asked_again(writer: BulkWriter, cluster: Cluster) -> None:
    cluster.failures = [IndexUnavailable("connection refused")]
    with pytest.raises(IndexUnavailable, match="connection refused"):
        writer.write([entry("a")], refresh=True)
    assert cluster.pauses == []


def test_an_entry_that_can_not_be_made_ends_the_batch_and_keeps_what_was_sent(
    writer: BulkWriter, cluster: Cluster
) -> None:
    def entries() -> Iterator[IndexEntry]:
        for number in range(3):
            yield entry(f"bai-{number}", "chữ " * (PART_BYTES // 4))
        raise ValueError("this one can't be made")

    with pytest.raises(ValueError, match="can't be made"):
        writer.write(entries(), refresh=True)
    assert set(cluster.versions) <= {"bai-0", "bai-1", "bai-2"}


def test_letters_without_utf8_are_sent_as_escapes(writer: BulkWriter, cluster: Cluster) -> None:
    assert writer.write([entry("a", "lẻ \ud800 loi")], refresh=True) == ["written"]


def test_writes_to_a_version_that_was_dropped_are_no_poison(writer: BulkWriter, cluster: Cluster) -> None:
    cluster.troubles = {"a": [(404, "index_not_found_exception")]}
    with pytest.raises(IndexUnavailable, match="has been dropped"):
        writer.write([entry("a")], refresh=True)


def test_making_entries_takes_nothing_of_the_time_for_writing_them(writer: BulkWriter, cluster: Cluster) -> None:
    def slowly() -> Iterator[IndexEntry]:
        for number in range(3):
            cluster.now += 60
            yield entry(f"bai-{number}", "chữ " * (PART_BYTES // 4))

    cluster.troubles = {"bai-2": [BUSY]}
    assert writer.write(slowly(), refresh=True) == ["written"] * 3
    assert min(cluster.seconds) > 10


def test_a_function_that_has_little_time_gives_its_requests_little(writer: BulkWriter, cluster: Cluster) -> None:
    writer.write([entry("a")], refresh=True, within=4)
    assert cluster.seconds == [4.0]
