"""The composition root: settings to a working service. The only module that names concrete adapters."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from machtin import __version__
from machtin.service import Machtin
from machtin.settings import Settings

if TYPE_CHECKING:
    from machtin.adapters.sqlite_file import SqliteFile
    from machtin.adapters.sqlite_queue import SqliteQueue
    from machtin.ports import IndexCatalog


@lru_cache(maxsize=1)
def service() -> Machtin:
    """The service of this process, made from the environment when it is first needed."""
    return build(Settings.from_env())


def build(settings: Settings) -> Machtin:
    """A service on SQLite store and queue, and the index engine and the model that the settings name."""
    from machtin.adapters.sqlite_reindex_log import SqliteReindexLog
    from machtin.adapters.sqlite_store import SqliteStore
    from machtin.beir import read_golden
    from machtin.models import installed_models
    from machtin.summary import SentenceScorer

    file = store_file(settings)
    models = installed_models(settings.model, settings.further_models, settings.dimensions)
    return Machtin(
        store=SqliteStore(file),
        catalog=catalog(settings),
        models=models,
        summarizer=SentenceScorer.load(embedder=models.current),
        reindex_log=SqliteReindexLog(file),
        version=__version__,
        golden=lambda: read_golden(settings.golden_folder),
        keep_versions=settings.keep_versions,
    )


def catalog(settings: Settings) -> IndexCatalog:
    """The index versions of the engine that the settings name."""
    if settings.index == "opensearch":
        from machtin.adapters.opensearch_catalog import OpenSearchCatalog
        from machtin.adapters.opensearch_client import OpenSearchClient

        cluster = settings.opensearch
        return OpenSearchCatalog(OpenSearchClient(cluster), cluster.prefix)
    from machtin.adapters.embedded_catalog import EmbeddedCatalog

    return EmbeddedCatalog(settings.index_folder)


def store_file(settings: Settings) -> SqliteFile:
    """The one SQLite file: articles, queue and re-index records."""
    from machtin.adapters import sqlite_reindex_log, sqlite_store
    from machtin.adapters.sqlite_file import SqliteFile

    return SqliteFile(settings.store_file, sqlite_store.SCHEMA + sqlite_reindex_log.SCHEMA)


def queue(settings: Settings) -> SqliteQueue:
    """The queue that the store announces its changes to."""
    from machtin.adapters.sqlite_queue import SqliteQueue

    return SqliteQueue(store_file(settings))


def editor_token() -> str | None:
    """The token that opens the editors' routes; None where none was made: then only the gateway's word counts."""
    from machtin.adapters.token_file import read_token

    return read_token(Settings.from_env().token_file)
