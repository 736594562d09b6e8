"""Changes in the logs: ID@REVISION, the same words in every function, so that one search follows a change to the index.

The line of the function that took it has the request's correlation id, the line of ingest tells that it is indexed.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

from aws_lambda_powertools import Logger

# CloudWatch takes 256 kB a line, and an id has up to 128 characters.
CHANGES_IN_A_LINE: Final = 1_000


def log_changes(logger: Logger, message: str, changes: Iterable[tuple[str, int]]) -> None:
    """A line for up to a thousand changes, given by id and revision; none where nothing has changed."""
    told = iter(changes)
    while part := [f"{article_id}@{revision}" for article_id, revision in islice(told, CHANGES_IN_A_LINE)]:
        logger.info(message, changes=part)
