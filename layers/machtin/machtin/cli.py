"""The command line: ``machtin serve | ingest | search | article | related | summarize | …``, one command each."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from machtin.commands.ask import article, related, search, summarize
from machtin.commands.audit import audit
from machtin.commands.digest import digest
from machtin.commands.doctor import doctor
from machtin.commands.draft import draft
from machtin.commands.evaluate import evaluate
from machtin.commands.exit_codes import FAILURE, HELP, INTERRUPTED, exit_code
from machtin.commands.feeds import feeds
from machtin.commands.golden import golden
from machtin.commands.ingest import ingest
from machtin.commands.model import model
from machtin.commands.purge import purge
from machtin.commands.reindex import reindex
from machtin.commands.scheduled import scheduled
from machtin.commands.serve import serve
from machtin.commands.thread import thread
from machtin.commands.token import token
from machtin.errors import MachtinError


class _InOrder(click.Group):
    """Lists the commands in the order in which a newcomer meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click names the parameter
        return list(self.commands)


@click.group(
    cls=_InOrder,
    epilog=f"""\b
Examples:
  machtin serve --samples
  machtin ingest articles.ndjson pages/
  machtin search "giá gạo xuất khẩu"

\b
{HELP}
""",
)
@click.version_option(package_name="machtin", message="machtin %(version)s")
def cli() -> None:
    """Vietnamese news: search, related stories and summaries, on this machine.

    MACHTIN_DATA names the data folder (.machtin here by default), MACHTIN_PORT the port, MACHTIN_MODEL the model
    (unless machtin model is to choose it); MACHTIN_DIMENSIONS, MACHTIN_GOLDEN and MACHTIN_KEEP_VERSIONS are described
    in the README.
    """


READING = (serve, ingest, feeds, search, article, related, thread, draft, summarize, digest, scheduled, audit)
COMMANDS = (*READING, reindex, model, purge, evaluate, golden, doctor, token)
for command in COMMANDS:
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point; always ends the process with an exit code of ``commands.exit_codes``."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command line; returns its exit code, and shows every named failure as one line."""
    try:
        code = cli.main(args=None if arguments is None else list(arguments), prog_name="machtin", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except MachtinError as error:
        click.echo(f"machtin: {error}", err=True)
        return exit_code(error)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has enough; Python's own flush at the end must not complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    return code if isinstance(code, int) else 0
