"""Progress and articles on a terminal; plain lines where nobody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.text import Text

PLAIN_SECONDS: Final = 5.0


class Progress:
    """How far a long piece of work is, on stderr: a bar with rate and time left, or a line every few seconds."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._started = self._told = time.monotonic()
        self._bar: Bar | None = None
        self._task: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as RichProgress

            self._bar = RichProgress(
                TextColumn("{task.description}"),
                BarColumn(),
                TaskProgressColumn(),
                TextColumn("{task.fields[note]}"),
                TextColumn("left"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task(self._title, total=None, note="")
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, done: float, total: float | None, articles: int, note: str = "") -> None:
        """``done`` of ``total`` (bytes or articles; None: nobody knows), and the articles that this was so far."""
        now = time.monotonic()
        seconds = now - self._started
        rate = articles / seconds if seconds > 0 else 0.0
        text = " · ".join(part for part in (f"{articles:,} articles", f"{rate:,.0f}/s", note) if part)
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=total, note=text)
        elif now - self._told >= PLAIN_SECONDS:
            self._told = now
            left = f", about {seconds * (total - done) / done:.0f} s left" if total and 0 < done < total else ""
            click.echo(f"{self._title}: {text}{left}", err=True)


def stdout() -> Console:
    """Where answers go: wrapped and coloured on a terminal, neither in a pipe."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def highlighted(text: str, spans: Sequence[dict[str, int]], style: str = "") -> Text:
    """``text`` with its spans set off."""
    from rich.text import Text

    shown = Text(text, style=style)
    for span in spans:
        shown.stylize("bold yellow", span["start"], span["end"])
    return shown


def about(article: dict[str, Any]) -> str:
    """One line about an article: date, section, who wrote and published it, its id."""
    moment = article.get("published_at")
    day = f"{moment[8:10]}/{moment[5:7]}/{moment[:4]}" if moment else "no date"
    parts = (day, article.get("section"), article.get("author"), article.get("publisher"), article["id"])
    return " · ".join(part for part in parts if part)
