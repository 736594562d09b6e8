"""Re-index: one call does a piece of work of one re-index, a daily piece of upkeep, or publishes what was scheduled."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from machtin.answers import ReindexAnswer
from machtin.article_keys import id_of_key, is_article_key
from machtin.bootstrap import prepare, service
from machtin.purging import DEFAULT_DAYS
from machtin.reindex_record import ReindexRecord
from machtin.reindexing import reindex_answer
from telemetry import metrics_of

# Step Functions tells a cause with the traceback of the function that broke.
LONGEST_CAUSE = 500

logger = Logger(service="machtin")
metrics = metrics_of("reindex")


@logger.inject_lambda_context(log_event=False, correlation_id_path="reindex_id")
@metrics.log_metrics(capture_cold_start_metric=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point: an event of the state machine, or of a schedule.

    ``{"reindex_id": …}`` does the next piece of work; the caller repeats it while ``running``, ``retry_after`` seconds
    later. With ``keys`` it builds the part that these objects of the bucket are, with ``built`` all parts are there,
    with ``failed`` the re-index ends for that cause. ``{"purge": true}`` forgets tombstones, ``older_than`` in days
    where it is not 30; ``{"reconcile": true}`` brings the live index to the store's state; ``{"release": true}``
    publishes the articles whose moment has come.
    """
    if event.get("purge"):
        return asdict(service().purge(int(event.get("older_than", DEFAULT_DAYS))))
    if event.get("release"):
        return _released()
    if event.get("reconcile"):
        return {"differed": service().reconcile()}
    if "keys" in event:
        return {"articles": service().reindexer.build_part(event["reindex_id"], _article_ids(event["keys"]))}
    answer = reindex_answer(_advanced(event))
    _tell(answer)
    # A state machine carries at most 256 kB along; the whole of it stands in the record.
    return asdict(replace(answer, gate=None, error=answer.error and answer.error[:LONGEST_CAUSE]))


def _released() -> dict[str, Any]:
    released = service().release()
    if released:
        logger.info("scheduled articles released", articles=released)
    return {"released": released}


def _advanced(event: dict[str, Any]) -> ReindexRecord:
    reindexer, reindex_id = service().reindexer, event["reindex_id"]
    if event.get("built"):
        return reindexer.built(reindex_id)
    if "failed" in event:
        return reindexer.fail(reindex_id, str(event["failed"])[:LONGEST_CAUSE])
    return reindexer.advance(reindex_id)


def _article_ids(keys: list[str]) -> list[str]:
    """What else lies beside the articles is none of theirs."""
    return [id_of_key(key) for key in keys if is_article_key(key)]


def _tell(answer: ReindexAnswer) -> None:
    for name, state in (("ReindexDone", "done"), ("ReindexFailed", "failed"), ("ReindexRefused", "refused")):
        metrics.add_metric(name, MetricUnit.Count, int(answer.state == state))
    logger.info("re-index", state=answer.state, step=answer.step, articles=answer.articles_done, error=answer.error)


prepare()
