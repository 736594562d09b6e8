"""Queries whose words Telex or VNI keys might be meant by: right ones that are changed, and keys that are read.

``python bench/keystroke_quality.py 4000`` makes an index of so many articles of vietnews.val first. English queries are
of envi.train, from which the list of English words is made, too; what is typed in keys is of headlines 2,001 to 4,000.
"""

from __future__ import annotations

import itertools
import json
import lzma
import random
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from articles import shared_data
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.article import Article
from machtin.ports import IndexEntry
from machtin.suggestion import recovered
from machtin.vietnamese import canonical, fold

QUERIES: Final = 4_000
KEYED: Final = 1_500
TONES: Final = "\u0301\u0300\u0309\u0303\u0323"
KEYS: Final = {
    "Telex": ("sfrxj", {"â": "aa", "ê": "ee", "ô": "oo", "ă": "aw", "ơ": "ow", "ư": "uw", "đ": "dd"}),
    "VNI": ("12345", {"â": "a6", "ê": "e6", "ô": "o6", "ă": "a8", "ơ": "o7", "ư": "u7", "đ": "d9"}),
}
WORD: Final = re.compile(r"[^\W\d_]+")


def main(size: int) -> None:
    """Print two tables."""
    data = shared_data()
    if data is None:
        raise SystemExit("the research data are needed: MACHTIN_SHARED_DATA=FOLDER")
    with tempfile.TemporaryDirectory(prefix="machtin-bench-") as folder:
        index = EmbeddedCatalog(Path(folder)).create("none", 1)
        rows = [json.loads(line) for line in _lines(data / "vietnews.val.jsonl.xz", max(size, 4_000))]
        articles = (
            Article(id=f"val-{at}", title=row["title"], sapo=row["abstract"], body=row["body"])
            for at, row in enumerate(rows[:size])
        )
        index.write([IndexEntry(article, 1, None) for article in articles])
        print(f"{index.count():,} articles")
        for name, queries in _english(data).items():
            changed = [(query, meant) for query in queries if (meant := recovered(index, query))]
            print(f"{name:40}{len(changed):5} of {len(queries):,} changed {changed[:3] or ''}")
        for name, pairs in _keyed([row["title"] for row in rows[2_000:4_000]]).items():
            whole = sum(recovered(index, typed) == meant for typed, meant in pairs)
            print(f"{name:40}{whole / len(pairs):7.1%} of {len(pairs):,} read in full")
        index.close()


def _english(data: Path) -> dict[str, list[str]]:
    chosen = random.Random(11)
    pairs = [line.rstrip("\n").split("\t")[1] for line in _lines(data / "envi.train.tsv.xz", None)]
    entries = [line.split("\t")[0] for line in _lines(data / "envi.dictionary.tsv.xz", None)]
    words = sorted({word for text in pairs for word in WORD.findall(text.lower())})

    def parts(shortest: int, longest: int) -> Iterator[str]:
        for text in chosen.sample(pairs, QUERIES):
            split = text.lower().split()
            start = chosen.randrange(max(1, len(split) - shortest + 1))
            yield " ".join(split[start : start + chosen.randint(shortest, longest)])

    return {
        "English sentences of 2 to 8 words": chosen.sample(
            [one for one in pairs if 2 <= len(one.split()) <= 8], QUERIES
        ),
        "2 to 8 words of English sentences": list(parts(2, 8)),
        "2 or 3 words of English sentences": list(parts(2, 3)),
        "entries of the dictionary": chosen.sample(entries, QUERIES),
        "single words": chosen.sample(words, QUERIES),
    }


def _keyed(titles: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """What is typed and what it stands for: all words as keys, or one among words with their marks, or without."""
    chosen = random.Random(5)
    made: dict[str, list[tuple[str, str]]] = {}
    for method in KEYS:
        windows = list(itertools.islice(_windows(chosen, titles), KEYED))
        one = [(words, chosen.choice([at for at, word in enumerate(words) if fold(word) != word])) for words in windows]
        made[f"{method}, all words"] = [(_all(words, method), " ".join(words)) for words in windows]
        made[f"{method}, one among words with marks"] = [
            (" ".join([*words[:at], _keys(words[at], method), *words[at + 1 :]]), " ".join(words)) for words, at in one
        ]
        bare = [([*map(fold, words[:at]), words[at], *map(fold, words[at + 1 :])], at) for words, at in one]
        made[f"{method}, one among words without"] = [
            (" ".join([*words[:at], _keys(words[at], method), *words[at + 1 :]]), " ".join(words)) for words, at in bare
        ]
    return made


def _windows(chosen: random.Random, titles: Sequence[str]) -> Iterator[list[str]]:
    """Two to six words of a headline, one with a mark at least."""
    while True:
        words = WORD.findall(canonical(chosen.choice(titles)).lower())
        start = chosen.randrange(max(1, len(words) - 1))
        window = words[start : start + chosen.randint(2, 6)]
        if len(window) > 1 and fold(" ".join(window)) != " ".join(window):
            yield window


def _all(words: Sequence[str], method: str) -> str:
    return " ".join(_keys(word, method) for word in words)


def _keys(word: str, method: str) -> str:
    """The keys of a syllable, that of its tone last."""
    tones, letters = KEYS[method]
    parted = unicodedata.normalize("NFD", word)
    tone = "".join(tones[TONES.index(mark)] for mark in parted if mark in TONES)
    bare = unicodedata.normalize("NFC", "".join(mark for mark in parted if mark not in TONES))
    return "".join(letters.get(letter, letter) for letter in bare) + tone


def _lines(path: Path, most: int | None) -> list[str]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        return list(itertools.islice(lines, most))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4_000)
