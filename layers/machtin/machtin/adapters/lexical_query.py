"""What the text index knows an article by, and the BM25 query that a text becomes.

Analysis happens here, in Python, for both sides; the engine is given tokens joined by spaces. Three fields: syllables
as spelt, syllables folded, and folded bigrams (two neighbouring syllables, the length of most Vietnamese words). Marks
that were typed count, marks that were not are forgiven: a syllable with marks is looked up as spelt, one without marks
among the folded. The weights were tuned on vietnews.val and viqa.train (docs/decisions/0002-embedded-index.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from machtin.article import Article
from machtin.vietnamese import fold_syllables, syllables

if TYPE_CHECKING:
    import tantivy

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


class Terms(NamedTuple):
    """A text as terms: one for each different syllable, and its folded bigrams."""

    syllables: list[Term]
    bigrams: list[Term]


def query_terms(text: str, doc_freq: Callable[[str, str], int], articles: int) -> Terms:
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
        seen = doc_freq(term.field, term.token)
        # A term of one article alone is that article's own, or a slip.
        return term.weight * math.log(1 + (articles - seen + 0.5) / (seen + 0.5)) if seen > 1 else 0.0

    if len(singles) > MAX_SYLLABLES:
        singles = _most(singles, telling, MAX_SYLLABLES)
        pairs = _most(pairs, telling, MAX_BIGRAMS)
    return Terms(singles, pairs)


def lexical_query(
    schema: tantivy.Schema, text: str, doc_freq: Callable[[str, str], int], articles: int
) -> tantivy.Query:
    """The query that ``text`` becomes; one without any syllable matches nothing.

    What matches: of one or two syllables all, of up to five at least 60 %; of longer texts at least one distinctive
    term. So totals, facets and sorting by date speak of articles that have to do with the query, and no article of the
    first ten is lost. Everything that occurs adds to the score.
    """
    from tantivy import Occur, Query

    def should(terms: Iterable[Term]) -> list[tuple[Occur, Query]]:
        return [
            (Occur.Should, Query.boost_query(Query.term_query(schema, term.field, term.token, "freq"), term.weight))
            for term in terms
        ]

    singles, pairs = query_terms(text, doc_freq, articles)
    if not singles:
        return Query.empty_query()
    if len(singles) <= KEY_WORDS:
        needed = len(singles) if len(singles) <= 2 else math.ceil(0.6 * len(singles))
        if needed == len(singles):
            return Query.boolean_query([(Occur.Must, query) for _, query in should(singles)] + should(pairs))
        return Query.boolean_query([(Occur.Must, Query.boolean_query(should(singles), needed)), *should(pairs)])
    limit = max(DISTINCTIVE_COUNT, DISTINCTIVE_SHARE * articles)
    distinctive: list[Term] = []
    common: list[Term] = []
    for term in singles + pairs:
        (distinctive if doc_freq(term.field, term.token) <= limit else common).append(term)
    if not distinctive:
        return Query.boolean_query(should(common))
    return Query.boolean_query([(Occur.Must, Query.boolean_query(should(distinctive))), *should(common)])


def _tokens(text: str) -> tuple[list[str], list[str]]:
    """Syllables as spelt and folded, of equal length."""
    spelt = syllables(text)
    if max(map(len, spelt), default=0) > MAX_TOKEN:
        spelt = [token[:MAX_TOKEN] for token in spelt]
    return spelt, fold_syllables(spelt)


def _bigrams(tokens: list[str]) -> list[str]:
    return list(map("_".join, pairwise(tokens)))


def _most(terms: list[Term], weight: Callable[[Term], float], limit: int) -> list[Term]:
    weighed = sorted(((weight(term), term) for term in terms), key=lambda pair: (-pair[0], pair[1]))
    return [term for one, term in weighed[:limit] if one > 0]
