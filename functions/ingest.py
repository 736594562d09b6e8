"""Ingest: a batch of SQS messages, each an S3 notification, becomes one write to the live index."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from machtin.article_keys import id_of_key
from machtin.bootstrap import prepare, service
from machtin.errors import NotAllWritten, Unavailable
from machtin.store_port import Stored
from telemetry import log_changes, metrics_of

# For what comes after the writing: telling the queue which messages failed, and logs.
RESERVE_SECONDS = 3.0

logger = Logger(service="machtin")
metrics = metrics_of("ingest")


@logger.inject_lambda_context(log_event=False)
@metrics.log_metrics(capture_cold_start_metric=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Entry point: an SQS event; the answer names the messages that are to be delivered again."""
    articles: dict[str, list[str]] = {}
    failed: list[str] = []
    for message in event["Records"]:
        try:
            articles[message["messageId"]] = article_ids(message["body"])
        except Exception:  # whatever one message holds must not take its neighbours along
            logger.exception("unreadable message", message_id=message["messageId"])
            failed.append(message["messageId"])
    failed += _index(articles, context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS)
    metrics.add_metric("MessagesIndexed", MetricUnit.Count, len(event["Records"]) - len(failed))
    metrics.add_metric("MessagesFailed", MetricUnit.Count, len(failed))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def article_ids(body: str) -> list[str]:
    """The articles that an S3 notification tells of; none for the test event that S3 sends when it is set up."""
    notification = json.loads(body)
    if notification.get("Event") == "s3:TestEvent":
        return []
    keys = [unquote_plus(record["s3"]["object"]["key"]) for record in notification["Records"]]
    return [id_of_key(key) for key in keys]


def _index(articles: dict[str, list[str]], seconds: float) -> list[str]:
    """Index all in one write; where that fails, one message at a time, so that a poison article fails alone.

    A busy index is asked again for so many seconds.
    """
    until = time.monotonic() + seconds
    try:
        _indexed(service().index_articles([one for ids in articles.values() for one in ids], within=seconds))
        return []
    except NotAllWritten as error:
        logger.error("some articles could not be written: %s", error)
        return [message_id for message_id, ids in articles.items() if not error.failed.keys().isdisjoint(ids)]
    except Unavailable:  # a store or an index that is gone for the batch is gone for each of its messages
        logger.exception("store or index is unavailable, the batch is offered again later")
        return list(articles)
    except Exception:  # whatever one article breaks must not take its neighbours along
        logger.exception("a batch failed, its messages are tried one by one")
    failed = []
    for message_id, ids in articles.items():
        try:
            _indexed(service().index_articles(ids, within=max(0.0, until - time.monotonic())))
        except Exception:  # reported alone, delivered again, and a dead letter in the end
            logger.exception("a message failed", message_id=message_id)
            failed.append(message_id)
    return failed


def _indexed(states: Sequence[Stored]) -> None:
    """Tell of what is in the index now, and how many milliseconds after its change the oldest of it came there.

    Of a message that comes again it is told how late it came.
    """
    if states:
        oldest = min(state.revision for state in states)
        metrics.add_metric("IndexLag", MetricUnit.Milliseconds, max(0, round(time.time() * 1000) - oldest))
    log_changes(logger, "articles indexed", [(state.id, state.revision) for state in states])


prepare()
