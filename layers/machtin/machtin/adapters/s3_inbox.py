"""The inbox on S3: files that are dropped under ``inbox/`` are taken in, large ones piece by piece.

What was taken stays where it is, tagged ``machtin=taken``, and a lifecycle rule of the bucket removes it later; what
could not be read is tagged ``machtin=refused`` and stays until somebody removes it. Input that was refused is kept
under ``refused/`` beside its reason.

A file of lines is taken from its beginning to its end, never in parts at the same time: its later lines win over its
earlier ones, refusals name lines as an editor counts them, and a packed file can't be entered in the middle. Whoever
wants more at a time drops more files.
"""

from __future__ import annotations

import logging
import lzma
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from machtin.adapters.inbox import UNFINISHED
from machtin.adapters.intake import Intake, Tally
from machtin.adapters.s3_bucket import Bucket
from machtin.adapters.s3_drop import REFUSED, TAKEN, DropStream, Gone, Mark, OutOfTime, found
from machtin.adapters.s3_refusals import keep_in_bucket
from machtin.adapters.source_contents import Contents, Place, Source
from machtin.adapters.source_files import OpenedSource, reason_of
from machtin.adapters.sources import is_ignored
from machtin.answers import WriteAnswer
from machtin.article import Article
from machtin.audit import By
from machtin.drops import INBOX, PASSED_OVER, Drop, Taken
from machtin.errors import InvalidInput, MachtinError, StoreUnavailable

# Articles in one piece: what a killed invocation repeats at most.
MOST: Final = 10_000
# A JSON file is held in memory as bytes, text and values at once, some ten times its size.
MAX_JSON: Final = 64 << 20
# What is packed is unpacked from its beginning for each piece.
MAX_UNPACKED: Final = 2 << 30

log = logging.getLogger(__name__)


class Queue(Protocol):
    """Where messages about the inbox wait."""

    def send(self, body: str) -> None:
        """Put one message into it. Raises StoreUnavailable."""


class S3Inbox:
    """Takes drops into the store. The same drop again, or its message delivered twice, changes nothing.

    After each piece a message for the next is sent, then the place is marked: killed in between, the piece is taken
    again, finds all of it unchanged, and the second of two messages for the next finds the mark behind it.
    """

    def __init__(
        self,
        bucket: Bucket,
        queue: Queue,
        put: Callable[[Sequence[Article], By], Sequence[WriteAnswer]],
        clock: Callable[[], datetime],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bucket = bucket
        self._queue = queue
        self._put = put
        self._clock = clock
        self._seconds = seconds

    def take(self, drop: Drop, within: float) -> Taken:
        """Take as much as can be done in ``within`` seconds; the rest is asked for by a message.

        Raises InvalidInput for a drop of another bucket, StoreUnavailable where nothing could be done now.
        """
        if drop.bucket != self._bucket.name:
            raise InvalidInput.of("bucket", f"is {drop.bucket}; this inbox lies in {self._bucket.name}")
        here = None if is_left_alone(drop.key) else found(self._bucket, drop)
        if here is None:
            return PASSED_OVER
        until = self._seconds() + within
        try:
            mark = Mark(self._bucket, here)
            if mark.is_beyond(here.position):
                return PASSED_OVER
            return self._take(here, mark, lambda: self._seconds() >= until)
        except Gone:
            log.info("%s was removed before it was taken to its end", drop.key)
            return PASSED_OVER

    def _take(self, drop: Drop, mark: Mark, late: Callable[[], bool]) -> Taken:
        changes: list[tuple[str, int]] = []

        def put(articles: Sequence[Article], by: By) -> Sequence[WriteAnswer]:
            answers = self._put(articles, by)
            changes.extend((one.id, one.revision) for one in answers if one.outcome != "unchanged")
            return answers

        piece = _Piece(self._bucket, drop, late)
        intake = Intake(put, lambda refused: keep_in_bucket(self._bucket, refused), self._clock)
        tally = intake.take(piece.sources(), By.inbox(drop.key.removeprefix(INBOX)))
        taken = Taken(changes, tally.unchanged, len(tally.refused), rest=piece.rest is not None)
        if piece.rest is None:
            mark.set(REFUSED if _is_wanting(tally) else TAKEN)
        elif piece.rest.position == drop.position:
            raise StoreUnavailable(f"of {drop.key} nothing could be read in time; it is tried again")
        else:
            self._queue.send(replace(drop, position=piece.rest.position, line=piece.rest.line).message())
            mark.set(str(piece.rest.position))
        return taken


def is_left_alone(key: str) -> bool:
    """Whether a key is that of a folder, or named like a hidden or an unfinished file."""
    parts = key.removeprefix(INBOX).split("/")
    return not parts[-1] or any(map(is_ignored, parts)) or parts[-1].lower().endswith(UNFINISHED)


def _is_wanting(tally: Tally) -> bool:
    """Whether there is more in the file than was taken or kept elsewhere."""
    return any(refusal.line is None for refusal in tally.refused) or bool(tally.refused and not tally.read)


class _Piece:
    """What one call reads of a file. ``rest``: where it stopped before the end."""

    def __init__(self, bucket: Bucket, drop: Drop, late: Callable[[], bool]) -> None:
        self.rest: Place | None = None
        self._key = drop.key
        self._late = late
        self._stream = DropStream(bucket, drop, late)
        self._start = Place(drop.position, drop.line)
        self._contents = Contents(max_json=MAX_JSON)

    def sources(self) -> Iterator[Source]:
        """Raises StoreUnavailable and Gone; all else that may be wrong with the file is a refusal among the others."""
        try:
            with closing(OpenedSource(Path(self._key), self._stream)) as opened:
                yield from self._until_late(opened)
        except OutOfTime:
            self.rest = self._contents.place
        except (MachtinError, Gone):
            raise
        except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
            yield self._contents.refuse(self._key, f"can't be read to its end: {reason_of(error)}")
        except Exception as error:  # one file that breaks its reader must not hold up the others
            log.exception("%s could not be read", self._key)
            yield self._contents.refuse(self._key, f"could not be read: {type(error).__name__}")

    def _until_late(self, opened: OpenedSource) -> Iterator[Source]:
        place = self._start
        pieces = self._contents.read(self._key, self._key.removeprefix(INBOX), opened, self._start)
        for count, source in enumerate(pieces):
            if opened.packed and place.position > MAX_UNPACKED:
                reason = f"is longer than {MAX_UNPACKED >> 30} GiB unpacked; unpack it, or pack it in several files"
                yield self._contents.refuse(self._key, f"{reason}; it was taken up to line {place.line}")
                return
            if count == MOST or (count and self._late()):
                self.rest = place
                return
            yield source
            place = self._contents.place
