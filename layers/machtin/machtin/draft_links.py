"""Links for a draft: phrases of its text that could lead to an article about them, or to the list of a tag.

They stand in the body (in the sapo where there is none): a sapo is shown in lists, where it is a link as a whole.
Never within what somebody said, unless the phrase is all of it: a link there would seem to be the speaker's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from machtin.article import Article
from machtin.completion import Typed
from machtin.draft_answers import DraftLink, LinkedArticle
from machtin.draft_tags import ArchiveTag
from machtin.draft_text import DraftText, Near, Run, names_in, plain
from machtin.ports import NO_FILTERS, ArticleIndex
from machtin.vietnamese import syllables
from machtin.words import VIETNAMESE, Lang, say

MOST: Final = 8
# So many in a short text, and one more for so many words: a text full of links can't be read.
FEW: Final = 4
WORDS_PER_LINK: Final = 100
# The list of a tag is worth a link when it shows so many articles.
LEAST_IN_LIST: Final = 3
# Names in more articles than this (or this share of all) are what no single article is about: Hà Nội, Việt Nam.
MOST_COMMON: Final = 10
COMMON_SHARE: Final = 0.01
# Names that are sought among all headlines, when none of the nearest articles is about them; each is a question.
SOUGHT: Final = 5
HEADLINES: Final = 5
# What an article is worth whose title has the name, or whose sapo has it, to which nearness adds; and the list of a tag
# that is a name of few articles, or of a common name or word.
IN_TITLE: Final = 0.7
IN_SAPO: Final = 0.3
A_LIST: Final = 0.5
A_COMMON_LIST: Final = 0.35
NEARNESS: Final = 0.3


class _Phrase(NamedTuple):
    """A name or tag at its first mention in the text that takes the links."""

    run: Run
    key: str
    tag: ArchiveTag | None

    @property
    def is_name(self) -> bool:
        """Of a person, body, place or case: with a large letter or a digit, as the archive spells it."""
        return self.tag is None or any(word[0].isupper() or word[0].isdecimal() for word in self.tag.name.split())


class _Told(NamedTuple):
    """Why a link leads where it does: a key of the catalogues, and what stands in its places."""

    key: str
    values: Mapping[str, str | int]

    def said(self, lang: Lang) -> str:
        """In words."""
        return say(lang, self.key, **self.values)


class _Link(NamedTuple):
    """A link that could be set: to an article or to a tag's list."""

    score: float
    phrase: _Phrase
    article: Article | None
    reason: _Told


def suggest_links(
    index: ArticleIndex,
    texts: Sequence[DraftText],
    candidates: Sequence[Near],
    tags: Sequence[ArchiveTag],
    total: int,
    without: Collection[str],
    lang: Lang = VIETNAMESE,
) -> list[DraftLink]:
    """The best few, in the order of the text.

    ``tags``: those that the text names; ``total``: how many articles there are; ``without``: ids that no link leads to;
    ``lang``: the language of the reasons.
    """
    text = next((one for one in reversed(texts) if one.field != "title"), None)
    if text is None:
        return []
    phrases = list(_first_mentions(text, tags))
    seen = _articles_with(index, phrases)
    rare = [
        one for one in phrases if one.is_name and 0 < seen.get(one.key, 0) <= max(MOST_COMMON, COMMON_SHARE * total)
    ]
    special = {phrase.key for phrase in rare}
    links = [link for one in phrases if (link := _to_list(one, text, special)) is not None]
    links += [link for phrase in rare if (link := _to_candidate(phrase, text, candidates)) is not None]
    led = {link.phrase.key for link in links}
    sought = sorted((one for one in rare if one.key not in led), key=lambda one: (seen[one.key], one.run))[:SOUGHT]
    links += _to_headlines(index, sought, text, without)
    chosen = _chosen(links, min(MOST, FEW + len(text.words) // WORDS_PER_LINK))
    return [_shown(text, one, lang) for one in sorted(chosen, key=lambda one: one.phrase.run)]


def _first_mentions(text: DraftText, tags: Sequence[ArchiveTag]) -> Iterator[_Phrase]:
    """Names of two words and more, and tags, each where it first stands outside of what somebody said."""
    quoted = text.quoted()

    def free(run: Run) -> bool:
        start, end = text.span(run)
        return all(end <= first or last <= start or (start - 1, end + 1) == (first, last) for first, last in quoted)

    known: dict[str, tuple[Run, ArchiveTag | None]] = {}
    for tag in tags:
        run = next((one.run for one in tag.places if one.text is text and free(one.run)), None)
        if run is not None:
            known[text.key(run)] = (run, tag)
    for run in text.names:
        if free(run):
            known.setdefault(text.key(run), (run, None))
    return (_Phrase(run, key, tag) for key, (run, tag) in known.items())


def _articles_with(index: ArticleIndex, phrases: Sequence[_Phrase]) -> dict[str, int]:
    """In how many articles at most each phrase of several syllables stands: those with its rarest pair of them."""
    pairs = {one.key: [" ".join(both) for both in pairwise(syllables(one.key))] for one in phrases}
    every = sorted({pair for own in pairs.values() for pair in own})
    counts = dict(zip(every, index.occurrences(every), strict=True)) if every else {}
    return {key: min(counts[pair] for pair in own) for key, own in pairs.items() if own}


def _to_list(phrase: _Phrase, text: DraftText, rare: Collection[str]) -> _Link | None:
    tag = phrase.tag
    if tag is None or tag.articles < LEAST_IN_LIST or text.is_small(phrase.run):
        return None
    worth = A_LIST if phrase.key in rare else A_COMMON_LIST
    return _Link(worth, phrase, None, _Told("link.tag", {"tag": tag.name, "n": tag.articles}))


def _to_candidate(phrase: _Phrase, text: DraftText, candidates: Sequence[Near]) -> _Link | None:
    """To the nearest of the articles whose title has the phrase, else to that of those whose sapo has it."""
    best: _Link | None = None
    shown = text.text(phrase.run)
    for article, nearness in candidates:
        for worth, key, told in ((IN_TITLE, "link.in_title", article.title), (IN_SAPO, "link.in_sapo", article.sapo)):
            score = worth + NEARNESS * nearness
            if (best is None or score > best.score) and _names(told, phrase.key):
                best = _Link(score, phrase, article, _Told(key, {"text": shown}))
    return best


def _to_headlines(
    index: ArticleIndex, phrases: Sequence[_Phrase], text: DraftText, without: Collection[str]
) -> list[_Link]:
    """To the latest article of the whole archive whose title has the phrase."""
    found: dict[str, _Phrase] = {}
    for phrase in phrases:
        # With a space behind it the last word is not taken as begun.
        latest = index.headlines(Typed.of(phrase.key + " "), NO_FILTERS, 0, HEADLINES).anywhere
        for one in latest:
            if one.id not in without and one.id not in found and _names(one.title, phrase.key):
                found[one.id] = phrase
                break
    entries: Mapping[str, Article] = {key: entry.article for key, entry in index.get(list(found)).items()}
    return [
        _Link(IN_TITLE, phrase, entries[article_id], _Told("link.in_title", {"text": text.text(phrase.run)}))
        for article_id, phrase in found.items()
        if article_id in entries
    ]


def _names(text: str, key: str) -> bool:
    """Whether a text has a phrase as a whole name or word, with its marks."""
    return key in plain(text) and key in names_in(text)


def _chosen(links: Sequence[_Link], most: int) -> list[_Link]:
    """The best: none within another or of the same name, none to where another leads."""
    chosen: list[_Link] = []
    places: set[str] = set()
    for one in sorted(links, key=lambda link: (-link.score, link.phrase.run)):
        place = one.article.id if one.article else f"tag:{one.phrase.tag.name}" if one.phrase.tag else ""
        if place not in places and not any(_meet(one.phrase, other.phrase) for other in chosen):
            chosen.append(one)
            places.add(place)
    return chosen[:most]


def _meet(one: _Phrase, other: _Phrase) -> bool:
    apart = one.run.last <= other.run.first or other.run.last <= one.run.first
    mine, theirs = f" {one.key} ", f" {other.key} "
    return not apart or mine in theirs or theirs in mine


def _shown(text: DraftText, link: _Link, lang: Lang) -> DraftLink:
    mention = text.mention(link.phrase.run)
    article, tag = link.article, link.phrase.tag
    return DraftLink(
        field=mention.field,
        start=mention.start,
        end=mention.end,
        text=text.sent[mention.start : mention.end],
        article=None if article is None else _linked(article),
        tag=tag.name if article is None and tag is not None else None,
        score=round(min(1.0, link.score), 4),
        reason=link.reason.said(lang),
    )


def _linked(article: Article) -> LinkedArticle:
    moment = article.published_at.isoformat() if article.published_at else None
    return LinkedArticle(article.id, article.url, article.title, moment)
