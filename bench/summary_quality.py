"""How good summaries are: ROUGE beside first sentences and sumy's TextRank, LexRank and LSA, with paired intervals.

    make bench-summaries, or: python bench/summary_quality.py [--limit 200] [--jsonl build/vietnews.val.jsonl]

The last 2,000 articles of vietnews.val, against the sapo that an editor wrote; the summarizer sees headline and body.
All have the same sentences to choose from, and are compared twice: at the length that each has by itself (machtin's own
choice; one to three sentences of the others), and with at most 40 syllables, filled in the order in which each ranks
the sentences. Intervals are of machtin's figure minus the other's, paired by article, with 95 % confidence.

``--jsonl`` writes the articles as ``machtin evaluate FILE --task summary`` reads them.
"""

from __future__ import annotations

import argparse
import json
import lzma
import warnings
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from articles import shared_data
from machtin.article import Article
from machtin.evaluation import Rouge, paired_bootstrap, rouge
from machtin.sentences import sentences
from machtin.summary import ExtractiveSummarizer
from machtin.summary_request import GENERAL, SummaryRequest
from machtin.vietnamese import syllables
from sumy_systems import SYSTEMS, document, ranking

ARTICLES: Final = 2_000
ROOM: Final = 40
Tokens = list[str]
Rankings = dict[str, list[int]]
"""Places of an article's sentences, best first, of each system."""
Measured = dict[str, list[tuple[Rouge, int]]]
"""ROUGE and length in syllables, article by article, of each system."""


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=ARTICLES, help="so many of the articles, from the end")
    parser.add_argument("--jsonl", type=Path, help="write the articles there")
    options = parser.parse_args()
    data = shared_data()
    if data is None:
        raise SystemExit("the research data are needed: MACHTIN_SHARED_DATA=FOLDER")
    with lzma.open(data / "vietnews.val.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][-options.limit :]
    if options.jsonl:
        written = [{"title": row["title"], "body": row["body"], "summary": row["abstract"]} for row in rows]
        options.jsonl.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in written), "utf-8")
    summarizer = ExtractiveSummarizer.load()
    own_length: Measured = {}
    same_length: Measured = {}
    for row in rows:
        article = Article(id="row", title=row["title"], body=row["body"])
        reference = syllables(row["abstract"])
        tokens, rankings = _ranked(article)
        _note(own_length, _at_own_length(article, summarizer, tokens, rankings), reference)
        _note(same_length, _at_same_length(article, summarizer, tokens, rankings), reference)
    print(f"{len(rows):,} articles, the last of vietnews.val\n\nEach at its own length:\n")
    _show(own_length)
    print(f"\nAt most {ROOM} syllables:\n")
    _show(same_length)


def _at_own_length(
    article: Article, summarizer: ExtractiveSummarizer, tokens: Sequence[Tokens], rankings: Rankings
) -> dict[str, Tokens]:
    published = [syllables(one.text) for one in sentences(article.body)]
    made = {"machtin": _tokens(summarizer, article, GENERAL)}
    made |= {f"Lead-{count}": list(chain.from_iterable(published[:count])) for count in (1, 2, 3)}
    for name, places in rankings.items():
        made |= {f"{name}, {count}": _in_order(tokens, places[:count]) for count in (1, 2)}
    return made


def _at_same_length(
    article: Article, summarizer: ExtractiveSummarizer, tokens: Sequence[Tokens], rankings: Rankings
) -> dict[str, Tokens]:
    made = {"machtin": _tokens(summarizer, article, SummaryRequest(syllables=ROOM))}
    rankings = {"Lead": list(range(len(tokens))), **rankings}
    return made | {name: _in_order(tokens, _that_fit(tokens, places)) for name, places in rankings.items()}


def _ranked(article: Article) -> tuple[list[Tokens], Rankings]:
    """The syllables of the article's sentences, and their places, best first, by each of sumy's systems."""
    read = document(article.body)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # LSA warns of texts with fewer words than sentences
        return [list(sentence.words) for sentence in read.sentences], {name: ranking(name, read) for name in SYSTEMS}


def _tokens(summarizer: ExtractiveSummarizer, article: Article, request: SummaryRequest) -> Tokens:
    return syllables(" ".join(one.text for one in summarizer.summarize(article, request).sentences))


def _in_order(tokens: Sequence[Tokens], places: Sequence[int]) -> Tokens:
    return list(chain.from_iterable(tokens[at] for at in sorted(places)))


def _that_fit(tokens: Sequence[Tokens], places: Sequence[int]) -> list[int]:
    """Each in turn for which there is room."""
    taken, room = [], ROOM
    for at in places:
        if len(tokens[at]) <= room:
            taken.append(at)
            room -= len(tokens[at])
    return taken


def _note(measured: Measured, made: dict[str, Tokens], reference: Tokens) -> None:
    for name, tokens in made.items():
        measured.setdefault(name, []).append((rouge(tokens, reference), len(tokens)))


def _show(measured: Measured) -> None:
    print(
        "| | R-1 | R-2 | R-L | syllables | machtin's R-1 is better by | R-2 | R-L |\n|---|---|---|---|---|---|---|---|"
    )
    ours = [scores for scores, _ in measured["machtin"]]
    for name, rows in measured.items():
        theirs = [scores for scores, _ in rows]
        figures = [f"{100 * _mean([score[at] for score in theirs]):.1f}" for at in range(3)]
        length = f"{_mean([float(length) for _, length in rows]):.1f}"
        better = [_better(ours, theirs, at) for at in range(3)] if name != "machtin" else [""] * 3
        print(f"| {' | '.join([name, *figures, length, *better])} |")


def _better(ours: Sequence[Rouge], theirs: Sequence[Rouge], at: int) -> str:
    found = paired_bootstrap([mine[at] - other[at] for mine, other in zip(ours, theirs, strict=True)])
    return f"{100 * found.mean:+.1f} ({100 * found.low:+.1f} to {100 * found.high:+.1f})"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
