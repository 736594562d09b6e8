"""What can be shown of a text that goes on without a full stop: the stretches between its commas and semicolons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from machtin.sentences import Sentence

SHORTEST: Final = 40
LONGEST: Final = 400
"""Code points. A longer stretch without any sign is a heap of words, of which no part is more whole than another."""

_SIGN: Final = re.compile(r"[,;|](?=\s)|(?<=\s)[•·*–—-](?=\s)|\Z")


def clauses(sentence: Sentence) -> Iterator[Sentence]:
    """Stretches of the sentence, in order, each up to the first sign behind SHORTEST code points of it."""
    text, offset, _ = sentence
    start = 0
    for sign in _SIGN.finditer(text):
        part = text[start : sign.start()].lstrip()
        if len(part) >= SHORTEST:
            first, part = offset + sign.start() - len(part), part.rstrip()
            if len(part) <= LONGEST:
                yield Sentence(part, first, first + len(part))
            start = sign.end()
