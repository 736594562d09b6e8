"""Editor API: put, correct and take down articles, relate and summarize drafts, re-index and roll back.

Every route refuses callers that are neither authorised by the gateway (IAM) nor hold this installation's token.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from article_lines import LineAnswer, put_lines
from callers import caller, signed_in
from desk_drafts import add_desk_drafts
from desk_golden import add_golden
from desk_ingest import add_ingest
from http_api import ArticleId, InLanguage, answered_with, request_bytes, resolver, respond
from http_json import decode_json, json_text
from http_problems import NOSNIFF, NOT_KEPT
from http_summary import AtMostSentences, AtMostSyllables, Beside, Form, SpokenOf
from machtin.answers import AuditAnswer, ReindexAnswer, ReindexList, SummaryAnswer, WriteAnswer
from machtin.article import Article
from machtin.article_reading import read_article
from machtin.audit import LONGEST_REASON, By
from machtin.bootstrap import prepare, service
from machtin.deadline import within
from machtin.draft_answers import DraftAnswer
from machtin.reindexing import reindex_answer
from machtin.scheduling import ScheduledList
from machtin.summary_request import SummaryRequest
from machtin.words import VIETNAMESE
from preconditions import IfMatch, IfNoneMatch, seen_revision
from reindex_requests import sent_force, sent_reason
from telemetry import log_changes, metrics_of

# Nobody is told anything once the gateway has given up, after 30 s.
EDITOR_SECONDS: Final = 20.0
# For what has begun to be stored, and for the answer.
RESERVE_MILLISECONDS: Final = 8_000

app = resolver(cors=None)
logger = Logger(service="machtin")
metrics = metrics_of("editor")

WHY: Final = "Why it is done; kept in the audit trail"
Reason = Annotated[str | None, Query(max_length=LONGEST_REASON, description=WHY)]
app.use(middlewares=[signed_in])
add_ingest(app)
add_golden(app)


@app.put(
    "/v1/articles/<article_id>",
    summary="Publish or correct",
    responses=answered_with(WriteAnswer, "Taken", 401, 404, 412, 413, 415, status=202),
)
def put(
    article_id: ArticleId, reason: Reason = None, if_match: IfMatch = None, if_none_match: IfNoneMatch = None
) -> Response[str]:
    seen = seen_revision(if_match, if_none_match)
    return respond(_put([_sent_article(article_id)], caller(app, reason), seen)[0], 202)


@app.delete(
    "/v1/articles/<article_id>",
    summary="Take down",
    responses=answered_with(WriteAnswer, "Taken down", 401, 404, 412, status=202),
)
def delete(article_id: ArticleId, reason: Reason = None, if_match: IfMatch = None) -> Response[str]:
    answer = service().take_down(article_id, caller(app, reason), seen_revision(if_match))
    metrics.add_metric("ArticlesTakenDown", MetricUnit.Count, int(answer.outcome == "deleted"))
    log_changes(logger, "article taken down", _changes([answer]))
    return respond(answer, 202)


@app.get(
    "/v1/scheduled",
    summary="Articles that wait for their moment",
    responses=answered_with(ScheduledList, "Soonest first", 401),
)
def scheduled(
    size: Annotated[int, Query(ge=1, le=500, description="At most this many")] = 100,
) -> Response[str]:
    return respond(service().scheduled(size))


@app.get(
    "/v1/articles/<article_id>/audit",
    summary="Who did what to an article",
    responses=answered_with(AuditAnswer, "Its life in order, taken down or not", 401, 404),
)
def audit(article_id: ArticleId) -> Response[str]:
    return respond(service().editing.trail(article_id))


@app.post(
    "/v1/articles",
    summary="Publish many, one JSON article a line",
    responses=answered_with(LineAnswer, "One answer a line", 401, 413, 415),
)
def put_many(reason: Reason = None) -> Response[str]:
    by = caller(app, reason)
    answers = put_lines(request_bytes(app), _read_article, lambda articles: _put(articles, by), _has_time)
    lines = "".join(json_text(answer) + "\n" for answer in answers)
    return Response(200, "application/x-ndjson", lines, {**NOSNIFF, **NOT_KEPT})


@app.post(
    "/v1/drafts/related",
    summary="Related news, published duplicates, tags and links of a draft",
    responses=answered_with(DraftAnswer, "Developments, background, and what helps to publish it", 401, 413, 415),
)
def draft_related(size: Annotated[int, Query(ge=1, le=50)] = 6, lang: InLanguage = VIETNAMESE) -> Response[str]:
    return respond(service().related_of_draft(_sent_draft(headline_alone=True), size, lang))


@app.post(
    "/v1/drafts/summary",
    summary="Summary of a draft",
    responses=answered_with(SummaryAnswer, "Sentences of the draft, none changed", 401, 413, 415),
)
def draft_summary(
    sentences: AtMostSentences = None,
    syllables: AtMostSyllables = None,
    query: SpokenOf = None,
    mode: Beside = "general",
    form: Form = "text",
) -> Response[str]:
    draft = _sent_draft()
    request = SummaryRequest(sentences=sentences, syllables=syllables, query=query, mode=mode, form=form)
    return respond(service().summary_of_draft(draft, request))


@app.post(
    "/v1/reindexes",
    summary="Start a re-index",
    responses=answered_with(ReindexAnswer, "Started", 401, 409, 413, 415, status=202),
)
def begin_reindex() -> Response[str]:
    return respond(reindex_answer(service().editing.begin_reindex(sent_force(app), caller(app))), 202)


@app.get(
    "/v1/reindexes",
    summary="All re-indexes",
    responses=answered_with(ReindexList, "Newest first", 401),
)
def list_reindexes() -> Response[str]:
    return respond(ReindexList([reindex_answer(record) for record in service().reindexer.all()]))


@app.get(
    "/v1/reindexes/<reindex_id>",
    summary="A re-index",
    responses=answered_with(ReindexAnswer, "Its progress and its gate's report", 401, 404),
)
def show_reindex(reindex_id: ArticleId) -> Response[str]:
    return respond(reindex_answer(service().reindexer.show(reindex_id)))


@app.post(
    "/v1/reindexes/<reindex_id>/cancel",
    summary="Cancel before promotion",
    responses=answered_with(ReindexAnswer, "Is to be cancelled", 401, 404, 409, status=202),
)
def cancel_reindex(reindex_id: ArticleId) -> Response[str]:
    return respond(reindex_answer(service().editing.cancel_reindex(reindex_id, caller(app))), 202)


@app.post(
    "/v1/reindexes/<reindex_id>/promote",
    summary="Promote what the gate refused",
    responses=answered_with(ReindexAnswer, "Goes on", 401, 404, 409, 413, 415, status=202),
)
def promote_reindex(reindex_id: ArticleId) -> Response[str]:
    record = service().editing.promote_reindex(reindex_id, sent_reason(app), caller(app))
    return respond(reindex_answer(record), 202)


@app.post(
    "/v1/reindexes/<reindex_id>/rollback",
    summary="Go back to the version before",
    responses=answered_with(ReindexAnswer, "Goes back", 401, 404, 409, status=202),
)
def roll_back(reindex_id: ArticleId) -> Response[str]:
    return respond(reindex_answer(service().editing.roll_back_reindex(reindex_id, caller(app))), 202)


add_desk_drafts(app)


def _put(articles: Sequence[Article], by: By, seen: int | None = None) -> Sequence[WriteAnswer]:
    answers = service().put(articles, by, seen)
    changes = _changes(answers)
    metrics.add_metric("ArticlesPut", MetricUnit.Count, len(changes))
    log_changes(logger, "articles put", changes)
    return answers


def _changes(answers: Sequence[WriteAnswer]) -> list[tuple[str, int]]:
    return [(answer.id, answer.revision) for answer in answers if answer.outcome != "unchanged"]


def _sent_article(article_id: str) -> Article:
    return _read_article(decode_json(request_bytes(app)), article_id)


def _sent_draft(*, headline_alone: bool = False) -> Article:
    """A draft may correct an article that is published: then it goes by that one's id, and is no news to itself.

    ``headline_alone``: it may have no text yet.
    """
    document = decode_json(request_bytes(app))
    nameless = isinstance(document, dict) and document.get("id") is None and document.get("url") is None
    article_id = "draft" if nameless else None
    return read_article(document, now=service().clock(), article_id=article_id, headline_alone=headline_alone)


def _has_time() -> bool:
    return bool(app.lambda_context.get_remaining_time_in_millis() > RESERVE_MILLISECONDS)


def _read_article(document: object, article_id: str | None = None) -> Article:
    return read_article(document, now=service().clock(), article_id=article_id)


@logger.inject_lambda_context(log_event=False, correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
@metrics.log_metrics(capture_cold_start_metric=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point: an API Gateway HTTP API event (version 2.0)."""
    with within(EDITOR_SECONDS):
        return app.resolve(event, context)


prepare()
