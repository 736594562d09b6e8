"""A built function in Lambda's emulator, as the services around it call it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lambda_emulator import Emulator, FunctionFailed

from .gateway import FunctionError
from .shape import FunctionShape


class BuiltFunction:
    """One function: called with an event, it answers as Lambda does. ``at_work``: whether it has an event in hand."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._turn = threading.Lock()

    @property
    def at_work(self) -> bool:
        """See above."""
        return self._turn.locked()

    def __call__(self, event: dict[str, Any]) -> Any:
        """The answer. Raises FunctionError where Lambda would count an error."""
        with self._turn:
            try:
                return self._emulator.invoke(event)
            except (FunctionFailed, OSError) as error:
                raise FunctionError(str(error)) from error

    def kill(self) -> bool:
        """End its process at once, in the middle of whatever it does; whether one ran. The next event starts anew."""
        return self._emulator.kill_function()

    def log(self) -> str:
        """What it has told CloudWatch so far."""
        return self._emulator.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def built_function(shape: FunctionShape, environment: Mapping[str, str], logs: Path) -> Iterator[BuiltFunction]:
    """Start a function in a process of its own; its log lies in ``logs``."""
    log = logs / f"{shape.module}.log"
    with Emulator(shape.module, environment, log=log, timeout=shape.timeout) as emulator:
        yield BuiltFunction(emulator)
