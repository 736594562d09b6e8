"""What the doctor looks at on a laptop: the data folder and what is kept in it."""

from __future__ import annotations

import shutil
import tempfile
from typing import Final

from machtin.commands.check import Check, Part
from machtin.errors import NotFound
from machtin.settings import Settings

LITTLE_SPACE: Final = 200_000_000


def kept(settings: Settings) -> list[Part]:
    """What is kept in the data folder."""
    return [
        Part("data folder", _folder, "make it writable, or name another: MACHTIN_DATA=FOLDER"),
        Part("token", _token, f"remove {settings.token_file} and run: machtin token"),
        Part("store", _store, "restore articles.sqlite from a copy, or take the articles in again"),
    ]


def agreement() -> list[Part]:
    """Whether the index has what the store has, and what is on its way there."""
    return [
        Part("store and index", _agreement, "run: machtin doctor --repair"),
        Part("queue", _queue, "run: machtin doctor --repair"),
    ]


def _folder(settings: Settings) -> Check:
    if not settings.data.exists():
        return Check("data folder", True, f"{settings.data.absolute()} is made when it is first needed")
    with tempfile.TemporaryFile(dir=settings.data):
        pass
    free = shutil.disk_usage(settings.data).free
    detail = f"{settings.data.absolute()}, {free / 1e9:.1f} GB free"
    return Check("data folder", free >= LITTLE_SPACE, detail, "make room on this disk")


def _token(settings: Settings) -> Check:
    from machtin.adapters.token_file import read_token

    made = read_token(settings.token_file) is not None
    return Check("token", True, "readable by its owner alone" if made else "is made when it is first needed")


def _store(settings: Settings) -> Check:
    from machtin import bootstrap

    if not settings.store_file.exists():
        return Check("store", True, "no articles yet")
    with bootstrap.store_file(settings).reading() as db:
        found = [str(row[0]) for row in db.execute("PRAGMA quick_check(5)")]
    sound = found == ["ok"]
    detail = f"{bootstrap.service().store.count():,} articles, sound" if sound else "; ".join(found)
    return Check("store", sound, detail, "restore articles.sqlite from a copy, or take the articles in again")


def _agreement(settings: Settings) -> Check:
    from machtin import bootstrap

    part = "store and index"
    if not settings.store_file.exists():
        return Check(part, True, "both are empty")
    service = bootstrap.service()
    waiting = bootstrap.queue(settings).state().waiting
    try:
        indexed = dict(service.catalog.live().revisions())
    except NotFound:
        indexed = {}
    stored = dict(service.store.revisions())
    differing = sum(indexed.get(article_id) != revision for article_id, revision in stored.items())
    differing += len(indexed.keys() - stored.keys())
    if differing <= waiting:
        detail = f"{differing:,} articles differ, their changes are under way" if differing else "agree"
        return Check(part, True, detail)
    return Check(part, False, f"{differing:,} articles differ", "run: machtin doctor --repair")


def _queue(settings: Settings) -> Check:
    from machtin import bootstrap
    from machtin.adapters.worker_lock import WorkerLock

    if not settings.store_file.exists():
        return Check("queue", True, "empty")
    state = bootstrap.queue(settings).state()
    lock = WorkerLock(settings.data / "worker.lock")
    busy = "nobody is at work" if lock.take() else f"process {lock.holder()} is at work"
    lock.release()
    detail = f"{state.waiting:,} changes wait, {state.dead:,} were given up; {busy}"
    return Check("queue", state.dead == 0, detail, "see the log for the reason, then run: machtin doctor --repair")
