"""A whole installation in a temporary folder, reached through the real handlers with the real events."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from machtin import bootstrap
from machtin.adapters.local_events import EventSource
from machtin.adapters.local_functions import Functions, local_functions
from machtin.adapters.local_http import LocalContext
from machtin.adapters.opensearch_client import OpenSearchClient
from machtin.settings import Settings

from .local_place import Place, installation_environment

EVENTS = Path(__file__).parent.parent.parent / "events"
Event = dict[str, Any]
Invoke = Callable[[Event], dict[str, Any]]


def sample_event(name: str, **changes: object) -> Event:
    """One of events/*.json, with top-level fields changed at will."""
    event: Event = copy.deepcopy(json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8")))
    return event | changes


def batch_of(article_ids: list[str]) -> Event:
    """One delivery of the queue: a message for each id, numbered from 0, as S3 tells of a change."""
    event = sample_event("sqs-s3-created")
    record = event["Records"][0]
    notification = json.loads(record["body"])
    event["Records"] = []
    for number, article_id in enumerate(article_ids):
        notification["Records"][0]["s3"]["object"]["key"] = f"articles/{article_id}.json"
        event["Records"].append(record | {"messageId": str(number), "body": json.dumps(notification)})
    return event


@pytest.fixture(scope="module", params=["embedded", pytest.param("opensearch", marks=pytest.mark.opensearch)])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The index engine of all installations that a module's tests make; their indexes are dropped in the end."""
    name: str = request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MACHTIN_INDEX", name)
        if name == "embedded":
            yield name
            return
        client = OpenSearchClient(request.getfixturevalue("opensearch"))
        prefix = f"test-{uuid.uuid4().hex[:12]}"
        patch.setenv("MACHTIN_OPENSEARCH_PREFIX", prefix)
        yield name
        client.request("DELETE", f"/{prefix}-*", seconds=120)  # a busy machine may take a while
        client.close()


@pytest.fixture
def place(engine: str, tmp_path: Path) -> Place:
    """An empty data folder for commands and servers that are processes of their own."""
    return Place(tmp_path / "data")


@pytest.fixture
def data(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data folder that the process-wide service uses."""
    for name, value in installation_environment(tmp_path / "data").items():
        monkeypatch.setenv(name, value)
    bootstrap.service.cache_clear()
    yield tmp_path / "data"
    bootstrap.service().catalog.close()
    bootstrap.service.cache_clear()


class Clock:
    """Stands still until a test sets it."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What the process-wide service and its store go by."""
    made = Clock()
    monkeypatch.setattr(bootstrap, "build", partial(bootstrap.build, clock=made))
    bootstrap.service.cache_clear()
    return made


@pytest.fixture
def functions(data: Path) -> Functions:
    """The four handlers, on the empty installation."""
    return local_functions()


@pytest.fixture
def reader(functions: Functions) -> Invoke:
    """The reader function."""
    return lambda event: functions.reader(event, LocalContext("reader_api", "test"))


@pytest.fixture
def editor(functions: Functions) -> Invoke:
    """The editor function."""
    return lambda event: functions.editor(event, LocalContext("editor_api", "test"))


@pytest.fixture
def ingest(functions: Functions) -> Invoke:
    """The ingest function."""
    return lambda event: functions.ingest(event, LocalContext("ingest", "test"))


@pytest.fixture
def reindex(functions: Functions) -> Invoke:
    """The re-index function."""
    return lambda event: functions.reindex(event, LocalContext("reindex", "test"))


@pytest.fixture
def deliver(functions: Functions, data: Path) -> Callable[[], None]:
    """Delivers everything that waits in the queue to the ingest function."""
    source = EventSource(bootstrap.queue(Settings(data=data)), functions.ingest)

    def all_of_it() -> None:
        while source.deliver():
            pass

    return all_of_it
