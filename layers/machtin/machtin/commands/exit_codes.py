"""What the exit codes of the command line mean, in one table."""

from __future__ import annotations

from typing import Final

from machtin.errors import MachtinError, SettingsError, status_of

OK: Final = 0
FAILURE: Final = 1
USAGE: Final = 2
NOT_FOUND: Final = 3
UNAVAILABLE: Final = 4
SOME_REFUSED: Final = 5
INTERRUPTED: Final = 130

OF_STATUS: Final = {
    404: NOT_FOUND,
    405: USAGE,
    409: UNAVAILABLE,
    410: NOT_FOUND,
    413: USAGE,
    422: USAGE,
    503: UNAVAILABLE,
}

HELP: Final = (
    "Exit codes: 0 done, 1 failure, 2 wrong usage or invalid input, 3 not found,\n"
    "            4 unavailable or busy, 5 some input was refused."
)


def exit_code(error: MachtinError) -> int:
    """The exit code that tells a caller about this error."""
    return USAGE if isinstance(error, SettingsError) else OF_STATUS.get(status_of(error), FAILURE)
