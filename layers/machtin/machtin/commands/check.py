"""One part of an installation that the doctor has looked at, and how parts are looked at in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from machtin.errors import MachtinError
from machtin.settings import Settings


@dataclass(frozen=True, slots=True)
class Check:
    """One part: whether it is well, what it says of itself, and the mend where it isn't."""

    part: str
    ok: bool
    detail: str
    mend: str = ""


class Part(NamedTuple):
    """A part by its name, how it is looked at, and the mend where that fails altogether."""

    name: str
    look: Callable[[Settings], Check]
    mend: str


def examine(settings: Settings, parts: Sequence[Part]) -> Iterator[Check]:
    """Every check in turn; a part that can't be looked at is not well."""
    for name, look, mend in parts:
        try:
            yield look(settings)
        except MachtinError as error:
            yield Check(name, False, str(error), mend)
        except OSError as error:
            yield Check(name, False, error.strerror or str(error), mend)
