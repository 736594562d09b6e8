"""Files that were dropped into the bucket's inbox, and the messages that tell of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_plus

from machtin.errors import InvalidInput

INBOX: Final = "inbox/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """One version of one file, and from where on it is to be taken.

    ``version`` is None in a bucket without versions; then ``etag`` tells whether the file is still the same.
    ``position`` and ``line`` are a place in it, as machtin.adapters.source_contents counts.
    """

    bucket: str
    key: str
    version: str | None = None
    etag: str | None = None
    position: int = 0
    line: int = 0

    def message(self) -> str:
        """The message that asks to go on here; ``drops_of`` reads it."""
        return json.dumps(asdict(self))


class Taken(NamedTuple):
    """What became of one piece of a drop. ``changes``: ids and revisions of articles that are new or have changed.

    ``rest``: the file is not at its end, and a message asks to go on. ``passed_over``: nothing was to be done, because
    it was taken before, is gone, or is no file to be read.
    """

    changes: Sequence[tuple[str, int]] = ()
    unchanged: int = 0
    refused: int = 0
    rest: bool = False
    passed_over: bool = False


PASSED_OVER: Final = Taken(passed_over=True)


def drops_of(body: str) -> list[Drop]:
    """The drops that a message tells of: an S3 notification, or one of our own that asks to go on.

    None for the test event that S3 sends when notifications are set up, and for what is no new object in the inbox.
    Raises InvalidInput for any other message.
    """
    try:
        message = json.loads(body)
        if "Records" in message:
            made = [_notified(record) for record in message["Records"] if _is_new(record)]
        elif message.get("Event") == "s3:TestEvent":
            made = []
        else:
            made = [Drop(**message)]
        for drop in made:
            _check(drop)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput.of("message", f"is neither an S3 notification nor a continuation: {error}") from error
    return made


def _is_new(record: Mapping[str, Any]) -> bool:
    return str(record.get("eventName", "ObjectCreated")).removeprefix("s3:").startswith("ObjectCreated")


def _notified(record: Mapping[str, Any]) -> Drop:
    stored = record["s3"]["object"]
    return Drop(
        bucket=record["s3"]["bucket"]["name"],
        key=unquote_plus(stored["key"]),
        version=stored.get("versionId"),
        etag=stored.get("eTag"),
    )


def _check(drop: Drop) -> None:
    given: dict[str, object] = asdict(drop)
    for name in ("bucket", "key", "version", "etag"):
        if not (isinstance(given[name], str) or (given[name] is None and name in ("version", "etag"))):
            raise ValueError(f"{name} must be a string")
    for name in ("position", "line"):
        number = given[name]
        if not isinstance(number, int) or number < 0:
            raise ValueError(f"{name} must be a whole number from 0")
    if not drop.key.startswith(INBOX):
        raise ValueError(f"key must begin with {INBOX}")
