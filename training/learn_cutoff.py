"""Learns from which cosine an article that shares no word with the query is an answer (``LEAST_COSINE`` in query.py).

    python training/learn_cutoff.py --data ../shared/data [--model FOLDER]

True queries, none of which the model was trained on, are set against queries that nothing answers, both asked as
readers ask, of an embedded index:

- true: headlines 2,001 to 4,000 of vietnews.val over the first 8,000 bodies, questions of viqa.train that training
  held out over 8,000 passages, both with and without diacritics; English sentences held out of envi.train, and their
  first eight words, over windows of five Vietnamese ones of the same news. An answer is kept where its cosine passes or
  the words find it anyway;
- nonsense: the same queries with the letters of each word shuffled, and random letters;
- elsewhere: random syllables, questions whose page was taken out of the passages, and English sentences asked of the
  passages. Some of what they find does speak of the same thing, so that these are shown and not bound.

The rule: the least cut-off, in hundredths, at which nonsense of every kind finds less than two articles on average, but
none that loses more than one in twenty-five of the true answers of any kind. Where no cut-off does both, true answers
go before: the highest that loses no more.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

import pairs
from canonical_text import without_diacritics
from corpora import passages_and_questions, read_jsonl, read_tsv
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.model_loading import load_model
from machtin.article import Article
from machtin.cosine_scale import rescaled, scale_of
from machtin.evaluation_run import index_corpus
from machtin.model_port import Embedder
from machtin.ports import ArticleIndex, Retrieval
from machtin.query import is_english
from machtin.search import POOL
from machtin.settings import BUNDLED_MODEL
from machtin.vietnamese import syllables

TITLES: Final = slice(2_000, 4_000)
ARTICLES: Final = 8_000
WINDOW: Final = 5
SENTENCES: Final = 20_000
MOST: Final = 300  # queries of a kind, but for the questions, which decide
LEAST_WORDS: Final = 6
FIRST_WORDS: Final = 8
SEED: Final = 20_20  # of training, where a model's record doesn't tell
MOST_FALSE: Final = 2.0
MOST_LOST: Final = 0.04
CUTOFFS: Final = np.round(np.arange(0.14, 0.46, 0.01), 2)

Curve = NDArray[np.float64]


class Curves(NamedTuple):
    """By kind of query, at each of CUTOFFS: the share of true answers that is kept, or how many articles are found for
    a query without any answer."""

    kept: dict[str, Curve]
    nonsense: dict[str, Curve]
    elsewhere: dict[str, Curve]


class Asked:
    """A collection that was indexed, to be asked as search asks."""

    def __init__(self, folder: Path, embedder: Embedder, texts: Sequence[str]) -> None:
        self._embedder = embedder
        self._index: ArticleIndex = EmbeddedCatalog(folder).create(embedder.model_version, embedder.dimensions)
        articles = [Article(id=str(place), title="", body=text) for place, text in enumerate(texts)]
        index_corpus(self._index, embedder, articles, lambda *_: None)

    def kept(self, judged: Mapping[str, int]) -> Curve:
        """Of the answers that any leg finds, the share that each cut-off leaves."""
        cosines = []
        for query, place in judged.items():
            by_words, near = self._legs(query)
            if str(place) in by_words:
                cosines.append(1.0)
            elif str(place) in near:
                cosines.append(near[str(place)])
        return np.array([np.mean(np.array(cosines) >= cutoff) for cutoff in CUTOFFS])

    def found(self, queries: Iterable[str], left_out: Callable[[int], set[str]] = lambda _: set()) -> Curve:
        """Articles that the vector leg alone finds at each cut-off, for each query on average."""
        counts = []
        for at, query in enumerate(queries):
            by_words, near = self._legs(query)
            gone = by_words | left_out(at)
            alone = np.array([cosine for place, cosine in near.items() if place not in gone])
            counts.append([(alone >= cutoff).sum() for cutoff in CUTOFFS])
        return np.mean(counts, axis=0)

    def _legs(self, query: str) -> tuple[set[str], dict[str, float]]:
        vector = self._embedder.embed([query])[0]
        asked = Retrieval(text=query, vector=vector if vector.any() else None, size=POOL)
        found = self._index.retrieve(asked)
        nearest = rescaled(found.nearest, scale_of(self._embedder))
        return set(found.lexical.ids), dict(zip(nearest.ids, nearest.scores, strict=True))


def vietnamese(data: Path, folder: Path, embedder: Embedder, seed: int) -> tuple[Curves, Asked]:
    """The curves of queries in Vietnamese, and the passages, which English ones are asked of too."""
    random = np.random.default_rng(seed)
    rows = [row for row, _ in zip(read_jsonl(data / "vietnews.val.jsonl.xz"), range(ARTICLES), strict=False)]
    news = Asked(folder / "news", embedder, [row["body"] for row in rows])
    titles = {rows[place]["title"]: place for place in range(ARTICLES)[TITLES][:: 2_000 // MOST]}
    passages, questions, pages = _passages(data, folder / "passages", embedder, seed)
    kept = {}
    for name, where, judged in (("headlines", news, titles), ("questions", passages, questions)):
        kept[name] = where.kept(judged)
        kept[f"{name}, bare"] = where.kept({without_diacritics(query): place for query, place in judged.items()})
    nonsense = {
        "letters shuffled": news.found(_shuffled(title, random, 1) for title in titles),
        "random letters": news.found(_letters(random) for _ in range(MOST)),
    }
    known = sorted({syllable for title in titles for syllable in syllables(title) if syllable.isalpha()})
    elsewhere = {
        "random syllables": news.found(" ".join(random.choice(known, 6)) for _ in range(MOST)),
        "page taken out": passages.found(questions, lambda at: pages[list(questions.values())[at]]),
    }
    return Curves(kept, nonsense, elsewhere), passages


def _passages(
    data: Path, folder: Path, embedder: Embedder, seed: int
) -> tuple[Asked, dict[str, int], dict[int, set[str]]]:
    """Passages, held-out questions with the places of their own, and the places of all on the same page as one."""
    texts, questions = passages_and_questions(data)
    titles = [row["title"] for row in read_jsonl(data / "viqa.train.passages.jsonl.xz")]
    held_out = _held_out(data, [one.passage for one in questions], len(texts), seed)
    # The held-out ones first, then the rest of their pages.
    pages = {titles[place] for place in np.flatnonzero(held_out.passages)}
    near = sorted(range(len(texts)), key=lambda place: (not held_out.passages[place], titles[place] not in pages))
    order = near[:ARTICLES]
    new = {place: at for at, place in enumerate(order)}
    held = [one for one, held in zip(questions, held_out.questions, strict=True) if held and one.passage in new]
    judged = {one.text: new[one.passage] for one in held}
    of_page: dict[str, set[str]] = {}
    for place, at in new.items():
        of_page.setdefault(titles[place], set()).add(str(at))
    own = {at: of_page[titles[place]] for place, at in new.items()}
    return Asked(folder, embedder, [texts[place] for place in order]), judged, own


def english(data: Path, folder: Path, embedder: Embedder, passages: Asked, seed: int) -> Curves:
    """The curves of queries that search takes for English."""
    random = np.random.default_rng(seed)
    pairs_of_news = [(one, other) for name, one, other in read_tsv(data / "envi.train.tsv.xz") if name == "evbnews"]
    news = pairs_of_news[-SENTENCES:]
    windows = [" ".join(other for _, other in news[first : first + WINDOW]) for first in range(0, len(news), WINDOW)]
    held = [at for at in range(len(news) - 2_000, len(news)) if len(news[at][0].split()) >= LEAST_WORDS]
    asked = {news[at][0]: at // WINDOW for at in held if is_english(news[at][0])}
    asked = dict(list(asked.items())[:: max(1, len(asked) // MOST)])
    short = {" ".join(one.split()[:FIRST_WORDS]): place for one, place in asked.items()}
    over = Asked(folder / "windows", embedder, windows)
    # Little words stay, so that it still reads as English.
    shuffled = [_shuffled(one, random, 4) for one in asked]
    return Curves(
        {
            "English": over.kept(asked),
            "English, first words": over.kept({one: place for one, place in short.items() if is_english(one)}),
        },
        {"letters shuffled": over.found(filter(is_english, shuffled))},
        {"asked of the passages": passages.found(asked)},
    )


def _held_out(data: Path, passage_of_question: list[int], passages: int, seed: int) -> pairs.HeldOut:
    """What training held out, from what it looks at for that alone; reading all of its texts takes minutes."""
    sources = [source for source, _, _ in read_tsv(data / "envi.train.tsv.xz")]
    first = min(sources)
    looked_at = SimpleNamespace(
        passages=range(passages),
        passage_of_question=np.array(passage_of_question),
        english=sources,
        document_of_pair=np.array([source != first for source in sources], dtype=np.int64),
    )
    return pairs.hold_out(cast("pairs.TokenStore", looked_at), seed)


def _shuffled(text: str, random: np.random.Generator, least: int) -> str:
    """With the letters of all words of at least so many in another order."""
    words = ("".join(random.permutation(list(word))) if len(word) >= least else word for word in text.split())
    return " ".join(words)


def _letters(random: np.random.Generator) -> str:
    lengths = random.integers(4, 9, random.integers(1, 5))
    return " ".join("".join(random.choice(list("abcdeghiklmnopqrstuvxy"), length)) for length in lengths)


def chosen(curves: Curves) -> float:
    """The cut-off by the rule."""
    silent = np.all([curve < MOST_FALSE for curve in curves.nonsense.values()], axis=0)
    faithful = np.all([curve >= 1 - MOST_LOST for curve in curves.kept.values()], axis=0)
    both = CUTOFFS[silent & faithful]
    return float(both[0] if len(both) else CUTOFFS[faithful][-1])


def table(curves: Curves) -> str:
    """The curve: what each cut-off keeps and lets through."""
    columns = {f"{kind}: {name}": curve for kind, some in curves._asdict().items() for name, curve in some.items()}
    lines = [f"| cut-off | {' | '.join(columns)} |", f"|{'---|' * (len(columns) + 1)}"]
    for at, cutoff in enumerate(CUTOFFS):
        cells = (
            f"{curve[at]:.3f}" if name.startswith("kept") else f"{curve[at]:.1f}" for name, curve in columns.items()
        )
        lines.append(f"| {cutoff:.2f} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Print both curves, and the constants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the research data")
    parser.add_argument("--model", type=Path, default=BUNDLED_MODEL, help="a model folder (the bundled one)")
    arguments = parser.parse_args()
    embedder = load_model(arguments.model)
    record = arguments.model / "training.json"
    told = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    seed = int(told.get("seed", SEED))
    with tempfile.TemporaryDirectory(prefix="machtin-cutoff-") as folder:
        ours, passages = vietnamese(arguments.data, Path(folder), embedder, seed)
        across = english(arguments.data, Path(folder), embedder, passages, seed)
    print(f"{embedder.model_version}\n\n{table(ours)}\n\n{table(across)}\n")
    print(f"LEAST_COSINE: Final = {chosen(ours):.2f}\nLEAST_COSINE_ACROSS_LANGUAGES: Final = {chosen(across):.2f}")


if __name__ == "__main__":
    main()
