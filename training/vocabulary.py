"""The tokenizer: a Unigram model whose pieces are words of one or more syllables.

Viterbi over such a vocabulary *is* the word segmentation (" kinh tế| trọng điểm"), so nothing has to
segment text before it. Kudo (2018), "Subword Regularization", describes the Unigram model.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import Unigram
from tokenizers.trainers import UnigramTrainer

from canonical_text import canonical, with_new_tone_places, without_diacritics, words
from corpora import news_articles, passages_and_questions, read_tsv

UNKNOWN = "<unk>"
SPACE = " "


@dataclass(frozen=True)
class VocabularySize:
    """Where each kind of piece is cut off; counts are those of the training sets."""

    syllable_count: int = 6
    compound_count: int = 20
    bare_words: int = 18_000  # the most frequent words that get a piece without diacritics
    english_count: int = 2
    passage_count: int = 3
    subwords: int = 5_000
    letter_count: int = 20


# Log-probabilities taken off pieces that should win only where nothing better fits.
BARE_PENALTY = 1.0
SUBWORD_PENALTY = 6.0
LETTER_SCORE = -22.0


@dataclass(frozen=True)
class Counts:
    """Occurrences in the training sets: words (of several syllables) and tokens between spaces."""

    words: Counter[str]
    news: Counter[str]
    english: Counter[str]
    translated: Counter[str]
    dictionary: Counter[str]
    passages: Counter[str]


def count(data: Path) -> Counts:
    listed: Counter[str] = Counter()
    for word, occurrences in read_tsv(data / "vietnews.words.tsv.xz"):
        listed[canonical(word.replace("_", " "))] += int(occurrences)
    news: Counter[str] = Counter()
    for article in news_articles(data / "vietnews.train.jsonl.xz"):
        news.update(words(canonical(f"{article.title}\n{article.sapo}\n{article.body}")))
    english: Counter[str] = Counter()
    translated: Counter[str] = Counter()
    for _, source, target in read_tsv(data / "envi.train.tsv.xz"):
        english.update(words(canonical(source)))
        translated.update(words(canonical(target)))
    dictionary: Counter[str] = Counter()
    for entry, _ in read_tsv(data / "envi.dictionary.tsv.xz"):
        dictionary.update(set(words(canonical(entry))))
    passages: Counter[str] = Counter()
    texts, questions = passages_and_questions(data)
    for text in [*texts, *(question.text for question in questions)]:
        passages.update(words(canonical(text)))
    return Counts(listed, news, english, translated, dictionary, passages)


def piece_of(words_: str) -> str:
    return "".join(SPACE + word for word in words_.split())


def whole_words(counts: Counts, size: VocabularySize) -> dict[str, float]:
    """Vietnamese and English words as "kinh tế" → log-probability."""
    kept: Counter[str] = Counter(
        {
            word: occurrences
            for word, occurrences in counts.words.items()
            if occurrences >= (size.compound_count if " " in word else size.syllable_count)
        }
    )
    for word in list(kept):
        for syllable in word.split():
            kept.setdefault(syllable, counts.words.get(syllable, 1))
    for word, occurrences in counts.english.items():
        if occurrences >= size.english_count or word in counts.dictionary:
            kept[word] += occurrences
    for source in (counts.passages, counts.translated):
        for word, occurrences in source.items():
            if occurrences >= size.passage_count and word not in kept:
                kept[word] = occurrences
    total = sum(kept.values())
    return {word: math.log(occurrences / total) for word, occurrences in kept.items()}


def bare_forms(counts: Counts, scores: dict[str, float], size: VocabularySize) -> dict[str, float]:
    """Forms without diacritics of the frequent words; a form shared by several words adds them up."""
    forms: dict[str, float] = {}
    frequent = [word for word, _ in counts.words.most_common() if word in scores][: size.bare_words]
    for word in frequent:
        form = without_diacritics(word)
        if form not in scores:
            forms[form] = forms.get(form, 0.0) + math.exp(scores[word])
    for form in list(forms):
        for syllable in form.split():
            if syllable not in scores and syllable not in forms:
                forms[syllable] = math.exp(min(scores.values()))
    return {form: math.log(probability) - BARE_PENALTY for form, probability in forms.items()}


def spelling_variants(scores: dict[str, float]) -> dict[str, str]:
    """The variant with the tone mark on the last vowel → the word it stands for ("thuỷ điện" → "thủy điện")."""
    variants = {with_new_tone_places(word): word for word in scores}
    return {variant: word for variant, word in variants.items() if variant != word and variant not in scores}


def rare_word_pieces(counts: Counts, known: Iterable[str], size: VocabularySize) -> dict[str, float]:
    """Sub-word pieces learned on the words that have no piece of their own (names above all)."""
    known = set(known)
    rare: Counter[str] = Counter()
    for source in (counts.news, counts.english, counts.passages, counts.translated):
        rare.update({word: n for word, n in source.items() if word not in known and not word.isdigit()})
    learner = Tokenizer(Unigram())
    learner.pre_tokenizer = pre_tokenizers.Metaspace(replacement="_", prepend_scheme="always")
    trainer = UnigramTrainer(vocab_size=size.subwords, show_progress=False, max_piece_length=8, shrinking_factor=0.5)
    sample = (word for word in sorted(rare) for _ in range(min(rare[word], 5)))
    learner.train_from_iterator(sample, trainer)
    return {
        piece.replace("_", SPACE): score - SUBWORD_PENALTY
        for piece, score in json.loads(learner.to_str())["model"]["vocab"]
    }


def letters(counts: Counts, size: VocabularySize) -> set[str]:
    seen: Counter[str] = Counter()
    for source in (counts.news, counts.english, counts.passages):
        for word, occurrences in source.items():
            for letter in word:
                seen[letter] += occurrences
    return {letter for letter, occurrences in seen.items() if occurrences >= size.letter_count}


def normalizer() -> normalizers.Normalizer:
    """Raw text → letters and digits between single spaces, lower-case, NFC, đ for eth."""
    return normalizers.Sequence(
        [
            normalizers.NFC(),
            normalizers.Lowercase(),
            normalizers.Replace(Regex(r"[\p{M}\p{Cf}]+"), ""),
            normalizers.Replace("ð", "đ"),
            normalizers.Replace(Regex(r"[^\p{L}\p{N}]+"), " "),
            normalizers.Strip(),
            normalizers.Prepend(SPACE),
        ]
    )


def build(counts: Counts, size: VocabularySize) -> tuple[Tokenizer, dict[int, int]]:
    """The tokenizer, and for each alias piece the piece whose row it shares."""
    scores = whole_words(counts, size)
    pieces: dict[str, float] = {piece_of(word): score for word, score in scores.items()}
    for form, score in bare_forms(counts, scores, size).items():
        pieces[piece_of(form)] = score
    for piece, score in rare_word_pieces(counts, scores, size).items():
        pieces.setdefault(piece, score)
    for letter in letters(counts, size):
        pieces.setdefault(letter, LETTER_SCORE)
    pieces.setdefault(SPACE, LETTER_SCORE)
    variants = {piece_of(new): piece_of(old) for new, old in spelling_variants(scores).items()}
    for variant, piece in variants.items():
        pieces.setdefault(variant, pieces[piece])

    # Rounded before sorting: the sub-word learner sums on several threads, and its last digits vary from run to run.
    rounded = ((piece, round(score, 2)) for piece, score in pieces.items())
    vocabulary = [(UNKNOWN, 0.0), *sorted(rounded, key=lambda entry: (-entry[1], entry[0]))]
    tokenizer = Tokenizer(Unigram(vocabulary, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizer()
    places = {piece: place for place, (piece, _) in enumerate(vocabulary)}
    return tokenizer, {places[variant]: places[piece] for variant, piece in variants.items()}


def compact_json(tokenizer: Tokenizer) -> str:
    """The tokenizer's JSON without blanks and with scores of two decimals: it loads the faster for it."""
    content = json.loads(tokenizer.to_str())
    content["model"]["vocab"] = [[piece, round(score, 2)] for piece, score in content["model"]["vocab"]]
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
