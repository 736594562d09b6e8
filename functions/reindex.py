"""Re-index: one call does the next piece of work of one re-index; the caller repeats it while ``running``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from machtin.bootstrap import service
from machtin.reindexing import reindex_answer

logger = Logger(service="machtin")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point: ``{"reindex_id": …}``; answers with the re-index as it stands after this piece of work."""
    record = service().reindexer.advance(event["reindex_id"])
    return asdict(reindex_answer(record))
