"""What an HTML page states about its article outside the text: address, title, dates, author, section, tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urljoin

from machtin.adapters.html_blocks import Element, clean, is_hidden, names_of, region_of, text_of
from machtin.adapters.json_ld import Node, address, find_article, json_ld_nodes, resolve, strings, types_of
from machtin.article_reading import MAX_LENGTH, MAX_TAGS
from machtin.page_dates import DateLine, date_line, stated_moment
from machtin.page_lines import bare, byline, section_of
from machtin.vietnamese import canonical, syllables

_HTTP = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_DATE_NAMES = re.compile(
    r"(?<![a-z])(?:date|time|published|pub-?date|ngay(?:-dang)?|thoi-?gian|datetime|publish-?time)(?![a-z])"
)
_AUTHOR_NAMES = re.compile(
    r"(?<![a-z])(?:authors?|by-?line|tac-?gia|signature|writer|nguoi-?viet|but-?danh|author-?name|name-author)(?![a-z])"
)
_PATH_NAMES = re.compile(r"(?<![a-z])(?:breadcrumbs?|crumbs?|duong-?dan|path|bread)(?![a-z])")
_HOME: Final = frozenset({"trang chu", "trang nhat", "home", "trang tin"})
_LAST_PART = re.compile(r"\s+[|–—-]\s+[^|–—]{2,60}$")
_PUBLISHED: Final = (
    "article:published_time article.published og:published_time datepublished pubdate publishdate publish_date"
    " dc.date.issued dcterms.created"
).split()
_MODIFIED: Final = ("article:modified_time", "og:updated_time", "datemodified", "lastmod", "dcterms.modified")


@dataclass(slots=True)
class Statements:
    """A page's statements; ``description`` is what search engines are told, ``names`` the site's own."""

    url: str | None = None
    base: str | None = None
    title: str = ""
    description: str = ""
    author: str | None = None
    publisher: str | None = None
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    published_at: datetime | None = None
    modified_at: datetime | None = None
    article_body: str = ""


def read_statements(tree: Element) -> Statements:
    """Gather what JSON-LD, meta tags, link tags and marked elements state, in that order of trust where they differ.

    The title alone is taken from the visible headline first: JSON-LD and meta tags often shorten it.
    """
    metas = _metas(tree)
    scripts = ["".join(script.itertext()) for script in tree.xpath("//script[contains(@type, 'ld+json')]")]
    nodes = json_ld_nodes(scripts)
    stated = Statements(base=_first_address(tree.xpath("//base/@href")))
    canonical_links = tree.xpath("//link[contains(concat(' ', normalize-space(@rel), ' '), ' canonical ')]/@href")
    stated.url = _first_address([*canonical_links, *metas.get("og:url", [])], stated.base)
    article = find_article(nodes, stated.url)
    ld_addresses = (address(article.get(key)) for key in ("url", "mainEntityOfPage", "@id"))
    stated.url = stated.url or _first_address(filter(None, ld_addresses))
    stated.base = stated.base or stated.url
    publisher = strings(resolve(article.get("publisher"), nodes))
    stated.publisher = _short(publisher + metas.get("og:site_name", []) + metas.get("copyright", []), "publisher")
    stated.description = next(
        iter(strings(article.get("description")) + metas.get("og:description", []) + metas.get("description", [])), ""
    )
    bodies = article.get("articleBody")
    stated.article_body = bodies if isinstance(bodies, str) else ""
    stated.title = _title(tree, [*strings(article.get("headline")), *metas.get("og:title", [])], stated.publisher)
    stated.section = _section(tree, article, nodes, metas)
    stated.tags = _tags(article, metas)
    _authors(stated, tree, article, nodes, metas)
    _dates(stated, tree, article, metas)
    return stated


def _metas(tree: Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        content = clean(meta.get("content") or "")
        if name and content:
            found.setdefault(name.strip().lower(), []).append(content)
    return found


def _first_address(values: Iterable[str], base: str | None = None) -> str | None:
    for value in values:
        if url := absolute(value, base):
            return url
    return None


def absolute(value: str | None, base: str | None) -> str | None:
    """The absolute http(s) address that a page means by ``value``, None when there is none."""
    try:
        url = urljoin(base or "", clean(value or ""))
    except ValueError:
        return None
    return url if _HTTP.fullmatch(url) and len(url) <= MAX_LENGTH["url"] else None


def _short(values: Iterable[str], name: str) -> str | None:
    return next((value for value in values if value and len(value) <= MAX_LENGTH[name]), None)


def _title(tree: Element, stated: Sequence[str], publisher: str | None) -> str:
    """The visible headline that agrees with the stated one; a lone h1 otherwise, unless it is the site's name."""
    headlines = [text for h1 in tree.iter("h1") if not is_hidden(h1) and (text := text_of(h1))]
    for headline in headlines:
        if any(_agree(headline, other) for other in stated):
            return headline
    window = next((text for element in tree.iter("title") if (text := text_of(element))), "")
    for headline in headlines:
        if _agree(headline, window):
            return headline
    site = {bare(publisher)} if publisher else set()
    plain = [headline for headline in headlines if bare(headline) not in site and len(syllables(headline)) > 2]
    if len(plain) == 1 and all(len(syllables(other)) < 3 for other in stated):
        return plain[0]
    if stated:
        return _without_site(stated[0], publisher)
    return _without_site(window, publisher) or next(iter(plain or headlines), "")


def _agree(headline: str, other: str) -> bool:
    one, two = ("".join(syllables(text)) for text in (headline, other))
    shorter = min(len(one), len(two))
    return shorter >= 8 and one[:shorter] == two[:shorter]


def _without_site(title: str, publisher: str | None) -> str:
    """The headline in "Headline | Kinh tế | Báo A": what follows | goes, what follows a dash if it is the site."""
    if len(title) > MAX_LENGTH["title"]:
        return title
    title = re.sub(r"\s*\|.*$", "", title) if len(syllables(title.partition("|")[0])) > 3 else title
    last = _LAST_PART.search(title)
    if last and publisher and bare(last[0].strip(" -–—|")) == bare(publisher):
        return title[: last.start()]
    return title


def _section(tree: Element, article: Node, nodes: Sequence[Node], metas: dict[str, list[str]]) -> str | None:
    stated = strings(article.get("articleSection")) + metas.get("article:section", [])
    return _short([*stated, *_trail(nodes), *_visible_trail(tree)], "section")


def _trail(nodes: Sequence[Node]) -> list[str]:
    for node in nodes:
        if "BreadcrumbList" in types_of(node) and isinstance(steps := node.get("itemListElement"), list):
            named = [strings(step) or strings(step.get("item")) for step in steps if isinstance(step, dict)]
            return [names[0] for names in named if names and bare(names[0]) not in _HOME]
    return []


def _visible_trail(tree: Element) -> list[str]:
    for element in tree.iter("div", "ul", "ol", "nav", "p", "td"):
        if _PATH_NAMES.search(names_of(element)):
            links = [text for link in element.iter("a") if (text := text_of(link)) and bare(text) not in _HOME]
            if links:
                return [link for link in links if len(syllables(link)) <= 6]
            if section := section_of(text_of(element)):
                return [section]
    return []


def _tags(article: Node, metas: dict[str, list[str]]) -> list[str]:
    for stated in (
        strings(article.get("keywords")),
        metas.get("article:tag", []),
        metas.get("news_keywords", []),
        metas.get("keywords", []),
    ):
        parts = [part.strip() for text in stated for part in re.split(r"[,;]", text)]
        if tags := [part for part in dict.fromkeys(parts) if part and len(part) <= MAX_LENGTH["tags"]]:
            return tags[:MAX_TAGS]
    return []


def _visible(element: Element) -> bool:
    chain = (element, *element.iterancestors())
    return not any(is_hidden(part) or region_of(part) in ("comments", "related") for part in chain)


def _authors(
    stated: Statements, tree: Element, article: Node, nodes: Sequence[Node], metas: dict[str, list[str]]
) -> None:
    site = bare(stated.publisher or "")
    named = strings(resolve(article.get("author") or article.get("creator"), nodes))
    people = [name for name in dict.fromkeys(named) if bare(name) != site and not _HTTP.match(name)]
    for element in tree.iter("span", "div", "p", "a", "strong", "b", "h3", "h4", "address", "em"):
        marked = _AUTHOR_NAMES.search(names_of(element)) or "author" in (element.get("itemprop"), element.get("rel"))
        if marked and _visible(element) and (name := byline(text_of(element))) and bare(name) != site:
            # "Bài: Minh Anh · Ảnh: Hoàng Hà" has labels between the names, the page's data has the names alone.
            labelled = ":" in name and people and all(person in name for person in people)
            stated.author = ", ".join(people) if labelled else name
            return
    others = metas.get("author", []) + metas.get("article:author", [])
    others = [name for name in others if bare(name) != site and not _HTTP.match(name)]
    stated.author = _short([", ".join(people), *others], "author")


def _dates(stated: Statements, tree: Element, article: Node, metas: dict[str, list[str]]) -> None:
    stated.published_at = _moment([*strings(article.get("datePublished")), *_named(metas, _PUBLISHED)])
    stated.modified_at = _moment([*strings(article.get("dateModified")), *_named(metas, _MODIFIED)])
    if stated.published_at and stated.author:
        return
    for line in _date_lines(tree):
        stated.published_at = stated.published_at or line.published_at
        stated.modified_at = stated.modified_at or line.modified_at
        stated.author = stated.author or next((name for part in line.rest if (name := byline(part))), None)


def _named(metas: dict[str, list[str]], names: Iterable[str]) -> list[str]:
    return [value for name in names for value in metas.get(name, [])]


def _moment(values: Iterable[str]) -> datetime | None:
    return next((moment for value in values if (moment := stated_moment(value))), None)


def _date_lines(tree: Element) -> list[DateLine]:
    """Dates that stand beside the headline: <time>, or an element named for its date, outside lists and comments."""
    lines = []
    for element in tree.iter("time", "span", "div", "p", "em", "td", "li"):
        marked = element.tag == "time" or element.get("itemprop") or _DATE_NAMES.search(names_of(element))
        if not marked or not _visible(element) or _in_card(element):
            continue
        if (moment := stated_moment(element.get("datetime") or element.get("content") or "")) and element.tag == "time":
            updated = element.get("itemprop") == "dateModified"
            lines.append(DateLine(None if updated else moment, moment if updated else None, (), precise=True))
        elif (line := date_line(text_of(element))) and _only_names(line):
            lines.append(line)
    return lines


def _only_names(line: DateLine) -> bool:
    return all(byline(part) or section_of(part) or len(syllables(part)) <= 3 for part in line.rest)


def _in_card(element: Element) -> bool:
    """Whether it dates another article: in a link, a list's entry, a side bar or the top of the site."""
    return any(
        part.tag in ("a", "aside", "nav", "footer") or (part.tag == "li" and part.find(".//a") is not None)
        for part in element.iterancestors()
    )


def title_key(text: str) -> str:
    """Under which two headlines or paragraphs are the same."""
    return "".join(canonical(text).split())
