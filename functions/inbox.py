"""Inbox: SQS messages about files dropped under ``inbox/`` become articles in the store, a piece at a time."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from machtin.bootstrap import inbox, prepare
from machtin.drops import Drop, drops_of
from telemetry import log_changes, metrics_of

# For what comes after the reading: the last batch, the message for the rest, the mark.
RESERVE_SECONDS = 15.0

logger = Logger(service="machtin")
metrics = metrics_of("inbox")


@logger.inject_lambda_context(log_event=False)
@metrics.log_metrics(capture_cold_start_metric=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Entry point: an SQS event; the answer names the messages that are to be delivered again.

    Each message has an equal share of the time that is left, so that a large file leaves the others theirs.
    """
    failed: list[str] = []
    for left, message in zip(range(len(event["Records"]), 0, -1), event["Records"], strict=True):
        try:
            seconds = (context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS) / left
            for drop in drops_of(message["body"]):
                _take(drop, max(seconds, 0.0))
        except Exception:  # whatever one message holds must not take its neighbours along
            logger.exception("a message failed", message_id=message["messageId"])
            failed.append(message["messageId"])
    metrics.add_metric("MessagesFailed", MetricUnit.Count, len(failed))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _take(drop: Drop, seconds: float) -> None:
    taken = inbox().take(drop, within=seconds)
    told = {"file": drop.key, "line": drop.line, "rest": taken.rest, "passed_over": taken.passed_over}
    counts = {"changed": len(taken.changes), "unchanged": taken.unchanged, "refused": taken.refused}
    logger.info("taken from the inbox", extra=told | counts)
    log_changes(logger, "articles put", taken.changes)
    metrics.add_metric("ArticlesPut", MetricUnit.Count, len(taken.changes))
    metrics.add_metric("ArticlesRefused", MetricUnit.Count, taken.refused)


prepare(inbox)
