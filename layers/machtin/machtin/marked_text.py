"""Text with marked words as HTML that can't do anything but be read."""

from __future__ import annotations

from collections.abc import Sequence

from machtin.answers import Span
from machtin.markup import escaped


def marked_html(text: str, spans: Sequence[Span]) -> str:
    """``text`` escaped, with ``<mark>`` around the spans, which are in order; words parted by spaces alone share one.

    The only tags in it are ``<mark>`` and ``</mark>``, and neither ``"`` nor ``'`` is left, so that it may stand in an
    element's content and in a quoted attribute. What HTML does not allow is U+FFFD.
    """
    parts: list[str] = []
    done = 0
    for start, end in _joined(text, spans):
        parts += (escaped(text[done:start]), "<mark>", escaped(text[start:end]), "</mark>")
        done = end
    return "".join(parts) + escaped(text[done:])


def _joined(text: str, spans: Sequence[Span]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for span in spans:
        if joined and text[joined[-1][1] : span.start].isspace():
            joined[-1] = joined[-1][0], span.end
        else:
            joined.append((span.start, span.end))
    return joined
