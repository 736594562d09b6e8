"""The functions as a laptop calls them: the same handlers, without what only CloudWatch reads."""

from __future__ import annotations

import logging
import os
import sys
import time
import traceback
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from machtin.adapters.local_http import Handler
from machtin.errors import MachtinError

# What Powertools reads when it is imported and at each call. These are defaults: a value that is set outside wins.
ENVIRONMENT: Final[Mapping[str, str]] = {
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_LOG_LEVEL": "WARNING",
}


class Functions(NamedTuple):
    """The handlers, by the names of their modules."""

    reader: Handler
    editor: Handler
    ingest: Handler
    reindex: Handler
    feeds: Handler


@lru_cache(maxsize=1)
def local_functions() -> Functions:
    """Import the handlers; the only place that sets environment variables, and it does so before that import."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    import editor_api
    import feeds
    import ingest
    import reader_api
    import reindex

    for module in (reader_api, editor_api, ingest, reindex, feeds):
        _drop_metrics(module.metrics)
    _log_to_stderr()
    return Functions(reader_api.handler, editor_api.handler, ingest.handler, reindex.handler, feeds.handler)


def _drop_metrics(metrics: Any) -> None:
    """Powertools keeps disabled metrics and prints them when there are a hundred: here each call's are dropped."""

    def drop(**_: object) -> None:
        metrics.provider.clear_metrics()

    metrics.provider.flush_metrics = drop


def _log_to_stderr() -> None:
    """Powertools logs JSON to stdout, where CloudWatch looks for it; a person's stdout is for answers."""
    logger = logging.getLogger("machtin")
    for handler in logger.handlers:
        # It must stay, since the functions add the invocation's keys to its formatter; it only falls silent.
        handler.setLevel(logging.CRITICAL + 1)
    logger.addHandler(StderrHandler())


class StderrHandler(logging.Handler):
    """One line for each record; a traceback only for what machtin has no name for.

    A command that shows a failed request as its own answer turns ``named_failures`` off, so that it isn't told twice.
    """

    named_failures = True

    def filter(self, record: logging.LogRecord) -> bool:
        return self.named_failures or not (record.exc_info and isinstance(record.exc_info[1], MachtinError))

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(self.format(record) + "\n")

    def format(self, record: logging.LogRecord) -> str:
        clock = time.strftime("%H:%M:%S", time.localtime(record.created))
        line = f"{clock} {record.levelname.lower()}: {record.getMessage()}"
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, MachtinError):
            return f"{line}: {error}"
        return line + "\n" + "".join(traceback.format_exception(error)).rstrip() if error else line
