"""How good related news is: nDCG@10 beside what else could be shown, and how right each part is.

    python bench/related_quality.py [--opensearch http://127.0.0.1:9200] [--knobs]

The project's own sets always, the research data where they lie. The event model was trained on VN-MDS and on the sample
stories: what it does for events that it has not seen is what ``training/train_events.py`` prints. ``--opensearch``
adds ``more_like_this`` of a running server (``make opensearch-start``); ``--knobs`` tells what each knob of
``related_knobs.py`` does instead.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import UTC, datetime
from typing import Final

from machtin.adapters.bm25_baseline import Bm25Baseline
from machtin.adapters.model_loading import load_model
from machtin.article import Article
from machtin.model_port import Embedder
from machtin.near_duplicates import whole_text
from machtin.settings import BUNDLED_MODEL
from more_like_this import more_like_this
from related_knob_figures import knob_table
from related_measures import ALL, Measured, Parts, headline, indexed, measured_parts, ndcg, ranker, whole
from related_sets import RelatedSet, related_sets

MOST: Final = 100
EARLIEST: Final = datetime.min.replace(tzinfo=UTC)

Rank = Callable[[Article], Sequence[str]]
NONE: Final[AbstractContextManager[Mapping[str, Rank]]] = nullcontext({})


def main() -> None:
    """Measure set by set, and say what has been found as soon as it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--opensearch", metavar="URL", help="the address of a running server")
    parser.add_argument("--knobs", action="store_true", help="the knobs, one at a time")
    options = parser.parse_args()
    embedder = load_model(BUNDLED_MODEL)
    with ExitStack() as stack:
        made = [stack.enter_context(indexed(one, embedder)) for one in related_sets()]
        if options.knobs:
            for line in knob_table(made, embedder):
                print(line, flush=True)
            return
        for one in made:
            with more_like_this(options.opensearch, one.own.corpus.values()) if options.opensearch else NONE as others:
                beside(one, embedder, others)
        parts = {one.own.name: measured_parts(one.own, one.index, embedder, ALL) for one in made}
    print("\n" + parts_table(parts))
    print("\nThe event model has seen these events; for others see training/train_events.py.", file=sys.stderr)


def beside(one: Measured, embedder: Embedder, others: Mapping[str, Rank]) -> None:
    """Print what machtin's ranking is worth, beside what else could be shown."""
    print(f"\n| nDCG@10: {one.own.name} | whole article | headline alone |\n|---|---|---|", flush=True)
    ranks: dict[str, Rank] = {
        "machtin": ranker(one.index, embedder, "hybrid"),
        "meaning alone": ranker(one.index, embedder, "semantic"),
        "plain BM25": plain_bm25(one.own),
        **({"the newest articles": newest(one.own)} if one.own.dated else {}),
        **others,
    }
    for name, rank in ranks.items():
        print(f"| {name} | {ndcg(one.own, rank, whole):.4f} | {ndcg(one.own, rank, headline):.4f} |", flush=True)


def plain_bm25(one: RelatedSet) -> Rank:
    """Of all syllables of the text."""
    baseline = Bm25Baseline(one.corpus.values())
    return lambda article: baseline.rank(whole_text(article), MOST + 1)


def newest(one: RelatedSet) -> Rank:
    """The same list under every article, as many newspapers have it. An article without a date comes last."""
    dated = [article for article in one.corpus.values() if article.published_at]
    order = [article.id for article in sorted(dated, key=lambda article: article.published_at or EARLIEST)]
    return lambda _: order[::-1][: MOST + 1]


def parts_table(parts: Mapping[str, Parts]) -> str:
    """Precision and recall of what is shown, however much it is."""
    head = "developments, precision / recall | background | reports of the event counted | shown where nothing belongs"
    lines = [f"| set | {head} |", "|" + "---|" * 5]
    for name, one in parts.items():
        if one.filler is None:
            judged = f"{one.developments} | – | – | –"
        else:
            either = f"{one.background_either:.3f}"
            filler = f"{one.filler[0]:.0%} developments, {one.filler[1]:.0%} background"
            judged = f"{one.developments} | {one.background} | {either} | {filler}"
        lines.append(f"| {name} | {judged} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
