"""From one model to another without a gap: readers search all along, and every answer comes from both legs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from machtin import bootstrap
from machtin.embedding import folder_version
from machtin.reindex_record import ReindexRecord, State
from machtin.search_request import SearchRequest
from machtin.service import Machtin
from machtin.settings import BUNDLED_MODEL, Settings

from .local_place import NEWS, Place, Server, eventually
from .sample_news import sample_articles
from .test_kill_reindex import ARTICLES, article, assert_whole, searching

NAME = folder_version(BUNDLED_MODEL)


@pytest.fixture
def settings(place: Place) -> Settings:
    """An installation of the whole model, with articles in its live index."""
    made = Settings.from_env(place.environment)
    service = bootstrap.build(made)
    service.put([article(number) for number in range(ARTICLES)])
    service.index_articles([article(number).id for number in range(ARTICLES)])
    service.live_index().close()
    return made


def reindex(service: Machtin) -> str:
    return carried_out(service, service.reindexer.begin(), "done").id


def carried_out(service: Machtin, record: ReindexRecord, end: State) -> ReindexRecord:
    while record.state == "running":
        record = service.reindexer.advance(record.id)
    assert record.state == end, record
    return record


def test_readers_search_on_while_the_model_changes_and_changes_back(settings: Settings) -> None:
    service = bootstrap.build(replace(settings, dimensions=128))
    reader = bootstrap.build(settings)
    live = service.live_index()
    assert live.model_version == NAME, "the present model does not change what is live"
    with searching(service) as wrong, searching(reader) as wrong_there:
        migration = reindex(service)
        assert service.live_index().model_version == f"{NAME}@128"
        assert_whole(service)
        service.put([replace(article(0), body="Bài đã được sửa sau khi đổi mô hình.")])
        service.index_articles(["bai-0"])
        assert (vector := service.live_index().get(["bai-0"])["bai-0"].vector) is not None
        assert vector.shape == (128,), "what changes is embedded by the model that the index names"
        carried_out(service, service.reindexer.roll_back(migration), "rolled_back")
        assert service.live_index().model_version == NAME
        assert_whole(service)
        assert (vector := service.live_index().get(["bai-0"])["bai-0"].vector) is not None
        assert vector.shape == (256,)
    assert (wrong, wrong_there) == ([], [])
    assert service.health().status == "ok"
    assert f"a re-index would use {NAME}@128" in service.health().parts["model"].detail
    service.live_index().close()
    reader.live_index().close()


def test_without_the_model_that_the_index_names_search_goes_by_words(settings: Settings, tmp_path: Path) -> None:
    elsewhere = tmp_path / "other-model" / "0_StaticEmbedding"
    elsewhere.mkdir(parents=True)
    for source in (BUNDLED_MODEL / "0_StaticEmbedding").iterdir():
        renamed = source.read_bytes().replace(NAME.encode(), NAME[::-1].encode(), 1)
        (elsewhere / source.name).write_bytes(renamed if source.suffix == ".safetensors" else source.read_bytes())
    service = bootstrap.build(replace(settings, model=elsewhere.parent, model_named=True))
    answer = service.search(SearchRequest(q="làng số7x"))
    assert (answer.degraded, answer.hits[0].id) == (True, "bai-7")
    assert service.related_of_draft(article(7), 3).degraded
    assert service.health().status == "degraded"
    assert f"{NAME}, which is not installed" in service.health().parts["model"].detail
    named = replace(settings, model=elsewhere.parent, model_named=True, further_models=(BUNDLED_MODEL,))
    both = bootstrap.build(named)
    assert not both.search(SearchRequest(q="làng số7x")).degraded
    assert both.health().status == "ok"
    reindex(both)
    assert both.live_index().model_version == NAME[::-1]
    for one in (service, both):
        one.live_index().close()


def test_a_server_moves_to_the_present_model_by_itself(place: Place) -> None:
    place.ask("ingest", str(place.write("news.ndjson", NEWS)))
    place.environment["MACHTIN_DIMENSIONS"] = "128"
    server = Server(place)
    assert f"The index was made with {NAME}; it is built anew with {NAME}@128" in server.said

    def model() -> str:
        answer = server.client.get("/v1/search", params={"q": "giá gạo"}).json()
        assert not answer["degraded"]
        return str(answer["model_version"])

    eventually(lambda: model() == f"{NAME}@128")
    assert server.stop(15) == 0


# The index takes no part in it.
@pytest.mark.parametrize("engine", ["embedded"], indirect=True)
def test_the_samples_come_with_golden_queries_once(place: Place) -> None:
    server = Server(place, "--samples")
    queries = place.data / "golden" / "queries.jsonl"
    assert len(queries.read_text(encoding="utf-8").splitlines()) >= 100
    begun = server.client.post("/v1/reindexes", headers=server.token).json()
    path = f"/v1/reindexes/{begun['id']}"
    eventually(lambda: server.client.get(path, headers=server.token).json()["state"] != "running")
    done = server.client.get(path, headers=server.token).json()
    assert (done["state"], done["articles_done"]) == ("done", len(sample_articles()))
    assert {part["name"]: part["verdict"] for part in done["gate"]["parts"]} == dict.fromkeys(
        ("completeness", "canaries", "quality", "latency"), "passed"
    )
    queries.write_text('{"_id": "q", "text": "giá gạo"}\n', encoding="utf-8")
    assert server.stop(15) == 0
    server = Server(place, "--samples")
    assert len(queries.read_text(encoding="utf-8").splitlines()) == 1, "an editor's own are left alone"
    assert server.stop(15) == 0
