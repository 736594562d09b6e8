"""A query as an argument of a command: it may begin with a minus, as "-bóng giá" does."""

from __future__ import annotations

import re
from typing import Final

import click

_LEADING_MINUS: Final = re.compile(r"-[^-]")


class QueryCommand(click.Command):
    """A command with a query among its arguments; it has no options of one letter, so none is meant by ``-b…``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [f" {one}" if _LEADING_MINUS.match(one) else one for one in args])
