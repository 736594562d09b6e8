"""machtin evaluate: the measures of search, related news and summaries, beside their baselines."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from machtin.answers import Mode
from machtin.commands.terminal import Progress
from machtin.settings import Settings

if TYPE_CHECKING:
    from machtin.beir import Collection
    from machtin.evaluation_run import Progress as Told

TASKS = ("search", "related", "summary", "summary-cases", "digest", "contradiction-cases")


@click.command(
    short_help="Measure search, related news or summaries on a test set.",
    epilog="""\b
Examples:
  machtin evaluate
  machtin evaluate cau-hoi.csv
  machtin evaluate --compare previous live --html changes.html
  machtin evaluate events/golden/search
  machtin evaluate events/golden/search --mode hybrid --strip-diacritics --json
  machtin evaluate events/golden/related --task related
  machtin evaluate articles.jsonl --task summary
  machtin evaluate events/golden/summary/hard_cases.jsonl --task summary-cases
  machtin evaluate clusters.jsonl --task digest
  machtin evaluate events/golden/digest/contradictions.jsonl --task contradiction-cases
""",
)
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--task", type=click.Choice(TASKS), default="search", show_default=True)
@click.option("--mode", type=click.Choice(["all", *get_args(Mode)]), default="all", show_default=True)
@click.option("--strip-diacritics", is_flag=True, help="Ask every query as it is typed without diacritics.")
@click.option(
    "--compare",
    nargs=2,
    metavar="BEFORE AFTER",
    help="Compare two index versions query by query; live and previous name versions too.",
)
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write the comparison as a page.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(
    path: Path | None,
    task: str,
    mode: str,
    strip_diacritics: bool,
    compare: tuple[str, str] | None,
    page: Path | None,
    as_json: bool,
) -> None:
    """Measure search or related news on a BEIR folder, or summaries on a JSONL file (title, body, summary).

    Prints nDCG@10, MRR@10, recall@100 and MAP of each mode beside plain BM25 (syllables, one field), or
    ROUGE-1/2/L on Unicode syllables beside the first one, two and three sentences; and a hash of what was read.
    Summaries are then set against the written one as if it were the article's sapo: what they add that it lacks
    (novelty), and how much of what the body repeats both cover. --task summary-cases counts the hard cases, one JSON
    object a line, whose summaries can stand alone; --json names what is wrong with the others.
    --task digest reads articles of events (cluster, title, summary, body, cluster_refs) and measures digests of 250
    syllables beside first sentences; with how much better ROUGE-2 is, and the bounds of that with 95 % confidence.
    --task contradiction-cases counts the small events of which just the numbers that contradict each other are shown.
    With --task related a query's _id is an article's, and that article is left out of its own answer.

    Without PATH the newsroom's own queries (machtin golden) are asked of the live index; so are those of a CSV file
    (query, article, grade) and of a folder without corpus.jsonl. --json then has the figures of each query.
    """
    own = compare is not None or path is None or (task == "search" and not (path / "corpus.jsonl").is_file())
    if own and task != "search":
        raise click.UsageError(f"--task {task} needs a PATH with articles of its own, and no --compare")
    if page and compare is None:
        raise click.UsageError("--html goes with --compare")
    if page and not page.parent.is_dir():
        raise click.UsageError(f"--html names {page}, and there is no folder {page.parent}; make it first")
    if compare and (strip_diacritics or mode != "all"):
        raise click.UsageError("--compare measures search as readers get it; leave --mode and --strip-diacritics")
    if own or path is None:
        with Progress("Evaluate") as bar:
            _own(path, compare, mode, strip_diacritics, page, as_json, _on(bar))
        return
    if task == "summary":
        report = _summaries(path)
    elif task == "summary-cases":
        report = _cases(path)
    elif task == "digest":
        report = _digests(path)
    elif task == "contradiction-cases":
        report = _contradictions(path)
    else:
        with Progress("Evaluate") as bar:
            report = _rankings(path, task, mode, strip_diacritics, _on(bar))
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else _table(report))


def _own(
    path: Path | None,
    compare: tuple[str, str] | None,
    mode: str,
    strip: bool,
    page: Path | None,
    as_json: bool,
    progress: Told,
) -> None:
    """What is measured on an index version of this installation."""
    from machtin.commands.comparison_table import lines
    from machtin.commands.comparison_table import page as page_of
    from machtin.commands.own_evaluation import compared, measured, questions_of

    questions = questions_of(path)
    if compare is None:
        report = measured(questions, [one for one in get_args(Mode) if mode in ("all", one)], strip, progress)
        click.echo(json.dumps(report, ensure_ascii=False) if as_json else _table(report))
        return
    found = compared(questions, *compare, progress)
    if page is not None:
        page.write_text(page_of(found), encoding="utf-8")
    click.echo(json.dumps(asdict(found), ensure_ascii=False) if as_json else "\n".join(lines(found)))


def _rankings(path: Path, task: str, mode: str, strip_diacritics: bool, progress: Told) -> dict[str, Any]:
    from machtin import bootstrap
    from machtin.adapters.bm25_baseline import Bm25Baseline
    from machtin.adapters.embedded_catalog import EmbeddedCatalog
    from machtin.beir import read_beir
    from machtin.evaluation_run import evaluate_baseline, evaluate_modes, index_corpus

    collection = read_beir(path)
    related = task == "related"
    settings = Settings.from_env()
    embedder = bootstrap.models_of(settings).current
    modes: list[Mode] = [one for one in get_args(Mode) if mode in ("all", one)]
    with tempfile.TemporaryDirectory(prefix="machtin-evaluate-") as folder:
        index = EmbeddedCatalog(Path(folder)).create(embedder.model_version, embedder.dimensions)
        index_corpus(index, embedder, list(collection.corpus.values()), progress)
        results = evaluate_modes(
            index, embedder, collection, related=related, modes=modes, strip=strip_diacritics, progress=progress
        )
        index.close()
    baseline = Bm25Baseline(collection.corpus.values())
    results["bm25"] = evaluate_baseline(baseline.rank, collection, related=related, strip=strip_diacritics)
    return _report(collection, results)


def _report(collection: Collection, results: dict[str, dict[str, float]]) -> dict[str, Any]:
    counts = {"corpus": len(collection.corpus), "queries": len(collection.queries), "sha256": collection.sha256}
    return {**counts, "results": results}


def _summaries(path: Path) -> dict[str, Any]:
    from machtin.evaluation import corpus_sha256
    from machtin.summary import ExtractiveSummarizer
    from machtin.summary_evaluation import evaluate_beside_sapo, evaluate_summaries, read_summaries

    rows = read_summaries(path)
    summarizer = ExtractiveSummarizer.load()
    results = evaluate_summaries(rows, summarizer)
    beside = evaluate_beside_sapo(rows, summarizer)
    return {"articles": len(rows), "sha256": corpus_sha256([path]), "results": results, "beside_sapo": beside}


def _cases(path: Path) -> dict[str, Any]:
    from machtin import bootstrap
    from machtin.evaluation import corpus_sha256
    from machtin.summary import ExtractiveSummarizer
    from machtin.summary_cases import measure_cases, read_cases

    embedder = bootstrap.models_of(Settings.from_env()).current
    measured = measure_cases(read_cases(path), ExtractiveSummarizer.load(embedder=embedder))
    faults = {"faults": measured["faults"]} if measured["faults"] else {}
    return {"sha256": corpus_sha256([path]), "results": measured["rates"], **faults}


def _digests(path: Path) -> dict[str, Any]:
    from machtin import bootstrap
    from machtin.digest import EventDigester
    from machtin.digest_evaluation import evaluate_digests, read_events
    from machtin.evaluation import corpus_sha256
    from machtin.summary_scoring import SentenceScorer

    events = read_events(path)
    digester = EventDigester(SentenceScorer.load(), bootstrap.models_of(Settings.from_env()).current)
    results, better = evaluate_digests(events, digester)
    return {"events": len(events), "sha256": corpus_sha256([path]), "results": results, "rouge2_better_than": better}


def _contradictions(path: Path) -> dict[str, Any]:
    from machtin.contradiction_cases import measure_contradictions, read_contradiction_cases
    from machtin.digest import EventDigester
    from machtin.evaluation import corpus_sha256
    from machtin.summary_scoring import SentenceScorer

    measured = measure_contradictions(read_contradiction_cases(path), EventDigester(SentenceScorer.load()))
    faults = {"faults": measured["faults"]} if measured["faults"] else {}
    return {"sha256": corpus_sha256([path]), "results": measured["rates"], **faults}


def _table(report: dict[str, Any]) -> str:
    lines = [", ".join(f"{name} {value}" for name, value in report.items() if not isinstance(value, dict))]
    for table in (report["results"], report.get("beside_sapo", {}), report.get("rouge2_better_than", {})):
        for measures in dict.fromkeys(tuple(row) for row in table.values()):
            lines += ["", " " * 20 + "".join(f"{measure:>12}" for measure in measures)]
            rows = [(name, row) for name, row in table.items() if tuple(row) == measures]
            lines += [f"{name:20}" + "".join(f"{row[measure]:12.4f}" for measure in measures) for name, row in rows]
    lines += [f"{name}: {'; '.join(wrong)}" for name, wrong in report.get("faults", {}).items()]
    return "\n".join(lines)


def _on(bar: Progress) -> Told:
    def tell(what: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            bar.show(done, total, done, what)

    return tell
