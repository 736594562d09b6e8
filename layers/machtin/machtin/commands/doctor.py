"""machtin doctor: checks every part of an installation, says what is wrong and how to mend it."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Final

import click

from machtin.commands.exit_codes import FAILURE
from machtin.errors import MachtinError, NotFound, WriterBusy
from machtin.settings import Settings

OLDEST_PYTHON: Final = (3, 11)
LITTLE_SPACE: Final = 200_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One part: whether it is well, what it says of itself, and the mend where it isn't."""

    part: str
    ok: bool
    detail: str
    mend: str = ""


@click.command(
    short_help="Check every part, and repair.",
    epilog="""\b
Examples:
  machtin doctor
  machtin doctor --repair
  machtin doctor --json | jq '.checks[] | select(.ok | not)'
""",
)
@click.option("--repair", is_flag=True, help="Bring store and index to agree, and try again what was given up.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(repair: bool, as_json: bool) -> None:
    """Check Python, packages, the data folder, token, store, model, index and queue; exit code 1 if one is not well."""
    settings = Settings.from_env()
    if repair:
        _repair(settings)
    checks = list(examine(settings))
    if as_json:
        ok = all(check.ok for check in checks)
        click.echo(json.dumps({"ok": ok, "checks": [asdict(check) for check in checks]}, ensure_ascii=False))
    else:
        for check in checks:
            click.echo(f"{'ok    ' if check.ok else 'NOT OK'}  {check.part}: {check.detail}")
            if not check.ok:
                click.echo(f"        → {check.mend}")
    if not all(check.ok for check in checks):
        raise click.exceptions.Exit(FAILURE)


def examine(settings: Settings) -> Iterator[Check]:
    """Every check, in an order in which the first that fails explains those that follow."""
    parts: list[tuple[str, Callable[[Settings], Check], str]] = [
        ("python", _python, "install Python 3.11 or newer"),
        ("packages", _packages, "run: make install"),
        ("data folder", _folder, "make it writable, or name another: MACHTIN_DATA=FOLDER"),
        ("token", _token, f"remove {settings.token_file} and run: machtin token"),
        ("store", _store, "restore articles.sqlite from a copy, or take the articles in again"),
        ("model", _model, "install machtin again, or name a model folder: MACHTIN_MODEL=FOLDER"),
        ("index", _index, _index_mend(settings)),
        ("store and index", _agreement, "run: machtin doctor --repair"),
        ("queue", _queue, "run: machtin doctor --repair"),
    ]
    for part, examine_part, mend in parts:
        try:
            yield examine_part(settings)
        except MachtinError as error:
            yield Check(part, False, str(error), mend)
        except OSError as error:
            yield Check(part, False, error.strerror or str(error), mend)


def _python(_: Settings) -> Check:
    known = ".".join(map(str, sys.version_info[:3]))
    return Check("python", sys.version_info >= OLDEST_PYTHON, known, "install Python 3.11 or newer")


def _packages(_: Settings) -> Check:
    from importlib.metadata import PackageNotFoundError, requires, version
    from re import match

    names = [match(r"[\w.-]+", line) for line in requires("machtin") or () if "extra ==" not in line]
    missing, present = [], []
    for name in [found[0] for found in names if found]:
        try:
            present.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    detail = f"missing: {', '.join(missing)}" if missing else ", ".join(present)
    return Check("packages", not missing, detail, "run: make install")


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


def _model(_: Settings) -> Check:
    from machtin import bootstrap

    embedder = bootstrap.service().models.current
    embedder.embed(["mạch tin"])
    return Check("model", True, f"{embedder.model_version}, {embedder.dimensions} dimensions")


def _index(settings: Settings) -> Check:
    from machtin import bootstrap

    if not settings.store_file.exists():
        return Check("index", True, "is made with the first article")
    service = bootstrap.service()
    index = service.catalog.live()
    detail = f"version {index.version}, {index.count():,} articles, of {index.model_version}"
    installed = service.models.named(index.model_version)
    if installed is None:
        mend = "it was made with another model: machtin reindex, or name that model's folder too in MACHTIN_MODEL"
        return Check("index", False, f"{detail}, which is not installed", mend)
    if installed is not service.models.current:
        detail += "; machtin reindex would make it with the present model"
    return Check("index", True, detail)


def _index_mend(settings: Settings) -> str:
    if settings.index == "embedded":
        return "build it anew: machtin reindex"
    url = settings.opensearch.url
    return f"see that OpenSearch runs at {url} (MACHTIN_OPENSEARCH_URL); a broken index is built anew: machtin reindex"


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


def _repair(settings: Settings) -> None:
    """Store and index agree afterwards, and nothing is given up unless it fails again."""
    from machtin import bootstrap
    from machtin.adapters.local_events import drain
    from machtin.commands.installation import background_work

    with background_work(settings) as work:
        if not work.take():
            raise WriterBusy(
                f"process {work.lock.holder()} is at work on {settings.data}; stop it first (machtin serve)"
            )
        service = bootstrap.service()
        mended = service.reindexer.reconcile(service.live_index())
        released = work.queue.release()
        drain(work.deliver, work.waiting, lambda _: None)
    click.echo(
        f"{mended:,} articles brought to agree, {released:,} changes tried again (process {os.getpid()}).", err=True
    )
