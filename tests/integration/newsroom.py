"""A newsroom whose clock and queue a test holds, and a model of what its readers may be shown."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from machtin import bootstrap
from machtin.adapters.local_functions import local_functions
from machtin.adapters.local_http import LocalContext
from machtin.article import Article
from machtin.audit import By
from machtin.errors import Conflict
from machtin.settings import Settings

from .conftest import batch_of, sample_event
from .local_place import installation_environment

START: Final = datetime(2026, 3, 15, 1, 30, tzinfo=UTC)
IDS: Final = tuple(f"bai-{letter}" for letter in "abcde")
COMMON: Final = "giá gạo xuất khẩu"
_PARTS: Final = ("bake", "mito", "vuxi", "fodu", "zaro", "tegu", "hyna", "lopi")
EDITOR: Final = By(who="token")


@dataclass(frozen=True)
class Version:
    """One text of an article; ``word`` stands in it, and in no other."""

    word: str
    article: Article


@dataclass
class Held:
    """What the store holds of an article, as the test knows it."""

    version: Version
    deleted: bool = False


class Newsroom:
    """Real handlers on an installation of their own; ``seen`` has every version that readers could ever be shown."""

    def __init__(self, data: Path, chance: random.Random) -> None:
        self.now = START
        self.chance = chance
        self.functions = local_functions()
        self.queue = bootstrap.queue(Settings(data=data))
        self.pending: list[str] = []
        self.told: list[str] = []
        self.held: dict[str, Held] = {}
        self.versions: dict[str, list[Version]] = {}
        self.seen: set[str] = set()
        self.ids_seen: set[str] = set()
        self.reindex: str | None = None

    # What editors do

    def put_new(self, article_id: str, minutes: int | None) -> None:
        """A new text, to be shown in so many minutes, at once without."""
        number = sum(map(len, self.versions.values()))
        word = _PARTS[number // 64 % 8] + _PARTS[number // 8 % 8] + _PARTS[number % 8]
        moment = None if minutes is None else self.now + timedelta(minutes=minutes)
        # One story for all, so that they are related and copies of each other, in so far as they may be shown.
        article = Article(
            id=article_id,
            title=f"{COMMON.capitalize()} tăng {word}",
            sapo=f"Doanh nghiệp {word} nói {COMMON} đạt 412 USD một tấn.",
            body=f"{COMMON.capitalize()} tăng ở Cần Thơ, theo {word}.\n\nNông dân {word} đã bán gần hết lúa tại ruộng.",
            section=f"Mục {word}",
            tags=(f"nhãn {word}",),
            author=f"Tác giả {word}",
            published_at=moment or self.now,
            publish_at=moment,
        )
        self.versions.setdefault(article_id, []).append(Version(word, article))
        self._put(article_id, self.versions[article_id][-1])

    def put_again(self, article_id: str, back: int) -> None:
        """A text that was there before, or is there."""
        known = self.versions.get(article_id)
        if known:
            self._put(article_id, known[-1 - back % len(known)])

    def _put(self, article_id: str, version: Version) -> None:
        bootstrap.service().put([version.article], EDITOR)
        self.held[article_id] = Held(version)
        self._look()

    def move(self, article_id: str, minutes: int) -> None:
        """The same text at another moment."""
        known = self.versions.get(article_id)
        if known:
            moved = replace(known[-1].article, publish_at=self.now + timedelta(minutes=minutes))
            self._put(article_id, Version(known[-1].word, moved))

    def take_down(self, article_id: str) -> None:
        if article_id in self.held:
            bootstrap.service().take_down(article_id, EDITOR)
            self.held[article_id].deleted = True

    # What goes on by itself

    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self._look()

    def release(self) -> None:
        self._reindex_function(sample_event("schedule-release"))

    def reconcile(self) -> None:
        self._reindex_function(sample_event("schedule-reconcile"))

    def deliver(self, most: int) -> None:
        """Some of the messages, in any order, with some that were delivered before."""
        self._collect()
        self.chance.shuffle(self.pending)
        batch = [self.pending.pop() for _ in range(min(most, len(self.pending)))]
        self.told += batch
        again = self.chance.sample(self.told, min(2, len(self.told)))
        if batch or again:
            answer = self.functions.ingest(batch_of([*batch, *again]), LocalContext("ingest", "test"))
            assert answer == {"batchItemFailures": []}

    def lose_nothing(self) -> None:
        """All messages."""
        self._collect()
        while self.pending:
            self.deliver(len(self.pending))

    def advance(self, pieces: int) -> None:
        """So many pieces of a re-index, which is begun where none is under way."""
        if self.reindex is None:
            try:
                self.reindex = bootstrap.service().editing.begin_reindex(by=EDITOR).id
            except Conflict:
                return
        for _ in range(pieces):
            answer = self._reindex_function(sample_event("reindex-step", reindex_id=self.reindex))
            if answer["state"] != "running":
                assert answer["state"] == "done", answer
                self.reindex = None
                return

    def settle(self) -> None:
        """Whatever is under way comes to its end."""
        self.release()
        self.lose_nothing()
        while self.reindex is not None:
            self.advance(20)
        self.lose_nothing()

    def _collect(self) -> None:
        messages = self.queue.receive(1_000)
        self.pending += [message.article_id for message in messages]
        self.queue.done(messages)

    def _reindex_function(self, event: dict[str, Any]) -> dict[str, Any]:
        return self.functions.reindex(event, LocalContext("reindex", "test"))

    # What readers may be shown

    def visible(self) -> dict[str, Version]:
        """The texts that may be shown now."""
        return {
            article_id: held.version
            for article_id, held in self.held.items()
            if not held.deleted
            and (held.version.article.publish_at is None or held.version.article.publish_at <= self.now)
        }

    def words(self) -> set[str]:
        """Every word of any text."""
        return {version.word for versions in self.versions.values() for version in versions}

    def _look(self) -> None:
        self.seen |= {version.word for version in self.visible().values()}
        self.ids_seen |= self.visible().keys()

    def get(self, path: str, **parameters: str) -> tuple[int, str]:
        """What the reader function answers."""
        event = sample_event("http-search", rawPath=path, queryStringParameters=parameters)
        event["requestContext"]["http"]["path"] = path
        answer = self.functions.reader(event, LocalContext("reader_api", "test"))
        return answer["statusCode"], answer["body"]

    def read(self, path: str, **parameters: str) -> Any:
        """An answer that must be one."""
        status, body = self.get(path, **parameters)
        assert status == 200, (path, parameters, body)
        return json.loads(body)


@contextmanager
def newsroom(data: Path, chance: random.Random) -> Iterator[Newsroom]:
    """An installation in ``data`` on the engine that the environment names; it ends with the block."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in installation_environment(data).items():
            patch.setenv(name, value)
        made: list[Newsroom] = []
        patch.setattr(bootstrap, "build", partial(bootstrap.build, clock=lambda: made[0].now))
        bootstrap.service.cache_clear()
        made.append(Newsroom(data, chance))
        bootstrap.service().live_index()  # made here, since readers don't wait as long as a busy machine may take
        try:
            yield made[0]
        finally:
            bootstrap.service().catalog.close()
            bootstrap.service.cache_clear()
