"""Judged queries asked of this installation's own index versions."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from machtin.answers import Mode
from machtin.comparison import Comparison, compare
from machtin.errors import InvalidInput, ModelError, NotFound
from machtin.evaluation import MEASURES, measure_rankings
from machtin.evaluation_run import Progress, ranking_of
from machtin.gate_quality import Question, answerable
from machtin.gate_sides import Side
from machtin.golden import GoldenQueries, golden_of_table, named_by_id, read_golden, read_table
from machtin.settings import Settings
from machtin.vietnamese import fold

if TYPE_CHECKING:
    from machtin.ports import ArticleIndex


def questions_of(path: Path | None) -> list[Question]:
    """The queries of a table or a folder, of the newsroom's own where none is named, that the store can answer.

    Raises InvalidInput where there are none, naming file and line of what can't be read.
    """
    from machtin import bootstrap

    settings, store = Settings.from_env(), bootstrap.service().store
    found: GoldenQueries | None
    if path is None:
        with bootstrap.golden_folder(settings) as folder:
            found = read_golden(folder)
    elif path.is_dir():
        found = read_golden(path)
    else:
        found = golden_of_table(named_by_id(read_table(path), store, search=settings.store != "s3"))
    if found is None:
        raise InvalidInput.of(
            str(path or "golden queries"), "there are none; machtin golden import FILE.csv takes a table of them"
        )
    questions = answerable(found, store)
    if not questions:
        raise InvalidInput.of(str(path or "golden queries"), "none names a relevant article that is in the store")
    return questions


def measured(questions: Sequence[Question], modes: Sequence[Mode], strip: bool, progress: Progress) -> dict[str, Any]:
    """The measures of each mode on the live index: their means, and those of each query.

    Raises ModelError where its model is not installed, unless it is asked by words alone.
    """
    from machtin import bootstrap

    side = _side(bootstrap.service().live_index(), by_words=list(modes) == ["lexical"])
    judgements = {one.id: one.grades for one in questions}
    results: dict[str, dict[str, float]] = {}
    queries: dict[str, dict[str, Any]] = {one.id: {"text": one.text} for one in questions}
    for mode in modes:
        rankings = {}
        for done, one in enumerate(questions, start=1):
            rankings[one.id] = ranking_of(side.index, side.embedder, fold(one.text) if strip else one.text, mode)
            progress(mode, done, len(questions))
        figures = measure_rankings(rankings, judgements)
        results[mode] = {name: sum(one[name] for one in figures.values()) / len(figures) for name in MEASURES}
        for query, of_query in figures.items():
            queries[query][mode] = of_query
    return {
        "version": side.index.version,
        "articles": side.index.count(),
        "asked": len(questions),
        "results": results,
        "queries": queries,
    }


def compared(questions: Sequence[Question], before: str, after: str, progress: Progress) -> Comparison:
    """Both index versions, by the names that ``machtin reindex --list`` shows. Raises NotFound naming all there are.

    Raises ModelError for one whose model is not installed: it would answer by words alone.
    """
    from machtin import bootstrap

    catalog = bootstrap.service().catalog
    names = {"live": catalog.live_version(), "previous": catalog.previous()}
    versions = [names.get(name, name) for name in (before, after)]
    for name, version in zip((before, after), versions, strict=True):
        if version not in catalog.versions():
            raise NotFound(f"there is no index version {name}; there are {', '.join(catalog.versions()) or 'none'}")
    with closing(catalog.open(str(versions[0]))) as one, closing(catalog.open(str(versions[1]))) as other:
        return compare(questions, _side(one), _side(other), progress)


def _side(index: ArticleIndex, *, by_words: bool = False) -> Side:
    from machtin import bootstrap

    models = bootstrap.service().models
    embedder = models.named(index.model_version)
    if embedder is None and not by_words:
        raise ModelError(
            f"index version {index.version} was made with the model {index.model_version}, which is not installed, so "
            "that it answers by words alone; put the model's folder behind the first in MACHTIN_MODEL"
        )
    return Side(index, embedder or models.current)
