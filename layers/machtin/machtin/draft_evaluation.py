"""How good the advice on drafts is: articles sent again as drafts, without their tags, by an archive without them, and
edited copies of articles that are in the archive."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from machtin.article import Article
from machtin.draft_tags import tag_key
from machtin.draft_text import DraftText
from machtin.drafts import Advice, advice
from machtin.model_port import Embedder
from machtin.models import embedded
from machtin.ports import ArticleIndex, IndexEntry, IndexTombstone
from machtin.vietnamese import fold

CUTOFF: Final = 5
# Above the revisions that a test's index gave so far.
FIRST_REVISION: Final = 1_000_000
# A number that is neither part of a longer one nor of a date or share.
_NUMBER: Final = re.compile(r"(?<![\w.,/:])\d{2,3}(?![\w.,/:%])")

Figures = Mapping[str, float]


def left_out(index: ArticleIndex, embedder: Embedder, articles: Sequence[Article]) -> Iterator[tuple[Article, Advice]]:
    """What is said of each article, sent without its tags, by an archive that doesn't have it."""
    for at, article in enumerate(articles):
        vector, pieces = embedded(embedder, [article])[0]
        revision = FIRST_REVISION + 2 * at
        index.write([IndexTombstone(article.id, revision)])
        yield article, advice(index, replace(article, id="draft", tags=()), vector)
        index.write([IndexEntry(article, revision + 1, vector, pieces=pieces)])


def tag_figures(answers: Sequence[tuple[Article, Advice]], archive: Sequence[Article]) -> Figures:
    """The first suggestions beside an article's own tags. Within reach is what another article of ``archive`` has."""
    tagged = [({tag_key(tag) for tag in article.tags}, told.tags[:CUTOFF]) for article, told in answers if article.tags]
    articles_with = Counter(key for article in archive for key in {tag_key(tag) for tag in article.tags})
    within = sum(articles_with[key] > 1 for own, _ in tagged for key in own)
    hits = sum(tag_key(one.tag) in own for own, first in tagged for one in first)
    own = sum(len(own) for own, _ in tagged)
    return {
        "articles": len(tagged),
        f"precision@{CUTOFF}": _share(hits, sum(len(first) for _, first in tagged)),
        f"recall@{CUTOFF}": _share(hits, own),
        f"recall@{CUTOFF} within reach": _share(hits, within),
    }


def link_figures(answers: Sequence[tuple[Article, Advice]], read: Mapping[str, Sequence[str]]) -> Figures:
    """How many names and links are whole. ``read``: by an article's id, the whole names that somebody read there."""
    judged = [(article, read[article.id], told.links) for article, told in answers if article.id in read]
    spans = [name in own for article, own, _ in judged for name in names(article)]
    tags = {fold(tag) for article, _ in answers for tag in article.tags}
    whole = [link.text in own or fold(link.text) in tags for _, own, links in judged for link in links]
    every = [link for _, told in answers for link in told.links]
    return {
        "articles read": len(judged),
        "names seen": len(spans),
        "whole names": _share(sum(spans), len(spans)),
        "links there": len(whole),
        "whole links": _share(sum(whole), len(whole)),
        "links an article": _share(len(every), len(answers)),
    }


def names(article: Article) -> list[str]:
    """The names that are seen in the text that takes the links, each once."""
    text = DraftText.of("body", article.body or article.sapo)
    return list(dict.fromkeys(map(text.text, text.names)))


def edits(article: Article) -> dict[str, Article]:
    """The article as others might send it again; ``another number``: with a fact changed, where it has a number."""
    paragraphs = article.body.split("\n\n")
    made = {
        "new headline": replace(article, title=paragraphs[0].split(". ")[0][:90]),
        "two thirds of it": replace(article, body="\n\n".join(paragraphs[: max(1, 2 * len(paragraphs) // 3)])),
        "another order": replace(article, body="\n\n".join(reversed(paragraphs))),
        "no diacritics": replace(article, title=fold(article.title), sapo=fold(article.sapo), body=fold(article.body)),
    }
    numbers = list(_NUMBER.finditer(article.body))
    if numbers:
        number = numbers[len(numbers) // 2]
        body = article.body[: number.start()] + str(int(number[0]) + 3) + article.body[number.end() :]
        made["another number"] = replace(article, body=body)
    return {name: replace(one, id="draft", tags=()) for name, one in made.items()}


def duplicate_figures(index: ArticleIndex, embedder: Embedder, articles: Sequence[Article]) -> dict[str, Figures]:
    """Of each kind of edit: how often the article is named, how often with differing facts, and how many others are.

    What is named for the unedited article too is no other: a copy that the archive has.
    """
    ask: Callable[[Article], Advice] = lambda draft: advice(index, draft, embedded(embedder, [draft])[0][0])  # noqa: E731
    told: dict[str, list[tuple[bool, bool, int]]] = {}
    for article in articles:
        known = {one.id for one in ask(article).duplicates} | {article.id}
        for name, draft in edits(article).items():
            found = ask(draft).duplicates
            mine = [one for one in found if one.id == article.id]
            others = sum(one.id not in known for one in found)
            told.setdefault(name, []).append((bool(mine), any(one.facts_differ for one in mine), others))
    return {
        name: {
            "drafts": len(rows),
            "named": _share(sum(named for named, _, _ in rows), len(rows)),
            "facts differ": _share(sum(differ for _, differ, _ in rows), len(rows)),
            "others": sum(others for _, _, others in rows),
        }
        for name, rows in told.items()
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0
