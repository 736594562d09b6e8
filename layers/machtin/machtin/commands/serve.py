"""machtin serve: the page and the API on this machine, and the work behind them."""

from __future__ import annotations

import logging
import shlex
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from machtin.errors import Conflict, IndexUnavailable, MachtinError, SettingsError, Unavailable
from machtin.settings import Settings

if TYPE_CHECKING:
    from machtin.adapters.local_work import LocalWork
    from machtin.ports import IndexCatalog

# What the sample articles are asked first; other articles are asked for words of the newest one's title.
EXAMPLE_QUERY: Final = "vải thiều mất mùa"
EXAMPLE_WORDS: Final = 5
# Other work waits so long at most while articles from before are linked.
LINKING_SECONDS: Final = 1.0

log = logging.getLogger(__name__)


@click.command(
    short_help="Serve the page and the API on this machine.",
    epilog="""\b
Examples:
  machtin serve --samples
  MACHTIN_DATA=~/news machtin serve --port 8081
""",
)
@click.option("--samples", is_flag=True, help="Load the repository's sample articles, once.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port; by default MACHTIN_PORT or 8080.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
def serve(samples: bool, port: int | None, host: str) -> None:
    """Serve the page and the API, index what changes, and take in files that are dropped into the inbox folder.

    Feeds that MACHTIN_FEEDS names are polled every 15 minutes.

    The data folder is .machtin here, or what MACHTIN_DATA names. Ctrl-C ends it; nothing that was taken is lost.
    """
    from machtin.adapters import local_server
    from machtin.adapters.inbox import Inbox
    from machtin.adapters.local_functions import local_functions
    from machtin.commands.installation import background_work, intake

    settings = Settings.from_env()
    settings = replace(settings, port=port or settings.port)
    _prepare(settings)
    bound = local_server.bind(host, settings.port)
    with bound, background_work(settings) as work:
        reconciled = False
        try:
            reconciled = work.take() and _reconcile()
            if samples:
                _load_samples(settings, work)
        except IndexUnavailable as error:
            click.echo(f"The index does not answer ({error}). Serving all the same; it is tried again meanwhile.")
        if not work.lock.held:
            click.echo(f"Process {work.lock.holder()} is at work on {settings.data}; serving beside it.")
        inbox = Inbox(settings.inbox_folder, settings.refused_folder, intake(settings).take, click.echo)
        worker = work.worker(inbox.chore, _linking_chore(), on_taking=_nothing if reconciled else _reconcile)
        with work.polling() if settings.feeds.addresses else nullcontext():
            local_server.run(bound, local_functions(), worker, _ready(host, settings))
    click.echo("Stopped.")


def _prepare(settings: Settings) -> None:
    """Folder, inbox and token. Raises SettingsError with the mend."""
    from machtin.adapters.token_file import make_token

    try:
        settings.inbox_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"cannot write to the data folder {settings.data}: {error.strerror}; name another: MACHTIN_DATA=FOLDER"
        ) from error
    make_token(settings.token_file)


def _nothing() -> None:
    """What is left to do on taking the work in hand when all was done before."""


def _reconcile() -> bool:
    """Bring the index to the store's state; start a re-index where it can't be read or is of another model."""
    from machtin import bootstrap

    service = bootstrap.service()
    try:
        index = service.live_index()
        index.count()
    except IndexUnavailable as error:
        if not _engine_answers(service.catalog):
            raise
        _begin_reindex(f"The index can't be read ({error}); it is built anew from the store.")
        return True
    try:
        if mended := service.reindexer.reconcile(index):
            click.echo(f"{mended:,} articles differed between store and index; they agree now.")
    except Unavailable:
        raise
    except Exception:  # an article that breaks indexing must not keep all others from being served
        log.exception("store and index could not be brought to agree; machtin doctor shows the difference")
    if index.model_version != service.models.current.model_version:
        _migrate(index.model_version, service.models.current.model_version)
    return True


def _linking_chore() -> Callable[[], int]:
    """A chore that links the articles of an archive from before to their stories, a second's worth at a time."""
    from machtin import bootstrap

    whole = False

    def link() -> int:
        nonlocal whole
        if whole:
            return 0
        service = bootstrap.service()
        linked = service.stories.complete(service.live_index(), within=LINKING_SECONDS)
        whole = linked == 0
        return linked

    return link


def _engine_answers(catalog: IndexCatalog) -> bool:
    """Whether it is the index that is broken, and not its engine that is away."""
    try:
        catalog.versions()
    except IndexUnavailable:
        return False
    return True


def _migrate(named: str, current: str) -> None:
    """Start a re-index to the present model, unless the last one to it was refused, cancelled or rolled back."""
    from machtin import bootstrap

    to_current = (one for one in bootstrap.service().reindexer.all() if one.model_version == current)
    last = next(to_current, None)
    if last is not None and last.state in ("refused", "cancelled", "rolled_back"):
        click.echo(
            f"The index stays with {named}: re-index {last.id} to {current} was {last.state.replace('_', ' ')} "
            f"(machtin reindex --show {last.id}). To try again: machtin reindex"
        )
        return
    _begin_reindex(
        f"The index was made with {named}; it is built anew with {current} meanwhile, and stays as it is if the gate "
        "refuses the new one (machtin reindex --list)."
    )


def _begin_reindex(told: str) -> None:
    from machtin import bootstrap

    try:
        bootstrap.service().editing.begin_reindex()
    except Conflict:
        return
    click.echo(told)


def samples_folder() -> Path:
    """The sample articles of the repository. Raises SettingsError where machtin was installed without it."""
    import machtin

    folder = Path(machtin.__file__).resolve().parents[3] / "events" / "articles"
    if not folder.is_dir():
        raise SettingsError(f"the sample articles are part of the repository and not in {folder}; leave out --samples")
    return folder


def _load_samples(settings: Settings, work: LocalWork) -> None:
    from machtin.commands.installation import take_in, tell

    folder = samples_folder()
    _copy_golden(folder.parent / "golden" / "search", settings.golden_folder)
    marker = settings.data / "samples"
    present = _state_of(folder)
    if marker.is_file() and marker.read_text(encoding="utf-8") == present:
        return
    tally = take_in(settings, work, [folder], "Loading the sample articles")
    tell(tally, settings)
    marker.write_text(present, encoding="utf-8")


def _copy_golden(source: Path, target: Path) -> None:
    """The sample articles' golden queries, for the gate of re-indexes; an editor's own are left alone."""
    queries, judged = target / "queries.jsonl", target / "qrels" / "test.tsv"
    if queries.exists() or judged.exists():
        return
    try:
        judged.parent.mkdir(parents=True, exist_ok=True)
        for path in (judged, queries):
            path.write_bytes((source / path.relative_to(target)).read_bytes())
    except OSError as error:
        log.warning("the golden queries of the sample articles could not be copied to %s: %s", target, error)


def _state_of(folder: Path) -> str:
    """Changes when a file below the folder does; nothing is read."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    known = [(path, path.stat()) for path in files]
    return "".join(f"{path.relative_to(folder)}\t{stat.st_size}\t{stat.st_mtime_ns}\n" for path, stat in known)


def _ready(host: str, settings: Settings) -> Callable[[], None]:
    from machtin.adapters.local_server import address, is_open_to_others

    def tell() -> None:
        base = address(host, settings.port)
        click.echo(f"\nmachtin is at {base}/  (the API is described at {base}/docs, Ctrl-C stops it)")
        click.echo(f"The editor's desk is at {base}/desk; signing in takes the token (machtin token).")
        if is_open_to_others(host):
            click.echo("Other machines can read here; editing needs that token.")
        examples = _examples(base)
        if examples:
            click.echo("\nTry:\n" + "\n".join(f"  {line}" for line in examples) + "\n")
        else:
            click.echo(f"There are no articles yet: machtin ingest PATH, or drop files into {settings.inbox_folder}\n")

    return tell


def _examples(base: str) -> list[str]:
    """Three lines for a shell, made of an article that is there."""
    from machtin import bootstrap
    from machtin.search_request import SearchRequest
    from machtin.vietnamese import fold

    service = bootstrap.service()
    query = EXAMPLE_QUERY
    try:
        hits = service.search(SearchRequest(q=query, size=1, mode="lexical")).hits
        if not hits:
            hits = service.search(SearchRequest(size=1)).hits
            query = " ".join(hits[0].title.split()[:EXAMPLE_WORDS]) if hits else ""
    except MachtinError as error:
        log.warning("no examples can be shown: %s", error)
        return []
    if not hits:
        return []
    article = f"{base}/v1/articles/{hits[0].id}"
    marked, plain = shlex.quote(f"q={query}"), shlex.quote(f"q={fold(query)}")
    return [
        f"curl -sG {base}/v1/search --data-urlencode {marked}   # or without diacritics: {plain}",
        f"curl -s {article}/related",
        f"curl -s {article}/summary",
    ]
