"""How good the advice on a draft is, on the sample articles: each is taken out of the archive and sent as a draft.

    python bench/draft_quality.py

Tags are hidden, and suggestions compared with them; a tag that no other article has can't be suggested ("within reach"
counts the others). Links: whether each is a whole name, by the names of some articles as read by us
(``draft_names.json``). Duplicates: from edited copies of articles that are in the archive.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.model_loading import load_model
from machtin.adapters.sources import SourceDocument, read_sources
from machtin.article import Article
from machtin.article_reading import read_article
from machtin.draft_tags import tag_key
from machtin.draft_text import DraftText
from machtin.drafts import Advice, advice
from machtin.evaluation_run import index_corpus
from machtin.model_port import Embedder
from machtin.models import embedded
from machtin.ports import ArticleIndex, IndexEntry, IndexTombstone
from machtin.settings import BUNDLED_MODEL
from machtin.vietnamese import fold

ROOT: Final = Path(__file__).parent.parent
NAMES: Final = Path(__file__).with_name("draft_names.json")
CUTOFF: Final = 5
# Of so many articles one is edited.
EVERY: Final = 3
_NUMBER: Final = re.compile(r"(?<![\w.,/:])\d{2,3}(?![\w.,/:%])")


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="machtin-bench-") as folder:
        embedder = load_model(BUNDLED_MODEL)
        articles = samples()
        index = EmbeddedCatalog(Path(folder)).create(embedder.model_version, embedder.dimensions)
        index_corpus(index, embedder, articles, lambda *_: None)
        found = {
            "duplicates": duplicate_figures(index, embedder, articles),
            **left_out_figures(list(left_out(index, embedder, articles))),
        }
        index.close()
    print(json.dumps(found, ensure_ascii=False, indent=1))


def samples() -> list[Article]:
    """The sample articles."""
    read = [one for one in read_sources([ROOT / "events" / "articles"]) if isinstance(one, SourceDocument)]
    return [read_article(one.document, now=datetime.now(UTC)) for one in read]


def left_out(index: ArticleIndex, embedder: Embedder, articles: Sequence[Article]) -> Iterator[tuple[Article, Advice]]:
    """What is said of each article, sent without its tags, by an archive that doesn't have it."""
    for at, article in enumerate(articles):
        vector, pieces = embedded(embedder, [article])[0]
        revision = 10_000 + 2 * at
        index.write([IndexTombstone(article.id, revision)])
        yield article, advice(index, replace(article, id="draft", tags=()), vector)
        index.write([IndexEntry(article, revision + 1, vector, pieces=pieces)])


def left_out_figures(answers: Sequence[tuple[Article, Advice]]) -> dict[str, Mapping[str, float]]:
    """Of tags and links."""
    everywhere = [tag_key(tag) for article, _ in answers for tag in dict.fromkeys(article.tags)]
    hits = shown = own = within = 0
    for article, answer in answers:
        if not article.tags:
            continue
        wanted = {tag_key(tag) for tag in article.tags}
        first = [tag_key(one.tag) for one in answer.tags[:CUTOFF]]
        hits += len(wanted.intersection(first))
        shown += len(first)
        own += len(wanted)
        within += sum(everywhere.count(tag) > 1 for tag in wanted)
    return {
        "tags": {
            "articles": sum(bool(article.tags) for article, _ in answers),
            f"precision@{CUTOFF}": round(hits / max(1, shown), 3),
            f"recall@{CUTOFF}": round(hits / max(1, own), 3),
            f"recall@{CUTOFF} within reach": round(hits / max(1, within), 3),
        },
        "links": link_figures(answers),
    }


def link_figures(answers: Sequence[tuple[Article, Advice]]) -> Mapping[str, float]:
    """How many spans of the articles that we have read are whole names, and how many links are (or a whole tag)."""
    read: dict[str, list[str]] = json.loads(NAMES.read_text(encoding="utf-8"))
    judged = [(article, read[article.id], answer.links) for article, answer in answers if article.id in read]
    spans = [text in own for article, own, _ in judged for text in names(article)]
    everywhere = {fold(tag) for article, _ in answers for tag in article.tags}
    whole = [link.text in own or fold(link.text) in everywhere for _, own, links in judged for link in links]
    every = [link for _, answer in answers for link in answer.links]
    return {
        "articles read": len(judged),
        "names found": len(spans),
        "whole": round(sum(spans) / max(1, len(spans)), 3),
        "links of those articles": len(whole),
        "whole names or tags": round(sum(whole) / max(1, len(whole)), 3),
        "links an article": round(len(every) / max(1, len(answers)), 2),
        "to an article": round(sum(link.article is not None for link in every) / max(1, len(every)), 3),
    }


def names(article: Article) -> list[str]:
    """The names that are seen in the text that takes the links, each once."""
    text = DraftText.of("body", article.body or article.sapo)
    return list(dict.fromkeys(map(text.text, text.names)))


def edits(article: Article) -> dict[str, Article]:
    """The article as others might send it again; ``changed`` with another number in it, where there is one."""
    chosen = random.Random(article.id)
    paragraphs = article.body.split("\n\n")
    shuffled = paragraphs[1:]
    chosen.shuffle(shuffled)
    made = {
        "new headline": replace(article, title=paragraphs[0].split(". ")[0][:90]),
        "two thirds": replace(article, body="\n\n".join(paragraphs[: max(1, 2 * len(paragraphs) // 3)])),
        "reordered": replace(article, body="\n\n".join([paragraphs[0], *shuffled])),
        "no diacritics": replace(article, title=fold(article.title), sapo=fold(article.sapo), body=fold(article.body)),
    }
    numbers = list(_NUMBER.finditer(article.body))
    if numbers:
        number = chosen.choice(numbers)
        other = str(int(number[0]) + chosen.randrange(2, 9))
        made["changed"] = replace(article, body=article.body[: number.start()] + other + article.body[number.end() :])
    return {name: replace(one, id="draft", tags=()) for name, one in made.items()}


def duplicate_figures(index: ArticleIndex, embedder: Embedder, articles: Sequence[Article]) -> Mapping[str, object]:
    """How often the article itself is named, first, beside how many others, and whether facts are seen to differ."""

    def asked(draft: Article) -> Advice:
        return advice(index, draft, embedded(embedder, [draft])[0][0])

    named: dict[str, list[bool]] = {}
    differ: dict[str, list[bool]] = {}
    others: dict[str, int] = {}
    for article in articles[::EVERY]:
        known = {one.id for one in asked(article).duplicates} | {article.id}
        for name, draft in edits(article).items():
            found = asked(draft).duplicates
            mine = next((one for one in found if one.id == article.id), None)
            named.setdefault(name, []).append(mine is not None)
            differ.setdefault(name, []).append(mine is not None and mine.facts_differ)
            others[name] = others.get(name, 0) + sum(one.id not in known for one in found)
    share: Callable[[Sequence[bool]], float] = lambda told: round(sum(told) / len(told), 3)  # noqa: E731
    return {
        name: {"drafts": len(told), "named": share(told), "facts differ": share(differ[name]), "others": others[name]}
        for name, told in named.items()
    }


if __name__ == "__main__":
    main()
