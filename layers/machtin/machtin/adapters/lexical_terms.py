"""What an article is found by, and the terms that a text is looked up by: the same on every engine.

Three fields: syllables as spelt, syllables folded, and folded bigrams (two neighbouring syllables, the length of most
Vietnamese words). Marks that were typed count, marks that were not are forgiven: a syllable with marks is looked up as
spelt, one without marks among the folded. The weights were tuned on vietnews.val and viqa.train
(docs/decisions/0002-embedded-index.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

from machtin.article import Article
from machtin.vietnamese import fold, fold_syllables, syllables

# The headline stands in the text this many times: BM25F with one field weight, at the price of one field.
TITLE_WEIGHT: Final = 3
BIGRAM_WEIGHT: Final = 0.4
# Longer tokens are indexed and looked up by their beginning; no word of any language is longer.
MAX_TOKEN: Final = 100
# A text of more different syllables than this is searched by its most telling terms.
MAX_SYLLABLES: Final = 40
MAX_BIGRAMS: Final = 40
# Up to this many syllables a query is a phrase of key words: most of them must occur.
KEY_WORDS: Final = 5
# Beyond, at least one term must occur that no more than this share of the articles has (or this number of them).
DISTINCTIVE_SHARE: Final = 0.05
DISTINCTIVE_COUNT: Final = 10


class TextFields(NamedTuple):
    """An article's tokens in the three searched fields, joined by spaces."""

    exact: str
    folded: str
    bigram: str


class Term(NamedTuple):
    """A token to look up in a field, and what its BM25 score is multiplied by."""

    field: str
    token: str
    weight: float


def text_fields(article: Article) -> TextFields:
    """Analyse an article; bigrams don't reach across its fields."""
    exact: list[str] = []
    folded: list[str] = []
    bigrams: list[str] = []
    for text, weight in ((article.title, TITLE_WEIGHT), (article.sapo, 1), (article.body, 1)):
        spelt, bare = _tokens(text)
        exact += spelt * weight
        folded += bare * weight
        bigrams += _bigrams(bare) * weight
    return TextFields(" ".join(exact), " ".join(folded), " ".join(bigrams))


class Frequencies(Protocol):
    """How often terms occur in an index; asked only for texts that are longer than a few key words."""

    @property
    def articles(self) -> int:
        """How many articles there are."""

    def of(self, term: Term) -> int:
        """How many of them have the term."""

    def learn(self, terms: Sequence[Term]) -> None:
        """Find out about all of these at once, where one at a time would be slow."""


class Terms(NamedTuple):
    """A text as terms: one for each different syllable, and its folded bigrams."""

    syllables: list[Term]
    bigrams: list[Term]


def query_terms(text: str, frequencies: Frequencies) -> Terms:
    """The terms of a text, each weighted by the square root of how often it occurs in it.

    Of a long text (related news is searched by a whole article) only those are kept that weigh most, by their
    frequency times inverse document frequency: the twentieth part of the terms finds nearly the same articles.
    """
    spelt, bare = _tokens(text)
    fields = (
        ("folded", token) if token == folded else ("exact", token) for token, folded in zip(spelt, bare, strict=True)
    )
    singles = [Term(field, token, math.sqrt(n)) for (field, token), n in Counter(fields).items()]
    pairs = [Term("bigram", token, BIGRAM_WEIGHT * math.sqrt(n)) for token, n in Counter(_bigrams(bare)).items()]

    def telling(term: Term) -> float:
        seen = frequencies.of(term)
        # A term of one article alone is that article's own, or a slip.
        return term.weight * math.log(1 + (frequencies.articles - seen + 0.5) / (seen + 0.5)) if seen > 1 else 0.0

    if len(singles) > KEY_WORDS:
        frequencies.learn(singles + pairs)
    if len(singles) > MAX_SYLLABLES:
        singles = _most(singles, telling, MAX_SYLLABLES)
    if len(pairs) > MAX_BIGRAMS:
        pairs = _most(pairs, telling, MAX_BIGRAMS)
    return Terms(singles, pairs)


class LexicalQuery(NamedTuple):
    """``needed`` of the ``required`` terms must occur; those and the ``optional`` ones that do add to the score."""

    required: list[Term]
    needed: int
    optional: list[Term]


MATCHES_NOTHING: Final = LexicalQuery([], 0, [])


def lexical_query(text: str, frequencies: Frequencies) -> LexicalQuery:
    """The query that ``text`` becomes; one without any syllable matches nothing.

    What matches: of one or two syllables all, of up to five at least 60 %; of longer texts at least one distinctive
    term. So totals, facets and sorting by date speak of articles that have to do with the query, and no article of the
    first ten is lost. Everything that occurs adds to the score.
    """
    singles, pairs = query_terms(text, frequencies)
    if not singles:
        return MATCHES_NOTHING
    if len(singles) <= KEY_WORDS:
        needed = len(singles) if len(singles) <= 2 else math.ceil(0.6 * len(singles))
        return LexicalQuery(singles, needed, pairs)
    limit = max(DISTINCTIVE_COUNT, DISTINCTIVE_SHARE * frequencies.articles)
    distinctive: list[Term] = []
    common: list[Term] = []
    for term in singles + pairs:
        (distinctive if frequencies.of(term) <= limit else common).append(term)
    return LexicalQuery(distinctive, 1, common) if distinctive else LexicalQuery(common, 1, [])


def spelt_tokens(text: str) -> list[str]:
    """Syllables as spelt, endless ones by their beginning."""
    spelt = syllables(text)
    return [token[:MAX_TOKEN] for token in spelt] if max(map(len, spelt), default=0) > MAX_TOKEN else spelt


def occurrence_term(word: str) -> Term:
    """What tells in how many articles a word stands, as spelt where it has marks, or two words parted by a space."""
    first, _, second = fold(word).partition(" ")
    if second:
        return Term("bigram", f"{first}_{second}", 1.0)
    return Term("folded", word, 1.0) if first == word else Term("exact", word, 1.0)


def _tokens(text: str) -> tuple[list[str], list[str]]:
    """Syllables as spelt and folded, of equal length."""
    spelt = spelt_tokens(text)
    return spelt, fold_syllables(spelt)


def _bigrams(tokens: list[str]) -> list[str]:
    return list(map("_".join, pairwise(tokens)))


def _most(terms: list[Term], weight: Callable[[Term], float], limit: int) -> list[Term]:
    weighed = sorted(((weight(term), term) for term in terms), key=lambda pair: (-pair[0], pair[1]))
    return [term for one, term in weighed[:limit] if one > 0]
