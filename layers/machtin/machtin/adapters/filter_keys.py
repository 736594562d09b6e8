"""Keys under which sections, tags and authors are compared: one for every way of writing the same name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from machtin.article import Article
from machtin.ports import Filters, Kind
from machtin.vietnamese import canonical, fold

# A tag is spelt as most of so many of the latest articles do that have it.
SPELT_BY: Final = 5
_BETWEEN_NAMES = re.compile(r"[,;/&|()–—]|\s-\s|\svà\s", re.IGNORECASE)


def key(name: str) -> str:
    """Equal for names that differ in case, Đ/Ð, composition, tone placement or spaces alone."""
    return " ".join(canonical(name).casefold().split())


def label(kind: Kind, name: str) -> str:
    """The key with its kind in front, as it stands in an index."""
    return f"{kind}:{key(name)}"


def author_keys(byline: str) -> set[str]:
    """Keys of the whole byline and of each name in it ("Quỳnh Hoa - Minh Trí")."""
    names = [byline, *_BETWEEN_NAMES.split(canonical(byline))]
    return {key(name) for name in names} - {""}


def usual_spelling(name: str, spelt: Iterable[str]) -> str | None:
    """The most frequent of the names that have this key, with marks or folded; of equals the first in code points."""
    told = Counter(one for one in spelt if (own := key(one)) == name or fold(own) == name)
    return min(told, key=lambda one: (-told[one], one), default=None)


def labels_of(article: Article) -> set[str]:
    """Everything that an article can be filtered by, dates aside: as spelt, and for who types no mark, folded."""
    labels = {f"author:{name}" for name in author_keys(article.author or "")}
    labels |= {label("tag", tag) for tag in article.tags}
    if article.section and key(article.section):
        labels.add(label("section", article.section))
    return labels | {fold(one) for one in labels}


def labels_wanted(filters: Filters) -> list[str]:
    """The labels that an article must all carry to pass."""
    wanted: tuple[tuple[Kind, str | None], ...] = (
        ("section", filters.section),
        ("tag", filters.tag),
        ("author", filters.author),
        *filters.named,
    )
    return [label(kind, name) for kind, name in wanted if name is not None]


def labels_unwanted(filters: Filters) -> Sequence[str]:
    """The labels of which an article must carry none."""
    return [label(kind, name) for kind, name in filters.not_named]
