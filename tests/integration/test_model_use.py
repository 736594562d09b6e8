"""machtin model: other people's models are taken in, chosen, searched with, and left again; without torch."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_reindex_log import SCHEMA, SqliteReindexLog
from machtin.embedding import StaticEmbedder, folder_version
from machtin.errors import ModelError
from machtin.reindex_record import ReindexRecord
from machtin.settings import BUNDLED_MODEL

from .local_place import NEWS, Place, Server, eventually
from .static_models import static_model

NAME = folder_version(BUNDLED_MODEL)
TEXTS = ["Giá gạo xuất khẩu tăng mạnh", "đội bóng Đồng Tháp"]


@pytest.mark.parametrize(
    ("module", "table", "kind"),
    [("", "embeddings", "F32"), ("0_StaticEmbedding", "embedding.weight", "F32"), (".", "embedding.weight", "F16")],
)
def test_any_static_layout_is_read(tmp_path: Path, module: str, table: str, kind: str) -> None:
    folder = static_model(tmp_path / "other", module=module, table=table, kind=kind)
    embedder = StaticEmbedder.load(folder)
    usual = StaticEmbedder.load(static_model(tmp_path / "usual"))
    assert embedder.dimensions == 32
    assert embedder.model_version.startswith("other-")
    np.testing.assert_allclose(embedder.embed(TEXTS), usual.embed(TEXTS), atol=1e-3)


def test_prompts_and_dimensions_of_a_static_model_are_respected(tmp_path: Path) -> None:
    plain = StaticEmbedder.load(static_model(tmp_path / "plain"))
    config = {"prompts": {"query": "query: ", "document": ""}, "truncate_dim": 16}
    prompted = StaticEmbedder.load(static_model(tmp_path / "prompted", config=config))
    assert prompted.dimensions == 16
    np.testing.assert_allclose(prompted.embed(TEXTS), plain.embed([f"query: {one}" for one in TEXTS], 16), atol=1e-5)
    assert not prompted.embed([""]).any()


def test_a_table_in_parts_is_refused(tmp_path: Path) -> None:
    folder = static_model(tmp_path / "parts")
    path = folder / "model.safetensors"
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = content[8 : 8 + length].replace(b"{", b'{"mapping": {}, ', 1)
    path.write_bytes(len(header).to_bytes(8, "little") + header + content[8 + length :])
    with pytest.raises(ModelError, match=r"keeps its table in parts \(mapping\)"):
        StaticEmbedder.load(folder)


def test_a_model_is_used_and_left_again(place: Place, tmp_path: Path) -> None:
    place.ask("ingest", str(place.write("news.ndjson", NEWS)))
    source = static_model(tmp_path / "other-model")
    done = place.run("model", "use", str(source))
    assert done.returncode == 0, done.stderr
    name = folder_version(place.data / "models" / (place.data / "models" / "chosen").read_text().strip())
    assert name.startswith("other-model-")
    assert f"{name} is chosen." in done.stdout
    assert "is live, with 3 articles written" in done.stdout
    assert "it has room in a layer" in done.stdout
    answer = place.ask("search", "giá gạo", "--mode", "semantic")
    assert (answer["model_version"], answer["degraded"]) == (name, False)
    assert answer["hits"][0]["id"].startswith("gao-")
    listed = place.run("model", "list").stdout.splitlines()
    assert listed[0].startswith("  bundled (static, ")
    assert listed[1].startswith(f"* {name} (static, ")
    assert "The index was made with it already." in place.run("model", "use", name).stdout
    again = place.run("model", "use", str(source))
    assert again.returncode == 0
    assert len(list((place.data / "models").glob("other-model-*"))) == 1, "it is there already"
    back = place.run("model", "use", "bundled")
    assert back.returncode == 0, back.stderr
    assert place.ask("search", "giá gạo")["model_version"] == NAME


def test_what_cannot_be_used_changes_nothing(place: Place, tmp_path: Path) -> None:
    place.ask("ingest", str(place.write("news.ndjson", NEWS)))
    for asked, told in (
        (str(tmp_path), "has no modules.json"),
        ("nowhere", "there is no model nowhere: give a folder, a name of machtin model list"),
        ("./nowhere/at-all", "there is no model"),
    ):
        done = place.run("model", "use", asked)
        assert done.returncode == 1
        assert told in done.stderr
    assert [one.name for one in (place.data / "models").glob("*")] in ([], ["chosen"])
    place.environment["MACHTIN_MODEL"] = str(BUNDLED_MODEL)
    done = place.run("model", "use", "bundled")
    assert done.returncode == 2
    assert "MACHTIN_MODEL names the model" in done.stderr


def test_a_folder_goes_before_the_shelf(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = static_model(tmp_path / "mine")
    assert place.run("model", "use", "mine", "--no-reindex").returncode == 0
    shutil.rmtree(first)
    static_model(first, seed=2)
    assert place.run("model", "use", "mine", "--no-reindex").returncode == 0
    names = {one.name for one in (place.data / "models").glob("mine-*")}
    assert len(names) == 2
    assert (place.data / "models" / "chosen").read_text().strip() == StaticEmbedder.load(first).model_version


def test_a_model_with_too_few_dimensions_is_not_chosen(place: Place, tmp_path: Path) -> None:
    place.environment["MACHTIN_DIMENSIONS"] = "64"
    done = place.run("model", "use", str(static_model(tmp_path / "other-model")), "--no-reindex")
    assert done.returncode == 2
    assert "MACHTIN_DIMENSIONS is 64, and other-model-" in done.stderr
    assert place.run("search", "giá gạo").returncode == 0


def test_a_re_index_with_another_model_is_not_taken_for_this_one(place: Place, tmp_path: Path) -> None:
    place.ask("ingest", str(place.write("news.ndjson", NEWS)))
    file = SqliteFile(place.data / "articles.sqlite", SCHEMA)
    now = datetime.now(UTC)
    SqliteReindexLog(file).begin(
        ReindexRecord(
            id="20260101T000000000000",
            state="running",
            step="build",
            model_version="another-1",
            started_at=now,
            updated_at=now,
        )
    )
    done = place.run("model", "use", str(static_model(tmp_path / "other-model")))
    assert done.returncode == 4
    assert "is under way with another model" in done.stderr
    assert "machtin reindex --cancel 20260101T000000000000" in done.stderr
    assert "The model before stays chosen." in done.stderr
    assert (place.data / "models" / "chosen").read_text() == "bundled\n"


def test_a_server_moves_over_while_it_serves(place: Place, tmp_path: Path) -> None:
    place.ask("ingest", str(place.write("news.ndjson", NEWS)))
    server = Server(place)

    def model() -> str:
        answer = server.client.get("/v1/search", params={"q": "giá gạo"}).json()
        assert not answer["degraded"]
        return str(answer["model_version"])

    assert model() == NAME
    done = place.run("model", "use", str(static_model(tmp_path / "other-model")))
    assert done.returncode == 0, done.stderr
    eventually(lambda: model().startswith("other-model-"))
    assert place.run("model", "use", "bundled").returncode == 0
    eventually(lambda: model() == NAME)
    assert server.client.get("/v1/health").json()["status"] == "ok"
    assert server.stop(15) == 0


def test_a_model_is_written_for_another_place(place: Place, tmp_path: Path) -> None:
    source, target = static_model(tmp_path / "other-model"), tmp_path / "for-lambda"
    done = place.run("model", "export", str(source), "--to", str(target))
    assert done.returncode == 0, done.stderr
    assert StaticEmbedder.load(target).model_version.startswith("other-model-")
    assert f"MODEL={target} sam build" in done.stdout
    again = place.run("model", "export", str(source), "--to", str(target))
    assert again.returncode == 2
    assert "is not empty" in again.stderr
