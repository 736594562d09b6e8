"""Feeds: a schedule's event polls them, and what is new becomes articles in the store."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from machtin.bootstrap import feeds, prepare
from machtin.errors import InvalidInput
from telemetry import log_changes, metrics_of

# For what comes after the last request: keeping what is remembered, logs.
RESERVE_SECONDS = 5.0
# A schedule's event may be delivered twice: a feed that was asked so shortly before is not asked again.
EVERY_SECONDS = 60.0

logger = Logger(service="machtin")
metrics = metrics_of("feeds")


@logger.inject_lambda_context(log_event=False)
@metrics.log_metrics(capture_cold_start_metric=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point: ``{"poll_feeds": true}``, with ``every`` in seconds where it is not 60, or a schedule's own event.

    The answer tells of each feed what was fetched, new, changed, unchanged, refused and why, and what is left.
    """
    if not (event.get("poll_feeds") or event.get("detail-type") == "Scheduled Event"):
        raise InvalidInput.of("poll_feeds", 'is missing; send {"poll_feeds": true}')
    seconds = context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS
    report = feeds().poll(within=seconds, every=float(event.get("every", EVERY_SECONDS)))
    for one in report.feeds.values():
        if one.state == "failed":
            logger.warning("the feed %s %s", one.address, one.reason)
        if one.refused:
            logger.warning("of the feed %s %d articles were refused: %s", one.address, one.refused, one.refusals)
    answer = report.to_json()
    logger.info("feeds were polled", **{name: value for name, value in answer.items() if name != "feeds"})
    log_changes(logger, "articles put", report.changes)
    metrics.add_metric("ArticlesPut", MetricUnit.Count, len(report.changes))
    metrics.add_metric("ArticlesRefused", MetricUnit.Count, report.total("refused"))
    metrics.add_metric("ArticlesWaiting", MetricUnit.Count, report.total("waiting"))
    metrics.add_metric("FeedsFailed", MetricUnit.Count, report.failed)
    return answer


prepare(feeds)
