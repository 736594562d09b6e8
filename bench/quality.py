"""How good search is: nDCG@10 of every set, beside each leg alone and the baselines, as a table and a plot.

    python bench/quality.py [--plot FILE.svg] [--model FOLDER]

Sets of the project always, the research data where they lie. Nothing was tuned on the XQuAD and ViQuAD sets.
``--model`` adds the vectors of another Sentence Transformers model alone (extra ``models``), on sets of up to 1,000
articles.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from machtin.adapters.bm25_baseline import Bm25Baseline
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.model_loading import load_model
from machtin.answers import Mode
from machtin.article import Article
from machtin.evaluation_run import evaluate_baseline, evaluate_modes, index_corpus
from machtin.model_port import Embedder
from machtin.settings import BUNDLED_MODEL
from machtin.vietnamese import fold
from quality_plot import plot
from quality_sets import Set, sets

# A transformer embeds some thirty texts a second.
MOST_FOR_ANOTHER: Final = 1_000
MODES: Final[dict[str, Mode]] = {"machtin": "hybrid", "words alone": "lexical", "meaning alone": "semantic"}
MEASURE: Final = "ndcg@10"
Row = dict[str, float]


def main() -> None:
    """Measure set by set, and say what has been found as soon as it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", type=Path, help="an SVG file to draw the table in")
    parser.add_argument("--model", type=Path, help="the folder of another model, to be measured beside the bundled one")
    arguments = parser.parse_args()
    models: dict[str, Embedder] = {"meaning alone": load_model(BUNDLED_MODEL)}
    if arguments.model:
        models[f"{arguments.model.resolve().name} alone"] = load_model(arguments.model)
    columns = [*MODES, *list(models)[1:], "plain BM25", "folded BM25"]
    print(f"| nDCG@10 | {' | '.join(columns)} | corpus |\n|{'---|' * (len(columns) + 2)}", flush=True)
    table: dict[str, Row] = {}
    for one in sets():
        table[one.name] = row = measured(one, models)
        cells = (f"{row[column]:.4f}" if column in row else "–" for column in columns)
        print(f"| {one.name} | {' | '.join(cells)} | {one.collection.sha256[:12]} |", flush=True)
    if arguments.plot:
        arguments.plot.write_text(plot(table, columns), encoding="utf-8")
        print(f"drawn in {arguments.plot}", file=sys.stderr)


def measured(one: Set, models: dict[str, Embedder]) -> Row:
    """Every column's nDCG@10."""
    row: Row = {}
    articles = list(one.collection.corpus.values())
    for name, model in models.items():
        if model.model_version != models["meaning alone"].model_version and len(articles) > MOST_FOR_ANOTHER:
            continue
        modes: list[Mode] = list(MODES.values()) if name == "meaning alone" else ["semantic"]
        found = asked(one, model, articles, modes)
        row |= {column: found[mode] for column, mode in MODES.items()} if len(modes) > 1 else {name: found["semantic"]}
    for name, corpus, strip in (
        ("plain BM25", articles, one.strip),
        ("folded BM25", [folded(article) for article in articles], True),
    ):
        rank = Bm25Baseline(corpus).rank
        row[name] = evaluate_baseline(rank, one.collection, related=one.related, strip=strip)[MEASURE]
    return row


def asked(one: Set, model: Embedder, articles: Sequence[Article], modes: Sequence[Mode]) -> dict[str, float]:
    """The modes' nDCG@10, of an index made for it."""
    with tempfile.TemporaryDirectory(prefix="machtin-quality-") as folder:
        index = EmbeddedCatalog(Path(folder)).create(model.model_version, model.dimensions)
        index_corpus(index, model, articles, _silent)
        results = evaluate_modes(
            index, model, one.collection, related=one.related, modes=modes, strip=one.strip, progress=_silent
        )
        index.close()
    return {mode: measures[MEASURE] for mode, measures in results.items()}


def folded(article: Article) -> Article:
    """Without diacritics: queries typed without meet it."""
    return replace(article, title=fold(article.title), sapo=fold(article.sapo), body=fold(article.body))


def _silent(_what: str, _done: int, _total: int) -> None:
    pass


if __name__ == "__main__":
    main()
