"""kill -9 in the middle of an ingest: afterwards store and index agree, nothing is lost and nothing is there twice.

MACHTIN_KILL_ROUNDS sets how often; the moment of each kill is spread over the whole run.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from contextlib import closing
from typing import Final

from machtin import bootstrap
from machtin.settings import Settings

from .local_place import Place, Server, eventually

ROUNDS: Final = int(os.environ.get("MACHTIN_KILL_ROUNDS", "3"))
ARTICLES: Final = 1_500
SEED: Final = 20260315


def article(number: int, version: int) -> dict[str, object]:
    return {
        "id": f"bai-{number}",
        "title": f"Bài số {number}, bản {version}",
        "body": f"Đoạn một của bài số {number}.\n\nĐoạn hai, ghi ở bản {version}.",
        "section": "Thời sự",
    }


def state(place: Place) -> tuple[dict[str, int], dict[str, int]]:
    """Ids and revisions of the store, and of everything that the live index holds."""
    service = bootstrap.build(Settings.from_env(place.environment))
    with closing(service.live_index()) as index:
        indexed = list(index.revisions())
        assert len({article_id for article_id, _ in indexed}) == len(indexed) == index.count(), "one is there twice"
    return dict(service.store.revisions()), dict(indexed)


def agreeing(place: Place) -> bool:
    stored, indexed = state(place)
    return stored == indexed


def test_killed_at_any_moment_an_ingest_is_repeated_and_nothing_is_lost(place: Place) -> None:
    chance = random.Random(SEED)
    stored: dict[str, int] = {}
    longest = 0.0
    cut_short = 0
    for round_number in range(ROUNDS):
        # Every third article is corrected in each round, so that kills hit updates as well as first writes.
        path = place.write(
            "many.ndjson", [article(number, round_number if number % 3 == 0 else 0) for number in range(ARTICLES)]
        )
        process = place.start("ingest", str(path))
        started = time.monotonic()
        moment = chance.random() * (longest or 4.0)
        while process.poll() is None and time.monotonic() - started < moment:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        cut_short += process.returncode == -signal.SIGKILL
        before, _ = state(place)
        assert stored.keys() <= before.keys(), "the store has lost articles that it held before the kill"
        assert all(before[one] >= revision for one, revision in stored.items()), "a revision went backwards"

        started = time.monotonic()
        again = place.run("ingest", str(path), "--json")
        longest = time.monotonic() - started
        assert again.returncode == 0, again.stderr
        told = json.loads(again.stdout)
        assert told["created"] + told["updated"] + told["unchanged"] == ARTICLES
        stored, indexed = state(place)
        assert len(stored) == ARTICLES
        assert indexed == stored
        unharmed = {one: revision for one, revision in before.items() if stored[one] == revision}
        assert len(unharmed) >= told["unchanged"], "an unchanged article got a new revision"
    assert cut_short, "no kill came in time: the test has shown nothing"
    # An article that was indexed when the kill came is linked to its story by the next repair, or start of a server.
    place.run("doctor", "--repair")
    assert place.run("doctor").returncode == 0


def test_killed_servers_leave_nothing_that_the_next_does_not_mend(place: Place) -> None:
    for round_number in range(max(1, ROUNDS // 3)):
        server = Server(place)
        inbox = place.data / "inbox"
        path = place.write("drop.ndjson", [article(number, round_number) for number in range(300)])
        path.rename(inbox / f"drop-{round_number}.ndjson")
        ids = [f"put-{round_number}-{number}" for number in range(20)]
        for one in ids:
            body = {"title": f"Bài {one}", "body": "Nội dung."}
            assert server.client.put(f"/v1/articles/{one}", json=body, headers=server.token).status_code == 202
        time.sleep(random.Random(SEED + round_number).random() * 3)
        server.stop(signal.SIGKILL)
        answered, _ = state(place)
        assert set(ids) <= answered.keys(), "what was answered with 202 is in the store"

        server = Server(place)
        eventually(lambda: not list(inbox.glob("*.ndjson")))  # noqa: B023  # asked before the loop goes on
        eventually(lambda: agreeing(place))
        assert server.stop(signal.SIGTERM) == 0
        stored, indexed = state(place)
        assert indexed == stored
        assert len(stored) == 300 + 20 * (round_number + 1)
