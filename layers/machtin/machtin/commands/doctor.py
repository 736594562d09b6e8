"""machtin doctor: checks every part of a laptop or of a deployment, says what is wrong and how to mend it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import click

from machtin.commands import doctor_deployment, doctor_laptop, doctor_program
from machtin.commands.check import Part, examine
from machtin.commands.exit_codes import FAILURE
from machtin.errors import WriterBusy
from machtin.settings import Settings


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
    """Check program, store, model, index and queues, of this machine or a deployment; exit code 1 if one is not well.

    With MACHTIN_STORE=s3 it is the deployment that the MACHTIN_ variables name (those of its functions), asked with
    this user's AWS credentials: bucket, clock, queues, dead letters and state machine.
    """
    settings = Settings.from_env()
    if repair and settings.store == "s3":
        _repair_deployment()
    elif repair:
        _repair(settings)
    checks = list(examine(settings, parts(settings)))
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


def parts(settings: Settings) -> list[Part]:
    """What is looked at, in an order in which the first that fails explains those that follow."""
    if settings.store == "s3":
        return [
            *doctor_program.program(),
            *doctor_deployment.kept(),
            *doctor_program.view(settings),
            *doctor_deployment.on_its_way(),
            *doctor_program.schedule("find the reason in the logs of the re-index function, which a schedule calls"),
        ]
    return [
        *doctor_program.program(),
        *doctor_laptop.kept(settings),
        *doctor_program.view(settings),
        *doctor_laptop.agreement(),
        *doctor_program.schedule("run: machtin serve, which publishes what is due (or: machtin doctor --repair)"),
    ]


def _repair_deployment() -> None:
    """Store and index agree afterwards; what was given up is offered again by the commands that the checks show."""
    from machtin import bootstrap

    service = bootstrap.service()
    mended = service.reindexer.reconcile(service.live_index())
    linked = service.stories.complete(service.live_index(), within=None)
    click.echo(f"{mended:,} articles brought to agree, {linked:,} linked to their stories.", err=True)


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
        service.release()
        mended = service.reindexer.reconcile(service.live_index())
        released = work.queue.release()
        drain(work.deliver, work.waiting, lambda _: None)
        linked = service.stories.complete(service.live_index(), within=None)
    click.echo(
        f"{mended:,} articles brought to agree, {released:,} changes tried again, {linked:,} articles linked to their "
        f"stories (process {os.getpid()}).",
        err=True,
    )
