"""The server as a process: what outlives it, what keeps it from starting, and two of them on one folder."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from .local_place import NEWS, Place, Server, eventually, problem

Serve = Callable[..., Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers; those that a test leaves running are ended."""
    started: list[Server] = []

    def start(place: Place, *arguments: str) -> Server:
        started.append(Server(place, *arguments))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop(signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_restart_keeps_everything_and_takes_nothing_twice(place: Place, serve: Serve, number: int) -> None:
    place.ask("ingest", str(place.write("news.ndjson", NEWS)))
    first = serve(place)
    first.client.put("/v1/articles/moi", json={"title": "Tin mới", "body": "Nội dung."}, headers=first.token)
    revision = first.client.get("/v1/articles/moi").json()["revision"]
    first.client.delete("/v1/articles/bong-da", headers=first.token)
    token = first.token
    assert first.stop(number) == 0
    assert first.said.rstrip().endswith("Stopped.")
    second = serve(place)
    assert second.client.get("/v1/articles/moi").json()["revision"] == revision
    problem(second.client.get("/v1/articles/bong-da"), 410)
    eventually(lambda: second.found("tin mới nội dung")[:1] == ["moi"])
    assert "bong-da" not in second.found("đội bóng Đồng Tháp")
    assert second.token == token
    assert second.stop(number) == 0
    assert second.complaints == []


# The index takes no part in it.
@pytest.mark.parametrize("engine", ["embedded"], indirect=True)
def test_samples_are_loaded_once_and_shown_in_lines_that_work(place: Place, serve: Serve) -> None:
    first = serve(place, "--samples")
    assert " taken (" in first.said
    last = first.client.get("/v1/search", params={"q": "", "size": 1}).json()
    assert last["total"] > 10
    (search, related, summary) = [line.strip() for line in first.said.splitlines() if "curl " in line]
    (_, options, address, encoded, question) = shlex.split(search, comments=True)
    assert (options, encoded) == ("-sG", "--data-urlencode")
    asked = httpx.get(address, params=dict([question.split("=", 1)]), trust_env=False)
    assert asked.json()["hits"][0]["id"] in related
    assert "# or without diacritics: 'q=vai thieu mat mua'" in search
    for line, part in ((related, "related"), (summary, "summary")):
        address = line.removeprefix("curl -s ")
        assert address.endswith(part)
        assert httpx.get(address, trust_env=False).status_code == 200
    assert first.client.delete(f"/v1/articles/{last['hits'][0]['id']}", headers=first.token).status_code == 202
    assert first.stop(signal.SIGTERM) == 0
    second = serve(place, "--samples")
    assert " taken (" not in second.said
    assert second.client.get("/v1/search", params={"q": "", "size": 0}).json()["total"] == last["total"] - 1


# The index takes no part in it.
@pytest.mark.parametrize("engine", ["embedded"], indirect=True)
def test_a_port_that_is_taken(place: Place, serve: Serve) -> None:
    serve(place)
    second = place.run("serve")
    assert second.returncode == 4
    assert second.stderr == (
        f"machtin: port {place.port} on 127.0.0.1 is taken; "
        f"choose another: MACHTIN_PORT={place.port + 1} machtin serve\n"
    )


def test_a_second_server_waits_for_the_work_and_takes_it_over(place: Place, serve: Serve) -> None:
    first = serve(place)
    beside = Place(place.data)
    second = serve(beside)
    assert f"Process {first.process.pid} is at work" in second.said
    assert first.stop(signal.SIGKILL) == -9
    body = {"title": "Tin sau khi tiếp quản", "body": "Nội dung."}
    assert second.client.put("/v1/articles/sau", json=body, headers=second.token).status_code == 202
    eventually(lambda: "sau" in second.found("tiếp quản"))


# The index takes no part in it.
@pytest.mark.parametrize("engine", ["embedded"], indirect=True)
def test_a_data_folder_that_cannot_be_used(place: Place) -> None:
    place.data.write_text("a file stands where the folder should")
    for arguments in (["serve"], ["ingest", "x.ndjson"], ["article", "x"], ["token"]):
        done = place.run(*arguments)
        assert done.returncode in (2, 4), done
        assert "Traceback" not in done.stderr
        assert done.stderr.startswith("machtin: ")
        assert len(done.stderr.splitlines()) == 1


# The index takes no part in it.
@pytest.mark.parametrize("engine", ["embedded"], indirect=True)
def test_a_store_that_is_broken(place: Place) -> None:
    place.data.mkdir()
    (place.data / "articles.sqlite").write_bytes(b"no database, but long enough to be looked at" * 100)
    done = place.run("serve")
    assert done.returncode == 4
    assert "file is not a database" in done.stderr
    assert "Traceback" not in done.stderr


# The index takes no part in it.
@pytest.mark.parametrize("engine", ["embedded"], indirect=True)
def test_a_model_that_is_not_there(place: Place, tmp_path: Path) -> None:
    place.environment["MACHTIN_MODEL"] = str(tmp_path / "no-model")
    done = place.run("serve")
    assert done.returncode == 1
    assert done.stderr.startswith("machtin: ")
    assert "no-model" in done.stderr
    assert "Traceback" not in done.stderr
