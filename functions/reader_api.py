"""Reader API: search, related news, summaries, articles, health, the page and the interface's description."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any, Final, Literal

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import CORSConfig, Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

import reader_pages
from desk_page import add_desk
from developer_pages import add_developer_pages
from http_api import ArticleId, InLanguage, answered_with, no_route, resolver, respond
from http_caching import is_kept, respond_briefly, respond_if_new
from http_summary import (
    AtMostSentences,
    AtMostSyllables,
    Beside,
    DigestSentences,
    DigestSyllables,
    EventOf,
    Form,
    ListedIds,
    SpokenOf,
)
from machtin.answers import ArticleAnswer, HealthAnswer, Mode, SearchAnswer, SuggestAnswer, SummaryAnswer
from machtin.article_reading import read_moment
from machtin.bootstrap import prepare, service
from machtin.cursor import MAX_CURSOR
from machtin.deadline import within
from machtin.digest_answers import DigestAnswer
from machtin.digest_request import DigestRequest, named_ids
from machtin.errors import InvalidInput
from machtin.ports import Filters
from machtin.related_answers import RelatedAnswer
from machtin.search_request import MAX_QUERY, MAX_SIZE, MAX_WINDOW, Collapse, Order, SearchRequest
from machtin.summary_request import SummaryRequest
from machtin.thread_answers import ThreadAnswer
from machtin.web_files import WebFile, web_file
from machtin.words import VIETNAMESE
from telemetry import metrics_of

# Pages of other sites may ask whether what they have kept is still right.
EXPOSED: Final = ["ETag", "Deprecation", "Sunset"]
app = resolver(CORSConfig(allow_origin="*", allow_headers=["If-None-Match"], expose_headers=EXPOSED, max_age=86_400))
logger = Logger(service="machtin")
metrics = metrics_of("reader")

app.include_router(reader_pages.router)

# Days are Vietnam's, as the months of the facets are.
HANOI: Final = timezone(timedelta(hours=7))
# The plus of an offset, which arrives as a space where it was not percent-encoded.
_BARE_PLUS: Final = re.compile(r"(?<=:\d\d) (?=\d\d:\d\d$)|(?<=\.\d{3}) (?=\d\d:\d\d$)")
SINCE: Final = "RFC 3339 time, or a day of Vietnam's calendar (2026-03-15); inclusive"
UNTIL: Final = "RFC 3339 time, or a day of Vietnam's calendar (2026-03-16); exclusive"

CURSOR: Final = (
    "Walk through all matches, however many, in a stable order and without scores: * begins, then the cursor of the "
    "answer before; with mode=lexical, a sort by date, or no q"
)

SOUGHT: Final = (
    'What is sought; empty lists the newest. "A phrase" must stand in one field, -word and -"a phrase" must not; '
    'tacgia:"Author" and muc:"Section" narrow the search. Missing diacritics are forgiven word by word, typed ones '
    "count. With more than eight further words quotes and hyphens are punctuation"
)
SORT: Final = (
    "newest, oldest: all that matches the words, by date alone. relevant_newest, relevant_oldest: by date too, but "
    "what is clearly relevant (half of the best hit's BM25 or more, or near in meaning) before the rest; not with "
    "cursor"
)
EXPLAIN: Final = "Show the parts of each score, which add up to it, and what each was made of"
COLLAPSE: Final = (
    "copies: near-duplicates are folded under the earliest full one (by date: the first), as far as they are among the "
    "first 50 hits; from and size then count what is left, total still counts every article"
)

# A reader who has waited longer has gone.
READER_SECONDS: Final = 2.8

OptionalText = Annotated[str | None, Query(max_length=200)]
Size = Annotated[int, Query(ge=1, le=50, description="At most this many in each part")]
PastOnly = Annotated[bool, Query(description="Nothing younger than the article, as for the page of an archive")]


@app.get("/v1/search", summary="Search articles", responses=answered_with(SearchAnswer, "The articles found"))
def search(
    q: Annotated[str, Query(max_length=MAX_QUERY, description=SOUGHT)] = "",
    size: Annotated[int, Query(ge=0, le=MAX_SIZE)] = 10,
    from_: Annotated[int, Query(alias="from", ge=0, le=MAX_WINDOW, description="Hits to pass over")] = 0,
    section: OptionalText = None,
    tag: OptionalText = None,
    author: OptionalText = None,
    since: Annotated[str | None, Query(description=SINCE)] = None,
    until: Annotated[str | None, Query(description=UNTIL)] = None,
    sort: Annotated[Order, Query(description=SORT)] = "relevance",
    mode: Mode = "hybrid",
    facets: Annotated[bool, Query(description="Count the matches by section and month")] = False,
    explain: Annotated[bool, Query(description=EXPLAIN)] = False,
    collapse: Annotated[Collapse | None, Query(description=COLLAPSE)] = None,
    cursor: Annotated[str | None, Query(max_length=MAX_CURSOR, description=CURSOR)] = None,
) -> Response[str]:
    filters = Filters(section, tag, author, _moment("since", since), _moment("until", until))
    request = SearchRequest(
        q=q,
        size=size,
        offset=from_,
        filters=filters,
        sort=sort,
        mode=mode,
        facets=facets,
        explain=explain,
        collapse=collapse,
        cursor=cursor,
    )
    answer = service().search(request)
    metrics.add_metric("Searches", MetricUnit.Count, 1)
    metrics.add_metric("SearchTime", MetricUnit.Milliseconds, answer.took_ms)
    metrics.add_metric("DegradedSearches", MetricUnit.Count, int(answer.degraded))
    return respond(answer)


@app.get(
    "/v1/suggest",
    summary="Completions while typing",
    responses=answered_with(SuggestAnswer, "Phrases and headlines that go on from what was typed"),
)
def suggest(
    q: Annotated[str, Query(max_length=200, description="What has been typed, with or without diacritics")] = "",
    size: Annotated[int, Query(ge=1, le=20, description="At most this many headlines")] = 8,
    section: OptionalText = None,
    tag: OptionalText = None,
    author: OptionalText = None,
    since: Annotated[str | None, Query(description=SINCE)] = None,
    until: Annotated[str | None, Query(description=UNTIL)] = None,
) -> Response[str]:
    filters = Filters(section, tag, author, _moment("since", since), _moment("until", until))
    return respond(service().suggest(q, filters, size))


@app.get(
    "/v1/articles/<article_id>",
    summary="An article",
    responses=answered_with(ArticleAnswer, "As published", 404, 410, kept=True),
)
def article(article_id: ArticleId) -> Response[str]:
    return respond_if_new(app, service().article(article_id))


@app.get(
    "/v1/articles/<article_id>/related",
    summary="Related news of an article",
    responses=answered_with(RelatedAnswer, "Developments and background", 404, 410, kept=True),
)
def related(
    article_id: ArticleId, size: Size = 6, past_only: PastOnly = False, lang: InLanguage = VIETNAMESE
) -> Response[str]:
    return respond_briefly(app, service().related(article_id, size, past_only=past_only, lang=lang))


@app.get(
    "/v1/articles/<article_id>/thread",
    summary="Story of an article",
    responses=answered_with(
        ThreadAnswer, "Its events, oldest first, one article of each to be read first", 404, 410, kept=True
    ),
)
def thread(article_id: ArticleId) -> Response[str]:
    return respond_briefly(app, service().thread(article_id))


@app.get(
    "/v1/articles/<article_id>/summary",
    summary="Extractive summary of an article",
    responses=answered_with(SummaryAnswer, "Sentences of the article, none changed", 404, 410, kept=True),
)
def summary(
    article_id: ArticleId,
    sentences: AtMostSentences = None,
    syllables: AtMostSyllables = None,
    query: SpokenOf = None,
    mode: Beside = "general",
    form: Form = "text",
) -> Response[str]:
    request = SummaryRequest(sentences=sentences, syllables=syllables, query=query, mode=mode, form=form)
    return respond_if_new(app, service().summary(article_id, request))


@app.get(
    "/v1/digests",
    summary="Digest of several articles, or of an article and the developments of its event",
    responses=answered_with(
        DigestAnswer, "Sentences of the articles in order of time, none changed", 404, 410, kept=True
    ),
)
def digest(
    ids: ListedIds = "",
    article: EventOf = None,
    sentences: DigestSentences = None,
    syllables: DigestSyllables = None,
) -> Response[str]:
    request = DigestRequest(ids=named_ids(ids), article=article, sentences=sentences, syllables=syllables)
    return respond_briefly(app, service().digest(request))


@app.get(
    "/v1/health",
    summary="Health of every part",
    responses=answered_with(HealthAnswer, "Every part answers", also={503: "Some part does not answer"}),
)
def health() -> Response[str]:
    answer = service().health()
    return respond(answer, 200 if answer.status == "ok" else 503)


@app.get("/openapi.json", include_in_schema=False, compress=True)
def openapi() -> Response[Any]:
    return _web("openapi.json")


@app.get("/embed.js", include_in_schema=False, compress=True)
def snippet() -> Response[Any]:
    return _web("embed.js")


@app.get("/assets/<name>", include_in_schema=False, compress=True)
def asset(name: str) -> Response[Any]:
    return _web(name)


@app.not_found
def nowhere(_error: Exception) -> Response[str]:
    return reader_pages.no_page(app.current_event.path) or no_route(app)


add_desk(app)
add_developer_pages(app)


def _web(name: str) -> Response[Any]:
    return _sent(web_file(name))


def _sent(file: WebFile) -> Response[Any]:
    kept = is_kept(app, file.etag)
    return Response(304 if kept else 200, file.content_type, "" if kept else file.body, dict(file.headers))


def _moment(name: Literal["since", "until"], text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = read_moment(_BARE_PLUS.sub("+", text))
    except ValueError as error:
        raise InvalidInput.of(name, "must be a date such as 2026-03-15, or an RFC 3339 time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=HANOI)


@logger.inject_lambda_context(log_event=False, correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
@metrics.log_metrics(capture_cold_start_metric=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point: an API Gateway HTTP API event (version 2.0)."""
    with within(READER_SECONDS):
        return app.resolve(event, context)


prepare()
