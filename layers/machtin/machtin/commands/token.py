"""machtin token: the token that opens the editors' routes of the local server."""

from __future__ import annotations

import click

from machtin.settings import Settings


@click.command(
    short_help="Print the editors' token.",
    epilog="""\b
Example:
  curl -X PUT http://127.0.0.1:8080/v1/articles/bai-moi -H "Authorization: Bearer $(machtin token)" \\
    -d '{"title": "Tiêu đề", "body": "Nội dung."}'
""",
)
def token() -> None:
    """Print the editors' token; it is made when there is none yet, readable by its owner alone."""
    from machtin.adapters.token_file import make_token

    click.echo(make_token(Settings.from_env().token_file))
