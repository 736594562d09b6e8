"""Every failure that machtin names, in one tree, with the one table of their HTTP statuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final, NamedTuple

# Articles that one message names.
NAMED: Final = 5


class Problem(NamedTuple):
    """One thing that is wrong with an input: where it stands and how to mend it."""

    field: str
    message: str


class MachtinError(Exception):
    """Root of the tree: whoever catches it catches all that machtin raises on purpose."""


class InvalidInput(MachtinError):
    """The caller sent something that can't be taken; each problem names its field and the mend."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.field}: {problem.message}" for problem in self.problems))

    @classmethod
    def of(cls, field: str, message: str) -> InvalidInput:
        return cls([Problem(field, message)])


class TooLarge(InvalidInput):
    """The input is well formed but larger than a stated limit."""


class UnsupportedMedia(InvalidInput):
    """The body is of a kind, or in an encoding, that is not read here."""


class NotSignedIn(MachtinError):
    """An editor's route was called without valid credentials."""


class NotFound(MachtinError):
    """No such article, index version or re-index."""


class TakenDown(NotFound):
    """The article was published once and has been taken down."""


class Conflict(MachtinError):
    """The request can't be carried out now, because of something that is under way or already done."""


class PreconditionFailed(MachtinError):
    """The article is no longer as the caller saw it, and nothing was done to it."""


class Unavailable(MachtinError):
    """A part that is needed does not answer; trying again after ``retry_after`` seconds may help."""

    retry_after: int = 5


class IndexUnavailable(Unavailable):
    """The article index can't be read or written."""


class IndexRefused(MachtinError):
    """The engine finds a request of machtin's wrong; another attempt would end the same way."""


class WriterBusy(IndexUnavailable):
    """Another process holds the writer's lock of an index version; the message names it."""


class NotAllWritten(MachtinError):
    """Some articles of a batch could not be written to the index, all others were; ``failed`` has a reason for each.

    ``busy``: for some of them there was only too little time, and another attempt may succeed.
    """

    def __init__(self, failed: Mapping[str, str], *, busy: bool = False) -> None:
        self.failed = dict(failed)
        self.busy = busy
        told = [f"{article_id}: {reason}" for article_id, reason in list(self.failed.items())[:NAMED]]
        more = [f"and {len(self.failed) - NAMED:,} more"] if len(self.failed) > NAMED else []
        super().__init__("; ".join(told + more))


class StoreUnavailable(Unavailable):
    """The article store can't be read or written."""


class BrokenArticle(MachtinError):
    """What the store keeps of an article can't be read; somebody else has written there. Putting it anew mends it."""


class RunnerUnavailable(Unavailable):
    """Nobody can be told to carry out a re-index."""


class EmbeddingUnavailable(Unavailable):
    """No vector could be made for a text."""


class ModelError(MachtinError):
    """The model folder is missing, broken, or of another version than the index names."""


class SettingsError(MachtinError):
    """An environment variable has a value that can't be used; the message names it and the mend."""


# The first row that an error is an instance of decides, so the special stands before the general.
STATUS: tuple[tuple[type[MachtinError], int], ...] = (
    (TooLarge, 413),
    (UnsupportedMedia, 415),
    (InvalidInput, 422),
    (NotSignedIn, 401),
    (TakenDown, 410),
    (NotFound, 404),
    (Conflict, 409),
    (PreconditionFailed, 412),
    (Unavailable, 503),
    (MachtinError, 500),
)


def status_of(error: MachtinError) -> int:
    """The HTTP status that tells a caller about this error."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


# RFC 9110 renamed these two, and Python 3.13 followed: said alike on every Python.
_PHRASES = {413: "Content Too Large", 422: "Unprocessable Content"}


def phrase_of(status: int) -> str:
    """The name of an HTTP status, as RFC 9110 has it."""
    return _PHRASES.get(status) or HTTPStatus(status).phrase
