"""Which summarizer made a summary: a name that is another as soon as anything that decides its sentences is."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent
# Weights and rules: nobody remembers to count up a number when a rule changes.
_DECIDING: Final = ("summary*.*", "boosted_trees.py", "sentences.py", "quotations.py", "vietnamese.py")


@lru_cache(maxsize=1)
def summarizer_version() -> str:
    """A hash of the weights that are shipped and of the code that chooses by them, as 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in sorted(path for deciding in _DECIDING for path in _PACKAGE.glob(deciding)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
