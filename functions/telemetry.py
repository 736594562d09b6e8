"""What every function tells of itself: metrics in the namespace machtin, and changes by the same words in each log.

A change is ID@REVISION. The line of the function that took it has the request's correlation id, the line of ingest
tells that it is indexed: one search for these words follows it all the way.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from itertools import islice
from typing import Final

from aws_lambda_powertools import Logger, Metrics

# CloudWatch takes 256 kB a line, and an id has up to 128 characters.
CHANGES_IN_A_LINE: Final = 1_000


def metrics_of(service: str) -> Metrics:
    """A function's metrics; most of its answers have none, which is nothing to be warned of."""
    warnings.filterwarnings("ignore", message="No application metrics to publish")
    return Metrics(namespace="machtin", service=service)


def log_changes(logger: Logger, message: str, changes: Iterable[tuple[str, int]]) -> None:
    """A line for up to a thousand changes, given by id and revision; none where nothing has changed."""
    told = iter(changes)
    while part := [f"{article_id}@{revision}" for article_id, revision in islice(told, CHANGES_IN_A_LINE)]:
        logger.info(message, changes=part)
