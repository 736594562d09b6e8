"""Built functions in Lambda's own runtime: started, asked, killed, too slow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambda_emulator import Emulator, FunctionFailed
from lambda_parts import ROOT

pytestmark = pytest.mark.built
# What functions are given there, with nothing behind it.
ON_AWS = {
    "MACHTIN_STORE": "s3",
    "MACHTIN_BUCKET": "nowhere",
    "MACHTIN_INDEX": "opensearch",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
}
SAMPLE = """
import os, time
started = time.time()
def handler(event, context):
    if "sleep" in event:
        time.sleep(event["sleep"])
    if "fail" in event:
        raise ValueError(event["fail"])
    return {"started": started, "seen": os.environ.get("SEEN"), "home": os.environ.get("HOME"), "event": event,
            "left": context.get_remaining_time_in_millis()}
"""


def event(name: str) -> Any:
    return json.loads((ROOT / "events" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Emulator]:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "sample.py").write_text(SAMPLE)
    emulator = Emulator("sample", {"SEEN": "yes"}, folders=[tmp_path / "code"], log=tmp_path / "log", timeout=2)
    with emulator:
        yield emulator


def test_a_function_sees_its_event_its_environment_and_its_time(sample: Emulator) -> None:
    answer = sample.invoke({"title": "Giá gạo"})
    assert answer["event"] == {"title": "Giá gạo"}
    assert (answer["seen"], answer["home"]) == ("yes", None)
    assert 0 < answer["left"] <= 2_000
    assert len(sample.init_ms()) == 1
    assert sample.processor_ms() > 0


def test_one_process_answers_until_it_is_killed(sample: Emulator) -> None:
    first = sample.invoke({})["started"]
    assert sample.invoke({})["started"] == first
    assert sample.kill_function()
    with pytest.raises(FunctionFailed, match=r"Runtime\.ExitError"):
        sample.invoke({})
    assert sample.invoke({})["started"] > first
    assert len(sample.init_ms()) == 2


def test_what_a_function_raises_is_told_by_its_kind(sample: Emulator) -> None:
    with pytest.raises(FunctionFailed, match="ValueError: ngộ độc") as caught:
        sample.invoke({"fail": "ngộ độc"})
    assert caught.value.kind == "ValueError"
    assert sample.invoke({})["event"] == {}


def test_a_function_that_takes_too_long_is_ended(sample: Emulator) -> None:
    with pytest.raises(FunctionFailed, match="timed out after 2"):
        sample.invoke({"sleep": 5})
    assert sample.invoke({})["event"] == {}


def test_stopping_leaves_no_process(sample: Emulator) -> None:
    sample.invoke({})
    children = sample._children()
    assert children
    sample.stop()
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    sample.stop()


def test_what_is_not_built_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"not built: .*make build ARCH="):
        Emulator("reader_api", folders=[tmp_path / "nowhere"]).start()


def test_the_reader_answers_from_what_was_built(tmp_path: Path) -> None:
    with Emulator("reader_api", ON_AWS, log=tmp_path / "log") as reader:
        answer = reader.invoke(event("http-openapi"))
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["openapi"] == "3.1.0"


def test_the_editor_refuses_who_is_not_signed_in(tmp_path: Path) -> None:
    with Emulator("editor_api", ON_AWS, log=tmp_path / "log") as editor:
        answer = editor.invoke(event("http-put-without-credentials"))
    assert answer["statusCode"] == 401


def test_ingest_takes_the_test_event_of_s3(tmp_path: Path) -> None:
    with Emulator("ingest", ON_AWS, log=tmp_path / "log") as ingest:
        answer = ingest.invoke({"Records": []})
    assert answer == {"batchItemFailures": []}
