"""Re-index: one call does the next piece of work of one re-index, or the daily purge of tombstones."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from machtin.bootstrap import service
from machtin.purging import DEFAULT_DAYS
from machtin.reindexing import reindex_answer

logger = Logger(service="machtin")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point: ``{"reindex_id": …}`` or ``{"purge": true}``, with ``older_than`` in days where it is not 30.

    The first answers with the re-index as it stands after this piece of work: the caller repeats it while ``running``,
    ``retry_after`` seconds later.
    """
    if event.get("purge"):
        return asdict(service().purge(int(event.get("older_than", DEFAULT_DAYS))))
    return asdict(reindex_answer(service().reindexer.advance(event["reindex_id"])))
