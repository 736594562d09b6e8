"""The training texts as token ids: many short arrays laid end to end."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from canonical_text import canonical, without_diacritics
from corpora import news_articles, passages_and_questions, read_tsv

Ids = NDArray[np.int32]


@dataclass(frozen=True)
class TokenBags:
    """Texts as token ids: bag i is ``ids[starts[i]:starts[i + 1]]``."""

    ids: Ids
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, place: int) -> Ids:
        return self.ids[self.starts[place] : self.starts[place + 1]]

    def span(self, first: int, last: int) -> Ids:
        """The tokens of the bags from first up to, but without, last."""
        return self.ids[self.starts[first] : self.starts[last]]

    def lengths(self) -> NDArray[np.int64]:
        return np.diff(self.starts)


def bags_of(arrays: Iterable[Ids]) -> TokenBags:
    kept = list(arrays)
    starts = np.zeros(len(kept) + 1, dtype=np.int64)
    np.cumsum([len(array) for array in kept], out=starts[1:])
    return TokenBags(np.concatenate([*kept, np.zeros(0, dtype=np.int32)]).astype(np.int32), starts)


def tokenize(tokenizer: Tokenizer, texts: Iterable[str]) -> TokenBags:
    arrays: list[Ids] = []
    remaining = iter(texts)
    while batch := list(itertools.islice(remaining, 2_000)):
        encodings = tokenizer.encode_batch_fast(batch, add_special_tokens=False)
        arrays.extend(np.asarray(encoding.ids, dtype=np.int32) for encoding in encodings)
    return bags_of(arrays)


@dataclass(frozen=True)
class Texts:
    """A kind of short text, as written and as typed without diacritics."""

    written: TokenBags
    bare: TokenBags


def both_forms(tokenizer: Tokenizer, texts: list[str]) -> Texts:
    prepared = [canonical(text) for text in texts]
    return Texts(tokenize(tokenizer, prepared), tokenize(tokenizer, map(without_diacritics, prepared)))


@dataclass(frozen=True)
class TokenStore:
    titles: Texts
    sapos: Texts
    bodies: TokenBags
    passages: TokenBags
    questions: Texts
    passage_of_question: NDArray[np.int64]
    set_of_question: NDArray[np.int64]
    english: TokenBags
    vietnamese: TokenBags
    document_of_pair: NDArray[np.int64]  # rows of one number follow each other in one source
    dictionary_english: TokenBags
    dictionary_vietnamese: TokenBags
    bare_pieces: TokenBags  # for each piece of the vocabulary, its tokens without diacritics


def read_tokens(data: Path, tokenizer: Tokenizer) -> TokenStore:
    news = news_articles(data / "vietnews.train.jsonl.xz")
    passages, questions = passages_and_questions(data)
    pairs = list(read_tsv(data / "envi.train.tsv.xz"))
    entries = list(read_tsv(data / "envi.dictionary.tsv.xz"))
    question_sets = sorted({question.set_name for question in questions})
    sources = sorted({source for source, _, _ in pairs})
    # Tatoeba's sentences stand alone: each is a document of its own.
    documents = [
        len(sources) + place if source == "tatoeba" else sources.index(source)
        for place, (source, _, _) in enumerate(pairs)
    ]
    pieces = [tokenizer.id_to_token(place) or "" for place in range(tokenizer.get_vocab_size())]
    return TokenStore(
        titles=both_forms(tokenizer, [article.title for article in news]),
        sapos=both_forms(tokenizer, [article.sapo for article in news]),
        bodies=tokenize(tokenizer, (canonical(article.body) for article in news)),
        passages=tokenize(tokenizer, map(canonical, passages)),
        questions=both_forms(tokenizer, [question.text for question in questions]),
        passage_of_question=np.array([question.passage for question in questions]),
        set_of_question=np.array([question_sets.index(question.set_name) for question in questions]),
        english=tokenize(tokenizer, (canonical(pair[1]) for pair in pairs)),
        vietnamese=tokenize(tokenizer, (canonical(pair[2]) for pair in pairs)),
        document_of_pair=np.array(documents),
        dictionary_english=tokenize(tokenizer, (canonical(entry[0]) for entry in entries)),
        dictionary_vietnamese=tokenize(tokenizer, (canonical(entry[1]) for entry in entries)),
        bare_pieces=tokenize(tokenizer, map(without_diacritics, pieces)),
    )
