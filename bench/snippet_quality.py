"""Snippets beside a window around the query's words and the first sentence: how often they show what answers.

No data set marks the sentence that answers, so it is put where it can be known:

- questions: the passages of one Wikipedia page as the paragraphs of an article (viqa.train, viquad2); the snippet is
  right when it stands in the passage that was judged to answer. Also without diacritics.
- passages: the same with short passages (one or two sentences) among their nine nearest neighbours (zalo2019).
- translations: twelve sentences of news in a row (envi.train, evbnews), asked for by the first words of the English
  original of one; right when at least half of that sentence is shown.
"""

from __future__ import annotations

import json
import lzma
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from articles import shared_data
from machtin.article import Article
from machtin.embedding import StaticEmbedder
from machtin.highlights import Highlighter
from machtin.sentences import sentences
from machtin.settings import Settings
from machtin.snippets import SNIPPET_LENGTH, MarkedArticle, snippets
from machtin.vietnamese import fold

MOST = 600
PARAGRAPHS = 8


class Case(NamedTuple):
    """A query over a body, and where in it the answer stands."""

    query: str
    body: str
    start: int
    end: int


Show = Callable[[Case], tuple[int, int]]


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """The share of cases of each kind in which each way shows what answers."""
    embedder = StaticEmbedder.load(Settings().model)
    passages, questions = _viqa(folder)
    kinds = {
        "questions": list(_pages(passages, questions)),
        "passages": list(_short(passages, questions, embedder)),
        "translations": list(_translations(folder)),
    }
    kinds["questions without diacritics"] = [case._replace(query=fold(case.query)) for case in kinds["questions"]]
    ways: dict[str, Show] = {"first sentence": _first, "window around words": _window, "snippet": _ours(embedder)}
    table = {}
    for kind, cases in kinds.items():
        table[f"{kind} ({len(cases)})"] = {
            name: round(sum(_shows(case, *show(case)) for case in cases) / len(cases), 4) for name, show in ways.items()
        }
    return table


def _shows(case: Case, start: int, end: int) -> bool:
    """Half of what is shown lies in what answers, or half of that is shown."""
    common = min(end, case.end) - max(start, case.start)
    return common * 2 >= min(end - start, case.end - case.start) > 0


def _first(case: Case) -> tuple[int, int]:
    sentence = sentences(case.body)[0]
    return sentence.start, sentence.end


def _window(case: Case) -> tuple[int, int]:
    """As long as a snippet, from a little before the place with most different words; the beginning where none is."""
    found = Highlighter(case.query).occurrences(case.body)
    best, most = 0, 0
    for first in found:
        words = {one.word for one in found if first.start <= one.start < first.start + SNIPPET_LENGTH * 3 // 4}
        if len(words) > most:
            best, most = first.start, len(words)
    start = max(case.body.rfind("\n", 0, best) + 1, best - SNIPPET_LENGTH // 4)
    return start, min(len(case.body), start + SNIPPET_LENGTH)


def _ours(embedder: StaticEmbedder) -> Show:
    def show(case: Case) -> tuple[int, int]:
        highlighter = Highlighter(case.query)
        article = MarkedArticle(Article(id="1", title="", body=case.body), [], highlighter.occurrences(case.body))
        snippet = snippets(highlighter, [article], embedder, case.query)[0]
        return (snippet.start, snippet.end) if snippet else (0, 0)

    return show


def _viqa(folder: Path) -> tuple[dict[str, dict[str, str]], list[dict[str, str]]]:
    passages = {row["_id"]: row for row in _rows(folder / "viqa.train.passages.jsonl.xz")}
    return passages, list(_rows(folder / "viqa.train.questions.jsonl.xz"))


def _pages(passages: dict[str, dict[str, str]], questions: list[dict[str, str]]) -> Iterator[Case]:
    pages: dict[str, list[str]] = {}
    for name, row in passages.items():
        if name.startswith("viquad2"):
            pages.setdefault(row["title"], []).append(name)
    asked = [one for one in questions if one["passage"].startswith("viquad2")]
    for one in random.Random(1).sample(asked, len(asked)):
        page = pages[passages[one["passage"]]["title"]]
        if len(page) >= PARAGRAPHS // 2 and MOST:
            at = page.index(one["passage"])
            first = max(0, min(at - at % PARAGRAPHS, len(page) - PARAGRAPHS))
            yield _case(one, page[first : first + PARAGRAPHS], passages)


def _short(
    passages: dict[str, dict[str, str]], questions: list[dict[str, str]], embedder: StaticEmbedder
) -> Iterator[Case]:
    names = [name for name, row in passages.items() if name.startswith("zalo2019") and len(sentences(row["text"])) <= 2]
    vectors = embedder.embed([passages[name]["text"] for name in names])
    places = {name: at for at, name in enumerate(names)}
    asked = [one for one in questions if one["passage"] in places]
    chance = random.Random(2)
    for one in chance.sample(asked, min(MOST, len(asked))):
        at = places[one["passage"]]
        near = np.argsort(-(vectors @ vectors[at]), kind="stable")[: PARAGRAPHS + 2]
        group = [names[place] for place in near]
        chance.shuffle(group)
        yield _case(one, group, passages)


def _case(question: dict[str, str], group: list[str], passages: dict[str, dict[str, str]]) -> Case:
    body, start, end = "", 0, 0
    for name in group:
        if name == question["passage"]:
            start, end = len(body), len(body) + len(passages[name]["text"])
        body += passages[name]["text"] + "\n\n"
    return Case(question["text"], body, start, end)


def _translations(folder: Path) -> Iterator[Case]:
    with lzma.open(folder / "envi.train.tsv.xz", "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t")[1:] for line in lines if line.startswith("evbnews")]
    chance = random.Random(3)
    for start in chance.sample(range(0, len(rows) - 12, 12), MOST):
        group = rows[start : start + 12]
        wanted = chance.choice([at for at, (english, _) in enumerate(group) if len(english.split()) >= 8] or [0])
        body, place = "", 0
        for at, (_, sentence) in enumerate(group):
            place = len(body) if at == wanted else place
            body += sentence + ("\n\n" if at % 3 == 2 else " ")
        yield Case(" ".join(group[wanted][0].split()[:12]), body, place, place + len(group[wanted][1]))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


if __name__ == "__main__":
    data = shared_data()
    if data is None:
        sys.exit("the research data are not here: set MACHTIN_SHARED_DATA to their folder")
    for kind, shares in measure(data).items():
        print(f"{kind:40}" + "".join(f"  {name} {share:.3f}" for name, share in shares.items()))
