"""The composition root: settings to a working service. The only module that names concrete adapters."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypedDict

from machtin import __version__
from machtin.deadline import uncounted
from machtin.errors import SettingsError
from machtin.settings import BUNDLED_MODEL, Settings, chosen_model, on_lambda

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from machtin.adapters.s3_inbox import S3Inbox
    from machtin.adapters.sqlite_file import SqliteFile
    from machtin.adapters.sqlite_queue import SqliteQueue
    from machtin.answers import WriteAnswer
    from machtin.article import Article
    from machtin.audit import AuditLog, By
    from machtin.draft_reading import DraftKind, DraftReading
    from machtin.feed_polling import FeedPoller
    from machtin.golden import GoldenQueries
    from machtin.models import Models
    from machtin.operations import Operations
    from machtin.ports import IndexCatalog
    from machtin.reindex_record import ReindexLog, ReindexRunner
    from machtin.service import Machtin
    from machtin.store_port import ArticleStore
    from machtin.thread_port import ThreadLinks

    Put = Callable[[Sequence[Article], By], list[WriteAnswer]]

# For whoever changes golden queries while somebody else does.
GOLDEN_SECONDS: Final = 30.0


@lru_cache(maxsize=1)
def service() -> Machtin:
    """The service of this process, made from the environment when it is first needed; a model may take seconds."""
    with uncounted():
        return build(Settings.from_env())


def prepare(make: Callable[[], object] = service) -> None:
    """Make what a function needs while it starts on Lambda, when it has a whole processor and nobody waits.

    Handlers call this when they are imported; elsewhere that does nothing.
    """
    if on_lambda():
        make()


def build(settings: Settings, clock: Callable[[], datetime] | None = None) -> Machtin:
    """A service on the store, the index engine and the model that the settings name; ``clock`` is this machine's."""
    from machtin.digest import EventDigester
    from machtin.service import Machtin
    from machtin.summary import ExtractiveSummarizer
    from machtin.summary_scoring import SentenceScorer

    models = models_of(settings)
    scorer, clock = SentenceScorer.load(), clock or _now
    return Machtin(
        **(_on_s3(settings, clock) if settings.store == "s3" else _on_this_machine(settings, clock)),
        catalog=catalog(settings),
        models=models,
        summarizer=ExtractiveSummarizer(scorer, models.current),
        digester=EventDigester(scorer, models.current),
        links=thread_links(settings),
        version=__version__,
        keep_versions=settings.keep_versions,
        clock=clock,
    )


def models_of(settings: Settings) -> Models:
    """The models that the settings name, and those that were taken in here. Raises ModelError."""
    from machtin.adapters.model_loading import load_model
    from machtin.adapters.model_shelf import ModelShelf
    from machtin.models import installed_models

    if settings.model_named:
        return installed_models(settings.model, settings.further_models, settings.dimensions, load=load_model)
    shelf = ModelShelf(settings.models_folder)
    return installed_models(
        settings.model,
        lambda: (*settings.further_models, BUNDLED_MODEL, *shelf.folders()),
        settings.dimensions,
        load=load_model,
        chosen=lambda: chosen_model(settings.data),
    )


class _Kept(TypedDict):
    """What keeps articles, re-indexes and who did what to them, and what carries re-indexes out."""

    store: ArticleStore
    reindex_log: ReindexLog
    audit_log: AuditLog
    reindex_runner: ReindexRunner
    golden: Callable[[], GoldenQueries | None]


def _on_this_machine(settings: Settings, clock: Callable[[], datetime]) -> _Kept:
    from machtin.adapters.sqlite_audit_log import SqliteAuditLog
    from machtin.adapters.sqlite_reindex_log import SqliteReindexLog
    from machtin.adapters.sqlite_store import SqliteStore
    from machtin.golden import read_golden
    from machtin.reindex_record import BACKGROUND

    file = store_file(settings)
    return {
        "store": SqliteStore(file, clock),
        "reindex_log": SqliteReindexLog(file),
        "audit_log": SqliteAuditLog(file),
        "reindex_runner": BACKGROUND,
        "golden": lambda: read_golden(settings.golden_folder),
    }


def _on_s3(settings: Settings, clock: Callable[[], datetime]) -> _Kept:
    from machtin.adapters.s3_audit_log import S3AuditLog
    from machtin.adapters.s3_bucket import Bucket
    from machtin.adapters.s3_golden import golden_of
    from machtin.adapters.s3_reindex_log import S3ReindexLog
    from machtin.adapters.s3_store import S3Store
    from machtin.adapters.state_machine import StateMachine
    from machtin.reindex_record import BACKGROUND

    bucket = Bucket(settings.bucket)
    return {
        "store": S3Store(bucket, clock),
        "reindex_log": S3ReindexLog(bucket),
        "audit_log": S3AuditLog(bucket),
        "reindex_runner": StateMachine(settings.state_machine) if settings.state_machine else BACKGROUND,
        "golden": lambda: golden_of(bucket),
    }


@contextmanager
def golden_folder(settings: Settings, *, edit: bool = False) -> Iterator[Path]:
    """The folder of golden queries, to be read, and its tables to be changed with ``edit``, by one at a time.

    Tables in a bucket are changed at the end. Raises WriterBusy or Conflict where somebody else changes them.
    """
    if settings.store == "s3":
        from machtin.adapters.s3_bucket import Bucket
        from machtin.adapters.s3_golden import golden_to_edit

        with golden_to_edit(Bucket(settings.bucket)) as folder:
            yield folder
    elif edit:
        from machtin.adapters.writer_lock import writer_lock

        settings.data.mkdir(parents=True, exist_ok=True)
        with writer_lock(settings.data / "golden.lock", wait_seconds=GOLDEN_SECONDS):
            yield settings.golden_folder
    else:
        yield settings.golden_folder


def catalog(settings: Settings) -> IndexCatalog:
    """The index versions of the engine that the settings name."""
    if settings.index == "opensearch":
        from machtin.adapters.opensearch_catalog import OpenSearchCatalog
        from machtin.adapters.opensearch_client import OpenSearchClient

        cluster = settings.opensearch
        return OpenSearchCatalog(OpenSearchClient(cluster), cluster.prefix)
    from machtin.adapters.embedded_catalog import EmbeddedCatalog

    return EmbeddedCatalog(settings.index_folder)


def thread_links(settings: Settings) -> ThreadLinks:
    """What keeps the links between articles: beside the index, since they are a view too."""
    if settings.index == "opensearch":
        from machtin.adapters.opensearch_client import OpenSearchClient
        from machtin.adapters.opensearch_thread_links import OpenSearchThreadLinks

        return OpenSearchThreadLinks(OpenSearchClient(settings.opensearch), settings.opensearch.prefix)
    from machtin.adapters.sqlite_thread_links import SqliteThreadLinks

    return SqliteThreadLinks(store_file(settings))


def store_file(settings: Settings) -> SqliteFile:
    """The one SQLite file: articles, queue, re-index and audit records, links between articles."""
    from machtin.adapters import sqlite_audit_log, sqlite_reindex_log, sqlite_store, sqlite_thread_links
    from machtin.adapters.sqlite_file import SqliteFile

    kept = sqlite_store, sqlite_reindex_log, sqlite_audit_log, sqlite_thread_links
    return SqliteFile(settings.store_file, "".join(one.SCHEMA for one in kept))


def queue(settings: Settings) -> SqliteQueue:
    """The queue that the store announces its changes to."""
    from machtin.adapters.sqlite_queue import SqliteQueue

    return SqliteQueue(store_file(settings))


@lru_cache(maxsize=1)
def inbox() -> S3Inbox:
    """The inbox in the bucket, of this process. Raises SettingsError where its bucket or queue is not named."""
    from machtin.adapters.s3_bucket import Bucket
    from machtin.adapters.s3_inbox import S3Inbox
    from machtin.adapters.sqs_queue import SqsQueue

    settings = Settings.from_env()
    if not (settings.bucket and settings.inbox_queue):
        raise SettingsError("there is no inbox in a bucket; name both MACHTIN_BUCKET and MACHTIN_INBOX_QUEUE")
    return S3Inbox(Bucket(settings.bucket), SqsQueue(settings.inbox_queue), _put(settings), _now)


@lru_cache(maxsize=1)
def feeds() -> FeedPoller:
    """Polls the feeds that the settings name; what it remembers lies where the articles lie."""
    from time import sleep

    from machtin.adapters.feed_keeping import feed_keeping
    from machtin.adapters.feed_xml import read_feed
    from machtin.adapters.web_client import WebClient
    from machtin.adapters.web_page import read_web_page
    from machtin.feed_polling import FeedPoller
    from machtin.feed_visits import FeedTools

    settings = Settings.from_env()
    states, keep = feed_keeping(settings)
    tools = FeedTools(
        web=WebClient(__version__, settings.feeds.contact),
        states=states,
        read_feed=read_feed,
        read_page=read_web_page,
        put=_put(settings),
        keep=keep,
        clock=_now,
        sleep=sleep,
    )
    return FeedPoller(settings.feeds.addresses, settings.feeds.hosts, tools)


def read_draft(raw: bytes, kind: DraftKind, charset: str | None) -> DraftReading:
    """What is understood of a page or a text; nothing is kept. Raises InvalidInput for what has no text."""
    from machtin.adapters.draft_page import read_draft_page
    from machtin.draft_reading import understood

    return understood(*read_draft_page(raw, kind, charset), _now())


def operations() -> Operations:
    """What editors run the house with: ingest, refused input and golden queries, where the articles lie."""
    from machtin.adapters.operations_here import operations_of

    settings = Settings.from_env()
    kept = _on_s3(settings, _now) if settings.store == "s3" else _on_this_machine(settings, _now)
    return operations_of(
        settings,
        service(),
        kept["audit_log"],
        lambda *, edit: golden_folder(settings, edit=edit),
        lambda: queue(settings).state(),
    )


def _put(settings: Settings) -> Put:
    """How articles are stored, on record. Beside a bucket, neither index nor model is loaded for that."""
    if settings.store != "s3":
        return service().put
    from machtin.editing import ArticleEditing

    kept = _on_s3(settings, _now)
    return ArticleEditing(kept["store"], kept["audit_log"], _now).put


def _now() -> datetime:
    return datetime.now(UTC)


def editor_token() -> str | None:
    """The token that opens the editors' routes; None where none was made: then only the gateway's word counts."""
    from machtin.adapters.token_file import read_token

    return read_token(Settings.from_env().token_file)


def site_address() -> str:
    """Where readers find the site, as it is set; empty where each request's own address is meant."""
    return Settings.from_env().site
