"""What an article is found by, and the terms that a text is looked up by: the same on every engine.

Three fields: syllables as spelt, syllables folded, and folded bigrams (two neighbouring syllables, the length of most
Vietnamese words). Marks that were typed count, marks that were not are forgiven: a syllable with marks is looked up as
spelt, one without marks among the folded. Words of several spellings are written and looked up by one of them. The
weights were tuned on vietnews.val and viqa.train (docs/decisions/0002-embedded-index.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

from machtin.article import Article
from machtin.spelling import keyed, with_any_marks
from machtin.vietnamese import fold_syllables, syllables

# The headline stands in the text this many times: BM25F with one field weight, at the price of one field.
TITLE_WEIGHT: Final = 3
# A pair counts by its rarity alone, however often it stands in a text and however long that is.
BIGRAM_WEIGHT: Final = 0.5
# Longer tokens are indexed and looked up by their beginning; no word of any language is longer.
MAX_TOKEN: Final = 100
# A text of more different syllables than this is searched by its most telling terms.
MAX_SYLLABLES: Final = 40
MAX_BIGRAMS: Final = 40
# Up to this many syllables a query is a phrase of key words: most of them must occur.
KEY_WORDS: Final = 5
# A phrase of more syllables than this is known by its beginning.
MAX_ROW: Final = 32
# Beyond, at least one term must occur that no more than this share of the articles has (or this number of them).
DISTINCTIVE_SHARE: Final = 0.05
DISTINCTIVE_COUNT: Final = 10


class Analysis(NamedTuple):
    """How an index version was written, and so is to be asked: its format says which.

    ``variants``: by one key for all spellings of a word; ``positions``: with the places of the words as spelt.
    """

    variants: bool
    positions: bool

    def tokens(self, text: str) -> list[str]:
        """Syllables as spelt, endless ones by their beginning."""
        spelt = syllables(text)
        if max(map(len, spelt), default=0) > MAX_TOKEN:
            spelt = [token[:MAX_TOKEN] for token in spelt]
        return keyed(spelt) if self.variants else spelt

    def values(self, article: Article) -> list[str]:
        """The tokens of an article as values that neither pairs nor phrases reach across: the headline as often as it
        weighs, the sapo, the body."""
        title, sapo, body = (" ".join(self.tokens(text)) for text in (article.title, article.sapo, article.body))
        return [one for one in (*[title] * TITLE_WEIGHT, sapo, body) if one]


CURRENT: Final = Analysis(variants=True, positions=True)
# Of indexes from before phrases; they go on answering until a re-index.
EARLIER: Final = Analysis(variants=False, positions=False)
OUTDATED: Final = (
    "index version %s was written by an earlier machtin: it answers, but phrases are looked up by pairs of words, and"
    " spellings of one name don't meet; build it anew: machtin reindex"
)


class TextFields(NamedTuple):
    """An article's tokens in the three searched fields, joined by spaces; those as spelt as values apart."""

    exact: list[str]
    folded: str
    bigram: str


class Term(NamedTuple):
    """A token to look up in a field, and what its BM25 score is multiplied by."""

    field: str
    token: str
    weight: float


def text_fields(article: Article, analysis: Analysis = CURRENT) -> TextFields:
    """Analyse an article; bigrams don't reach across its fields."""
    exact: list[str] = []
    folded: list[str] = []
    bigrams: list[str] = []
    for text, weight in ((article.title, TITLE_WEIGHT), (article.sapo, 1), (article.body, 1)):
        spelt = analysis.tokens(text)
        bare = fold_syllables(spelt)
        exact += [" ".join(spelt)] * weight if spelt else []
        folded += bare * weight
        bigrams += _bigrams(bare) * weight
    return TextFields(exact, " ".join(folded), " ".join(bigrams))


class Frequencies(Protocol):
    """How often terms occur in an index; asked only for texts that are longer than a few key words."""

    @property
    def articles(self) -> int:
        """How many articles there are."""

    def of(self, term: Term) -> int:
        """How many of them have the term."""

    def learn(self, terms: Sequence[Term]) -> None:
        """Find out about all of these at once, where one at a time would be slow."""


def rarity(seen: int, articles: int) -> float:
    """Inverse document frequency as both engines reckon it in BM25, above 0; Robertson and Zaragoza (2009)."""
    return math.log(1 + (articles - seen + 0.5) / (seen + 0.5))


class Terms(NamedTuple):
    """A text as terms: one for each different syllable, and its folded bigrams."""

    syllables: list[Term]
    bigrams: list[Term]


def query_terms(text: str, frequencies: Frequencies, analysis: Analysis = CURRENT) -> Terms:
    """The terms of a text, each weighted by the square root of how often it occurs in it.

    Of a long text (related news is searched by a whole article) only those are kept that weigh most, by their
    frequency times inverse document frequency: the twentieth part of the terms finds nearly the same articles.
    """
    spelt = analysis.tokens(text)
    bare = fold_syllables(spelt)
    fields = (
        ("folded", token) if token == folded else ("exact", token) for token, folded in zip(spelt, bare, strict=True)
    )
    singles = [Term(field, token, math.sqrt(n)) for (field, token), n in Counter(fields).items()]
    pairs = [Term("bigram", token, BIGRAM_WEIGHT * math.sqrt(n)) for token, n in Counter(_bigrams(bare)).items()]

    def telling(term: Term) -> float:
        seen = frequencies.of(term)
        # A term of one article alone is that article's own, or a slip.
        return term.weight * rarity(seen, frequencies.articles) if seen > 1 else 0.0

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


def lexical_query(text: str, frequencies: Frequencies, analysis: Analysis = CURRENT) -> LexicalQuery:
    """The query that ``text`` becomes; one without any syllable matches nothing.

    What matches: of one or two syllables all, of up to five at least 60 %; of longer texts at least one distinctive
    term. So totals, facets and sorting by date speak of articles that have to do with the query, and no article of the
    first ten is lost. Everything that occurs adds to the score.
    """
    singles, pairs = query_terms(text, frequencies, analysis)
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


class Word(NamedTuple):
    """A word of a phrase: a token as spelt, or (``forgiving``) a regular expression for all that it may stand for."""

    token: str
    forgiving: bool


def occurrence_term(word: str, analysis: Analysis = CURRENT) -> Term:
    """What tells in how many articles a word stands, as spelt where it has marks, or two words parted by a space."""
    spelt = analysis.tokens(word)
    bare = fold_syllables(spelt)
    if len(bare) > 1:
        return Term("bigram", f"{bare[0]}_{bare[1]}", 1.0)
    return Term("folded" if spelt == bare else "exact", spelt[0] if spelt else word, 1.0)


class Phrase(NamedTuple):
    """All ``terms`` must occur, and then the ``row`` in a row; where that is empty the terms tell enough."""

    terms: list[Term]
    row: list[Word]


def phrase_query(text: str, analysis: Analysis = CURRENT) -> Phrase | None:
    """How a phrase is looked up, None without any syllable; without positions its pairs stand for their row."""
    spelt = analysis.tokens(text)[:MAX_ROW]
    if not spelt:
        return None
    bare = fold_syllables(spelt)
    pairs = [Term("bigram", pair, 1.0) for pair in _bigrams(bare)]
    if len(spelt) == 1 or not analysis.positions:
        words = (("folded" if token == one else "exact", token) for token, one in zip(spelt, bare, strict=True))
        return Phrase([Term(field, token, 1.0) for field, token in words] + pairs, [])
    if len(spelt) == 2 and spelt == bare:
        return Phrase(pairs, [])
    both = zip(spelt, bare, strict=True)
    return Phrase(pairs, [Word(with_any_marks(token) if token == one else token, token == one) for token, one in both])


def _bigrams(tokens: list[str]) -> list[str]:
    return list(map("_".join, pairwise(tokens)))


def _most(terms: list[Term], weight: Callable[[Term], float], limit: int) -> list[Term]:
    weighed = sorted(((weight(term), term) for term in terms), key=lambda pair: (-pair[0], pair[1]))
    return [term for one, term in weighed[:limit] if one > 0]
