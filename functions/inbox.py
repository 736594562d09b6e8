"""Inbox: SQS messages about files dropped under ``inbox/`` become articles in the store, a piece at a time."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from machtin.bootstrap import inbox
from machtin.drops import Taken, drops_of

# For what comes after the reading: the last batch, the message for the rest, the mark.
RESERVE_SECONDS = 15.0

logger = Logger(service="machtin")
metrics = Metrics(namespace="machtin", service="inbox")


@logger.inject_lambda_context(log_event=False)
@metrics.log_metrics(capture_cold_start_metric=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Entry point: an SQS event; the answer names the messages that are to be delivered again.

    Each message has an equal share of the time that is left, so that a large file leaves the others theirs.
    """
    taken: list[Taken] = []
    failed: list[str] = []
    for left, message in zip(range(len(event["Records"]), 0, -1), event["Records"], strict=True):
        try:
            seconds = (context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS) / left
            for drop in drops_of(message["body"]):
                taken.append(inbox().take(drop, within=max(seconds, 0.0)))
                logger.info("taken from the inbox", file=drop.key, position=drop.position, outcome=taken[-1]._asdict())
        except Exception:  # whatever one message holds must not take its neighbours along
            logger.exception("a message failed", message_id=message["messageId"])
            failed.append(message["messageId"])
    for name, count in _counts(taken).items():
        metrics.add_metric(name, MetricUnit.Count, count)
    metrics.add_metric("MessagesFailed", MetricUnit.Count, len(failed))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _counts(taken: list[Taken]) -> dict[str, int]:
    return {
        "ArticlesTaken": sum(one.created + one.updated for one in taken),
        "ArticlesUnchanged": sum(one.unchanged for one in taken),
        "ArticlesRefused": sum(one.refused for one in taken),
        "FilesContinued": sum(one.rest for one in taken),
    }
