"""A re-index of the deployed shape: the editors' request, the state machine, the built functions, the gate."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Final

import pytest

from .cloud import BUCKET, Cloud
from .cluster import ROOT
from .event_source import until_true
from .newsroom import Newsroom
from .truth import assert_same, stored

pytestmark = pytest.mark.aws

SECONDS: Final = 120.0
GOLDEN: Final = ROOT / "events" / "golden" / "search"
QUERIES: Final = 40
Reindex = dict[str, Any]


def article(name: str, title: str) -> dict[str, Any]:
    """A short article."""
    return {"id": f"e2e-{name}", "title": title, "body": f"{title}.", "published_at": "2026-06-15T08:30:00+07:00"}


def show(newsroom: Newsroom, reindex_id: str) -> Reindex:
    shown: Reindex = newsroom.ask("GET", f"/v1/reindexes/{reindex_id}")
    return shown


def followed(
    newsroom: Newsroom, begun: Reindex, until: Callable[[Reindex], bool] = lambda now: now["state"] != "running"
) -> list[Reindex]:
    """The re-index as it is shown again and again, until it has come so far."""
    seen = [begun]
    deadline = time.monotonic() + SECONDS
    while not until(seen[-1]):
        assert time.monotonic() < deadline, seen[-1]
        time.sleep(0.1)
        seen.append(show(newsroom, begun["id"]))
    return seen


def executions_end(cloud: Cloud) -> list[str]:
    """How the state machine's executions have ended, the latest first."""
    machine = cloud.client("stepfunctions")

    def all_of_them() -> list[str]:
        told = machine.list_executions(stateMachineArn=cloud.state_machine)["executions"]
        return [one["status"] for one in sorted(told, key=lambda one: one["startDate"], reverse=True)]

    until_true(lambda: "RUNNING" not in all_of_them(), SECONDS, "executions end")
    return all_of_them()


@pytest.fixture(scope="module")
def golden(cloud: Cloud) -> None:
    """Golden queries for the gate, in the bucket; some of the sample's, which decide as well as all."""
    queries = (GOLDEN / "queries.jsonl").read_bytes().splitlines(keepends=True)[:QUERIES]
    cloud.client("s3").put_object(Bucket=BUCKET, Key="golden/queries.jsonl", Body=b"".join(queries))
    asked = {json.loads(line)["_id"].encode() for line in queries}
    header, *judged = (GOLDEN / "qrels" / "test.tsv").read_bytes().splitlines(keepends=True)
    judgements = [line for line in judged if line.partition(b"\t")[0] in asked]
    cloud.client("s3").put_object(Bucket=BUCKET, Key="golden/qrels/test.tsv", Body=header + b"".join(judgements))


@pytest.fixture(scope="module")
def reindexed(cloud: Cloud, newsroom: Newsroom, golden: None) -> list[Reindex]:
    """A re-index from its beginning to its end, while editors go on with their work."""
    goes, stays = article("go", "Bài bị gỡ giữa chừng QL21001"), article("o-lai", "Bài đăng giữa chừng QL21002")
    newsroom.put(goes)
    until_true(lambda: newsroom.matching("QL21001") == [goes["id"]], SECONDS, "it is found")
    begun = newsroom.ask("POST", "/v1/reindexes")
    seen = followed(newsroom, begun, lambda now: now["step"] != "plan" or now["state"] != "running")
    newsroom.put(stays)
    newsroom.take_down(goes["id"])
    return seen + followed(newsroom, seen[-1])


def test_it_is_built_from_the_listing_passes_its_gate_and_is_promoted(
    cloud: Cloud, newsroom: Newsroom, reindexed: list[Reindex]
) -> None:
    last = reindexed[-1]
    assert (last["state"], last["error"]) == ("done", None)
    assert executions_end(cloud)[0] == "SUCCEEDED"
    parts = {part["name"]: part["verdict"] for part in last["gate"]["parts"]}
    assert last["gate"]["verdict"] == "passed"
    assert parts["completeness"] == parts["quality"] == "passed"
    assert "refused" not in parts.values()
    assert last["articles_done"] >= len(stored(cloud)) - 1
    assert last["version"] in newsroom.get("/v1/health").json()["parts"]["index"]["detail"]


def test_its_progress_is_seen(reindexed: list[Reindex]) -> None:
    steps = list(dict.fromkeys(one["step"] for one in reindexed))
    order = ["plan", "build", "catch_up", "warm_up", "gate", "promote", "settle", "done"]
    assert steps == [step for step in order if step in steps]
    assert {"plan", "build", "done"} <= set(steps)
    done = [one["articles_done"] for one in reindexed]
    assert done == sorted(done)


def test_what_editors_did_meanwhile_is_in_it(cloud: Cloud, newsroom: Newsroom, reindexed: list[Reindex]) -> None:
    until_true(lambda: cloud.ingest.left() == 0, SECONDS, "the queue is empty")
    assert newsroom.matching("QL21001") == []
    assert newsroom.matching("QL21002") == ["e2e-o-lai"]
    assert_same(cloud)


def test_a_rollback_brings_back_the_version_before_with_what_has_changed_since(
    cloud: Cloud, newsroom: Newsroom, reindexed: list[Reindex]
) -> None:
    last = reindexed[-1]
    since = article("sau", "Bài đăng sau khi đổi QL22001")
    newsroom.put(since)
    newsroom.take_down("e2e-o-lai")
    until_true(lambda: newsroom.matching("QL22001") == [since["id"]], SECONDS, "it is found")
    begun = newsroom.ask("POST", f"/v1/reindexes/{last['id']}/rollback")
    assert followed(newsroom, begun, lambda now: now["state"] == "rolled_back")
    assert last["previous"] in newsroom.get("/v1/health").json()["parts"]["index"]["detail"]
    assert newsroom.matching("QL22001") == [since["id"]]
    assert newsroom.matching("QL21002") == []
    until_true(lambda: cloud.ingest.left() == 0, SECONDS, "the queue is empty")
    assert_same(cloud)
    assert executions_end(cloud)[0] == "SUCCEEDED"


def test_a_cancelled_one_leaves_readers_what_they_had(cloud: Cloud, newsroom: Newsroom) -> None:
    live = newsroom.get("/v1/health").json()["parts"]["index"]["detail"]
    begun = newsroom.ask("POST", "/v1/reindexes")
    assert newsroom.send(newsroom.request("POST", "/v1/reindexes")).status_code == 409
    assert newsroom.ask("POST", f"/v1/reindexes/{begun['id']}/cancel")["cancel_requested"]
    last = followed(newsroom, begun)[-1]
    assert last["state"] == "cancelled"
    assert newsroom.get("/v1/health").json()["parts"]["index"]["detail"] == live
    assert executions_end(cloud)[0] == "SUCCEEDED"
    assert newsroom.send(newsroom.request("POST", f"/v1/reindexes/{begun['id']}/cancel")).status_code == 409
