"""Learns what makes an article that shares no word with the query an answer: the limits in query.py.

    python training/learn_cutoff.py --data ../shared/data [--model FOLDER]

True queries, none of which the model was trained on, are set against queries that nothing answers, both asked as
readers ask, of an embedded index:

- true: headlines 2,001 to 4,000 of vietnews.val over the first 8,000 bodies, questions of viqa.train that training
  held out over 8,000 passages, both with and without diacritics; English sentences held out of envi.train, and their
  first eight words, over windows of five Vietnamese ones of the same news. An answer is kept where it passes or the
  words find it anyway;
- nonsense: the same queries with the letters of each word shuffled, and random letters;
- elsewhere: random syllables, questions whose page was taken out of the passages, and English sentences asked of the
  passages. Some of what they find does speak of the same thing, so that these are shown and not bound.

The rule: the least cut-off, in hundredths, at which nonsense of every kind finds less than so many articles on
average, but none that loses more than a certain share of the true answers of any kind; where no cut-off does both, true
answers go before: the highest that loses no more. For ``LEAST_COSINE`` two articles and one in twenty-five; for
``LEAST_PASSAGE``, where words are aligned and, in Vietnamese, the cosine passes, one article and one in a hundred.
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
from machtin.model_port import Embedder, WordAligner
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
MOST_FALSE_BY_PASSAGES: Final = 1.0
MOST_LOST_BY_PASSAGES: Final = 0.01
CUTOFFS: Final = np.round(np.arange(0.14, 0.46, 0.01), 2)
PASSAGES: Final = np.round(np.arange(0.20, 0.60, 0.01), 2)
ANY: Final = -1.0

Near = NDArray[np.float64]
"""Cosine and aligned passage of articles, shape (n, 2)."""


class Asking(NamedTuple):
    """By kind of query: how near the true answers are that any leg finds, 1 where the words find them, and how near
    what the vector leg alone finds for each query without an answer."""

    true: dict[str, Near]
    nonsense: dict[str, list[Near]]
    elsewhere: dict[str, list[Near]]


class Asked:
    """A collection that was indexed, to be asked as search asks."""

    def __init__(self, folder: Path, embedder: Embedder, texts: Sequence[str]) -> None:
        self._embedder = embedder
        self._index: ArticleIndex = EmbeddedCatalog(folder).create(embedder.model_version, embedder.dimensions)
        articles = [Article(id=str(place), title="", body=text) for place, text in enumerate(texts)]
        index_corpus(self._index, embedder, articles, lambda *_: None)

    def kept(self, judged: Mapping[str, int]) -> Near:
        """How near the answers are that any leg finds."""
        answers = []
        for query, place in judged.items():
            by_words, near = self._legs(query)
            if str(place) in by_words:
                answers.append((1.0, 1.0))
            elif str(place) in near:
                answers.append(near[str(place)])
        return np.array(answers)

    def found(self, queries: Iterable[str], left_out: Callable[[int], set[str]] = lambda _: set()) -> list[Near]:
        """For each query, how near what the vector leg alone finds is."""
        found = []
        for at, query in enumerate(queries):
            by_words, near = self._legs(query)
            gone = by_words | left_out(at)
            found.append(np.array([one for place, one in near.items() if place not in gone]).reshape(-1, 2))
        return found

    def _legs(self, query: str) -> tuple[set[str], dict[str, tuple[float, float]]]:
        vector = self._embedder.embed([query])[0]
        asked = Retrieval(text=query, vector=vector if vector.any() else None, size=POOL)
        found = self._index.retrieve(asked)
        nearest = rescaled(found.nearest, scale_of(self._embedder))
        passages = dict.fromkeys(nearest.ids, 1.0)
        if isinstance(self._embedder, WordAligner):
            pieces = self._index.pieces(nearest.ids)
            passages |= dict(zip(pieces, self._embedder.alignment(query, list(pieces.values()))[:, 1], strict=True))
        near = {one: (cosine, passages[one]) for one, cosine in zip(nearest.ids, nearest.scores, strict=True)}
        return set(found.lexical.ids), near


def vietnamese(data: Path, folder: Path, embedder: Embedder, seed: int) -> tuple[Asking, Asked]:
    """What queries in Vietnamese find, and the passages, which English ones are asked of too."""
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
    return Asking(kept, nonsense, elsewhere), passages


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


def english(data: Path, folder: Path, embedder: Embedder, passages: Asked, seed: int) -> Asking:
    """What queries find that search takes for English."""
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
    return Asking(
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


def kept_at(near: Near, cosine: float, passage: float) -> float:
    """The share of true answers that these limits leave."""
    return float(((near[:, 0] >= cosine) & (near[:, 1] >= passage)).mean())


def found_at(queries: Sequence[Near], cosine: float, passage: float) -> float:
    """How many articles a query without an answer finds on average."""
    return float(np.mean([((near[:, 0] >= cosine) & (near[:, 1] >= passage)).sum() for near in queries]))


def least_cosine(asking: Asking) -> float:
    """The cut-off by cosines alone."""
    return _by_the_rule(asking, [(cut, ANY) for cut in CUTOFFS], MOST_FALSE, MOST_LOST)[0]


def least_passage(asking: Asking, cosine: float) -> float:
    """The cut-off by passages of what passes ``cosine``."""
    limits = [(cosine, cut) for cut in PASSAGES]
    return _by_the_rule(asking, limits, MOST_FALSE_BY_PASSAGES, MOST_LOST_BY_PASSAGES)[1]


def _by_the_rule(
    asking: Asking, limits: Sequence[tuple[float, float]], most_false: float, most_lost: float
) -> tuple[float, float]:
    """Of limits that grow, each a cosine and a passage; losses count from what the first ones keep."""
    bounds = {name: kept_at(near, *limits[0]) - most_lost for name, near in asking.true.items()}
    faithful = [one for one in limits if all(kept_at(asking.true[name], *one) >= bounds[name] for name in bounds)]
    silent = [one for one in faithful if all(found_at(some, *one) < most_false for some in asking.nonsense.values())]
    return silent[0] if silent else faithful[-1]


def table(asking: Asking, limits: Sequence[tuple[float, float]]) -> str:
    """What each pair of limits keeps of true answers and lets through for other queries."""
    others = asking.nonsense | asking.elsewhere
    lines = [
        f"| cosine, passage | {' | '.join([*asking.true, *others])} |",
        f"|{'---|' * (len(asking.true) + len(others) + 1)}",
    ]
    for cosine, passage in limits:
        cells = [f"{kept_at(near, cosine, passage):.3f}" for near in asking.true.values()]
        cells += [f"{found_at(queries, cosine, passage):.1f}" for queries in others.values()]
        told = [f"{limit:.2f}" for limit in (cosine, passage) if limit != ANY]
        lines.append(f"| {', '.join(told)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Print the curves, and the constants."""
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
    print(embedder.model_version)
    for asking, name, alone in ((ours, "", False), (across, "_ACROSS_LANGUAGES", True)):
        cosine = least_cosine(asking)
        # Across languages cosines hardly tell nonsense from sense: passages decide alone.
        beside = ANY if alone else cosine
        print(f"\n{table(asking, [(cut, ANY) for cut in CUTOFFS])}")
        print(f"\n{table(asking, [(beside, cut) for cut in PASSAGES])}")
        print(f"\nLEAST_COSINE{name}: Final = {cosine:.2f}")
        print(f"LEAST_PASSAGE{name}: Final = {least_passage(asking, beside):.2f}")


if __name__ == "__main__":
    main()
