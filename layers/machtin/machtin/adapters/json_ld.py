"""schema.org NewsArticle in a page's JSON-LD, well formed or not."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from machtin.adapters.html_blocks import clean

Node = Mapping[str, Any]

_DEEPEST: Final = 64
_LONGEST: Final = 4_000_000
_BEFORE: Final = ("//", "<!--", "/*<![CDATA[*/", "<![CDATA[")
_AFTER: Final = ("//", "-->", "/*]]>*/", "]]>")
_SPACE = re.compile(r"(?:\s|//[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
_BARE = re.compile(r"[^\s,:\[\]{}\"']+")
_QUOTES: Final = {'"': '"', "'": "'", "“": "”"}
_ENDS_STRING = re.compile(
    r"\s*(?:$|[}\]:]|//|/\*|,\s*(?:$|[\[\]{}\"'“]|-?\d|true\b|false\b|null\b|\w+\s*:|//|/\*)|\s\"[^\"\n]{1,40}\"\s*:)"
)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "/": "/", "\\": "\\", '"': '"', "'": "'"}
_ARTICLE_TYPE = re.compile(r"(?:\w*Article|\w*Posting|Report|\w*Review)$")


def json_ld_nodes(scripts: Sequence[str]) -> list[Node]:
    """All objects with a type, in order, those inside @graph and lists too; what can't be mended is left out."""
    nodes: list[Node] = []
    for script in scripts:
        nodes += _typed(_loads(script[:_LONGEST]), 0)
    return nodes


def types_of(node: Node) -> list[str]:
    """Type names without a vocabulary's prefix: "http://schema.org/NewsArticle" → "NewsArticle"."""
    stated = node.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return [re.split(r"[/:#]", name)[-1] for name in names if isinstance(name, str)]


def find_article(nodes: Sequence[Node], url: str | None) -> Node:
    """The node that describes the page's article: the one of this address, else a NewsArticle, else any article."""
    articles = [node for node in nodes if any(_ARTICLE_TYPE.search(name) for name in types_of(node))]

    def rank(node: Node) -> tuple[bool, bool, bool]:
        here = url is not None and url in {node.get("url"), node.get("@id"), address(node.get("mainEntityOfPage"))}
        return here, "NewsArticle" in types_of(node), isinstance(node.get("headline"), str)

    return max(articles, key=rank, default={})


def address(value: object) -> str | None:
    """The address in a string or in an object's @id or url."""
    if isinstance(value, Mapping):
        value = value.get("@id") or value.get("url")
    return value.strip() if isinstance(value, str) else None


def strings(value: object) -> list[str]:
    """The texts in a string, a list of strings, or objects with a name; entities resolved, white space collapsed."""
    if isinstance(value, list):
        return [text for entry in value[:200] for text in strings(entry)]
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("@value")
        return strings(value) if isinstance(value, str | list) else []
    text = clean(html.unescape(value)) if isinstance(value, str) else ""
    return [text] if text else []


def resolve(value: object, nodes: Sequence[Node]) -> object:
    """The value with bare references ({"@id": …}) replaced by the nodes that they name."""
    if isinstance(value, list):
        return [resolve(entry, nodes) for entry in value[:200] if not isinstance(entry, list)]
    if isinstance(value, Mapping) and "@id" in value and "name" not in value:
        return next((node for node in nodes if node.get("@id") == value["@id"] and "name" in node), value)
    return value


def _typed(value: object, depth: int) -> Iterator[Node]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for entry in value:
            yield from _typed(entry, depth + 1)
    elif isinstance(value, Mapping):
        if "@type" in value:
            yield value
        for entry in value.values():
            if isinstance(entry, list | Mapping):
                yield from _typed(entry, depth + 1)


def _loads(script: str) -> object:
    script = _unwrapped(script)
    for text in (script, html.unescape(script)):
        try:
            # Not strict: raw line ends inside strings are what pages get wrong most.
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    text = script if '"' in script or "'" in script else html.unescape(script)
    return _Mending(text).read()


def _unwrapped(script: str) -> str:
    """The script without the comment or CDATA marks that hide it from old browsers, at most two on either side."""
    for _ in range(2):
        script = script.strip()
        for mark in _BEFORE:
            script = script.removeprefix(mark)
        for mark in _AFTER:
            script = script.removesuffix(mark)
    return script.strip()


class _Mending:
    """Reads what was meant to be JSON.

    Mended: trailing and missing commas, single and typographic quotes, unquoted names, comments, raw line ends and
    unescaped quotes inside strings (a quote ends its string only where punctuation follows), several values in a
    row, a missing end. Never raises; what makes no sense is stepped over.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def read(self) -> list[object]:
        values: list[object] = []
        while self.peek():
            if self.peek() in "{[":
                values.append(self.value(0))
            else:
                self.at += 1
        return values

    def peek(self) -> str:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def value(self, depth: int) -> object:
        sign = self.peek()
        if sign in ("{", "[") and depth < _DEEPEST:
            self.at += 1
            return self.mapping(depth + 1) if sign == "{" else self.sequence(depth + 1)
        if sign in _QUOTES:
            return self.string(_QUOTES[sign])
        bare = _BARE.match(self.text, self.at)
        if not bare:
            self.at += 1
            return None
        self.at = bare.end()
        try:
            return json.loads(bare[0])
        except ValueError:
            return bare[0]

    def mapping(self, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        while (sign := self.peek()) and sign != "}":
            if sign in ",:]":
                self.at += 1
                continue
            name = self.value(depth)
            if self.peek() == ":":
                self.at += 1
                found[str(name)] = self.value(depth) if self.peek() not in ("}", ",") else None
        self.at += 1
        return found

    def sequence(self, depth: int) -> list[object]:
        found: list[object] = []
        while (sign := self.peek()) and sign != "]":
            if sign in ",:}":
                self.at += 1
                continue
            found.append(self.value(depth))
        self.at += 1
        return found

    def string(self, quote: str) -> str:
        self.at += 1
        pieces: list[str] = []
        while self.at < len(self.text):
            stop = re.compile(rf"[\\{quote}]").search(self.text, self.at)
            if stop is None:
                pieces.append(self.text[self.at :])
                self.at = len(self.text)
                break
            pieces.append(self.text[self.at : stop.start()])
            self.at = stop.end()
            if stop[0] == "\\":
                pieces.append(self.escape())
            elif _ENDS_STRING.match(self.text, self.at):
                break
            else:
                pieces.append(quote)
        return "".join(pieces)

    def escape(self) -> str:
        code = re.compile(r"u([0-9a-fA-F]{4})").match(self.text, self.at)
        if code:
            self.at = code.end()
            letter = chr(int(code[1], 16))
            return letter if not "\ud800" <= letter <= "\udfff" else ""
        letter = self.text[self.at : self.at + 1]
        self.at += 1
        return _ESCAPES.get(letter, letter)
