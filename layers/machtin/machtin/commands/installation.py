"""What several commands need of the installation on this machine: its service, and its background work."""

from __future__ import annotations

import os
import pwd
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from machtin.errors import SettingsError
from machtin.settings import Settings

if TYPE_CHECKING:
    from machtin.adapters.intake import Intake, Tally
    from machtin.adapters.local_work import LocalWork
    from machtin.audit import By


def command_line() -> By:
    """Whoever runs this command, as the operating system knows them."""
    from machtin.audit import By

    number = os.getuid()
    try:
        return By(who=f"command line: {pwd.getpwuid(number).pw_name}")
    except KeyError:  # a user without a name, as in a container
        return By(who=f"command line: user {number}")


@contextmanager
def background_work(settings: Settings) -> Iterator[LocalWork]:
    """The background work of the data folder; given back to others at the end."""
    from machtin import bootstrap
    from machtin.adapters.local_functions import local_functions
    from machtin.adapters.local_work import LocalWork
    from machtin.adapters.worker_lock import WorkerLock

    if settings.store == "s3":
        raise SettingsError(
            "MACHTIN_STORE is s3: there the deployment's functions do this work; call its API, or drop files into the "
            "bucket under inbox/"
        )
    lock = WorkerLock(settings.data / "worker.lock")
    try:
        yield LocalWork(lock, bootstrap.queue(settings), bootstrap.service().reindexer, local_functions(), _is_due)
    finally:
        lock.release()


def _release() -> None:
    """Where no server is running, what is due is published along with what is taken in."""
    from machtin import bootstrap

    bootstrap.service().release()


def _is_due() -> bool:
    from machtin import bootstrap
    from machtin.scheduling import is_due

    service = bootstrap.service()
    return is_due(service.store, service.clock())


def intake(settings: Settings, each: Callable[[Tally], object] | None = None) -> Intake:
    """Takes articles into the store; what is refused is kept in the data folder."""
    from machtin import bootstrap
    from machtin.adapters.intake import Intake
    from machtin.adapters.refusals import keep_refused

    service = bootstrap.service()
    return Intake(service.put, lambda refused: keep_refused(settings.refused_folder, refused), service.clock, each)


def take_in(settings: Settings, work: LocalWork, paths: list[Path | str], title: str) -> Tally:
    """Take everything that the paths hold into store and index, with progress; it is searchable on return."""
    from machtin.adapters.local_events import drain
    from machtin.adapters.sources import read_sources
    from machtin.commands.terminal import Progress

    started = time.monotonic()
    with Progress(title) as progress:

        def each(tally: Tally) -> None:
            note = f"{len(tally.refused):,} refused" if tally.refused else ""
            progress.show(tally.position, tally.size, tally.read + len(tally.refused), note)

        tally = intake(settings, each).take(read_sources(paths), command_line())
    _release()
    waiting = work.waiting()
    with Progress("Indexing") as progress:

        def wait(left: int) -> None:
            done = max(0, waiting - left)
            progress.show(done, waiting, done, "" if work.lock.held else "by machtin serve")

        drain(work.deliver, work.waiting, wait)
    tally.seconds = time.monotonic() - started
    return tally


def tell(tally: Tally, settings: Settings, shown: int = 20) -> None:
    """The summary of an intake, for a person."""
    click.echo(
        f"{tally.taken:,} taken ({tally.created:,} new, {tally.updated:,} changed), {tally.unchanged:,} unchanged, "
        f"{len(tally.refused):,} refused, in {tally.seconds:.1f} s ({tally.rate:,.0f} articles/s)"
    )
    for refusal in tally.refused[:shown]:
        click.echo(f"  refused: {refusal}")
    if len(tally.refused) > shown:
        click.echo(f"  … and {len(tally.refused) - shown:,} more")
    if tally.refused:
        click.echo(f"All that was refused is kept, with its reason, in {settings.refused_folder}")
