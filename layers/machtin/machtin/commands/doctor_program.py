"""What the doctor looks at wherever machtin runs: Python, packages, model and index."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from typing import Final

from machtin.commands.check import Check, Part
from machtin.errors import NotFound
from machtin.settings import Settings

OLDEST_PYTHON: Final = (3, 11)
# Releases come each second on a laptop, each minute on AWS.
LATE_RELEASE: Final = timedelta(minutes=5)


def program() -> list[Part]:
    """What is installed."""
    return [
        Part("python", _python, "install Python 3.11 or newer"),
        Part("packages", _packages, "run: make install"),
    ]


def view(settings: Settings) -> list[Part]:
    """The index and the model that it is made with."""
    return [
        Part("model", _model, "install machtin again, or name a model folder: MACHTIN_MODEL=FOLDER"),
        Part("index", _index, _index_mend(settings)),
        Part("stories", _stories, _index_mend(settings)),
    ]


def schedule(mend: str) -> list[Part]:
    """What waits for its moment, and whether it is published then."""
    return [Part("schedule", lambda settings: _schedule(settings, mend), mend)]


def _schedule(settings: Settings, mend: str) -> Check:
    from machtin import bootstrap
    from machtin.scheduling import scheduled

    if settings.store == "sqlite" and not settings.store_file.exists():
        return Check("schedule", True, "nothing waits")
    service = bootstrap.service()
    waiting = len(service.store.scheduled())
    soonest = scheduled(service.store, 1).articles
    if not soonest:
        return Check("schedule", True, "nothing waits")
    late = service.clock() - datetime.fromisoformat(soonest[0].publish_at)
    if late > LATE_RELEASE:
        return Check("schedule", False, f"{soonest[0].id} should be public since {soonest[0].publish_at}", mend)
    return Check("schedule", True, f"{waiting:,} wait, the next until {soonest[0].publish_at}")


def _python(_: Settings) -> Check:
    known = ".".join(map(str, sys.version_info[:3]))
    return Check("python", sys.version_info >= OLDEST_PYTHON, known, "install Python 3.11 or newer")


def _packages(_: Settings) -> Check:
    from importlib.metadata import PackageNotFoundError, requires, version
    from re import match

    names = [match(r"[\w.-]+", line) for line in requires("machtin") or () if "extra ==" not in line]
    missing, present = [], []
    for name in [found[0] for found in names if found]:
        try:
            present.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    detail = f"missing: {', '.join(missing)}" if missing else ", ".join(present)
    return Check("packages", not missing, detail, "run: make install")


def _model(_: Settings) -> Check:
    from machtin import bootstrap

    embedder = bootstrap.service().models.current
    embedder.embed(["mạch tin"])
    return Check("model", True, f"{embedder.model_version}, {embedder.dimensions} dimensions")


def _index(settings: Settings) -> Check:
    from machtin import bootstrap

    if settings.store == "sqlite" and not settings.store_file.exists():
        return Check("index", True, "is made with the first article")
    service = bootstrap.service()
    try:
        index = service.catalog.live()
    except NotFound:
        if next(service.store.ids(), None) is None:
            return Check("index", True, "is made with the first article")
        raise
    detail = f"version {index.version}, {index.count():,} articles, of {index.model_version}"
    installed = service.models.named(index.model_version)
    if installed is None:
        mend = f"it was made with another model: {_reindex(settings)}, or name that model's folder too in MACHTIN_MODEL"
        return Check("index", False, f"{detail}, which is not installed", mend)
    if installed is not service.models.current:
        detail += f"; {_reindex(settings)} would make it with the present model"
    return Check("index", True, detail)


def _stories(settings: Settings) -> Check:
    from machtin import bootstrap

    if settings.store == "sqlite" and not settings.store_file.exists():
        return Check("stories", True, "no articles yet")
    service = bootstrap.service()
    try:
        index = service.catalog.live()
    except NotFound:
        return Check("stories", True, "no articles yet")
    lacking = service.stories.lacking(index)
    detail = f"{lacking:,} articles are not linked to theirs" if lacking else "every article is linked to its own"
    return Check("stories", lacking == 0, detail, "run: machtin doctor --repair")


def _index_mend(settings: Settings) -> str:
    if settings.index == "embedded":
        return f"build it anew: {_reindex(settings)}"
    mend = f"see that OpenSearch runs at {settings.opensearch.url} (MACHTIN_OPENSEARCH_URL)"
    return f"{mend}; a broken index is built anew: {_reindex(settings)}"


def _reindex(settings: Settings) -> str:
    """What begins a re-index: on a deployment it is asked for, since its functions carry it out."""
    return "machtin reindex" if settings.store == "sqlite" else "POST /v1/reindexes, as an editor"
