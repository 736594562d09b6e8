"""The table of quality as a picture: a row for each set, a mark for each way to search, in plain SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

WIDTH: Final = 860
LABELS: Final = 270
RIGHT: Final = 24
ROW: Final = 30
FONT: Final = 'font-family="system-ui, sans-serif" font-size="13"'
TOP: Final = 56
# Told apart by shape and place too, for who sees no colours; readable on light and dark.
MARKS: Final = (("#d6336c", 7), ("#1c7ed6", 4), ("#2f9e44", 4), ("#e8890c", 4), ("#868e96", 4), ("#7048e8", 4))


def plot(table: Mapping[str, Mapping[str, float]], columns: Sequence[str]) -> str:
    """An SVG document; the scale begins at the tenth below the least value that isn't far below all others'."""
    values = sorted(value for row in table.values() for value in row.values())
    least = math.floor(10 * values[len(values) // 10]) / 10
    height = TOP + ROW * len(table) + 40

    def x(value: float) -> float:
        return LABELS + (max(value, least) - least) / (1 - least) * (WIDTH - LABELS - RIGHT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" {FONT}>',
        "<title>nDCG@10 of each set by each way to search</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
    ]
    step = (WIDTH - 40) / len(columns)
    for at, column in enumerate(columns):
        parts += [_mark(at, 26 + at * step, 22, column), _text(38 + at * step, 26, column)]
    for tenth in range(round(10 * least), 11):
        at_x = x(tenth / 10)
        bottom = TOP + ROW * len(table)
        parts.append(f'<path d="M{at_x:.1f} {TOP - 8}V{bottom}" stroke="#dee2e6"/>')
        label = f"≤ .{tenth}" if tenth / 10 == least and values[0] < least else f"{tenth / 10:.1f}"
        parts.append(_text(at_x, bottom + 18, label, anchor="middle"))
    for number, (name, row) in enumerate(table.items()):
        y = TOP + ROW * number + ROW / 2
        parts.append(_text(LABELS - 14, y + 4, name, anchor="end"))
        # What is to be seen comes last, and so on top.
        for at, column in reversed(list(enumerate(columns))):
            if column in row:
                parts.append(_mark(at, x(row[column]), y, f"{name}, {column}: {row[column]:.3f}"))
    return "\n".join([*parts, "</svg>\n"])


def _mark(at: int, x: float, y: float, told: str) -> str:
    colour, size = MARKS[at % len(MARKS)]
    shape = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{colour}"'
        if at < 3
        else f'<rect x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size}" height="{2 * size}" fill="{colour}"'
    )
    return f"{shape}><title>{escape(told)}</title></{'circle' if at < 3 else 'rect'}>"


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#212529">{escape(text)}</text>'
