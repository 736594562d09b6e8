"""HTML made of plain values: the one place where text becomes markup, so that escaping can't be forgotten.

``Markup`` comes from the functions here alone (a test holds all other modules to that); whatever else stands among an
element's children is text, and is escaped. The twin of what ``dom.js`` does in the browser.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, Protocol

# What HTML does not allow at all: control characters, lone surrogates and noncharacters.
_NOT_ALLOWED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_VOID: Final = frozenset({"br", "img", "input", "link", "meta"})
_ADDRESSES: Final = frozenset({"action", "href", "src"})
# An address within the site (one slash: two would lead to another host), a place on the page, or another site.
_SAFE_ADDRESS: Final = re.compile(r"/(?![/\\\s])|[#?]|https?://", re.IGNORECASE)
# The policy of the pages forbids both, so whoever writes one has made a mistake.
_FORBIDDEN: Final = re.compile(r"on\w+|style|srcdoc")


@dataclass(frozen=True, slots=True)
class Markup:
    """A piece of HTML whose text is escaped already."""

    html: str


class Stretch(Protocol):
    """A part of a text, code points from ``start`` up to, not including, ``end``."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


Attribute = str | int | bool | None
Child = Markup | str | Literal[False] | None
NONE: Final[Mapping[str, Attribute]] = MappingProxyType({})
NOTHING: Final = Markup("")


def el(tag: str, attributes: Mapping[str, Attribute] = NONE, *children: Child) -> Markup:
    """An element: attributes by name (None and False are left out), then its children in order.

    An address that is neither of this site nor http is left out as well. Raises ValueError for what the content policy
    forbids: listeners, styles, and scripts with a text.
    """
    opened = "".join([f"<{tag}", *(_attribute(name, value) for name, value in attributes.items()), ">"])
    if tag in _VOID:
        return Markup(opened)
    if children and tag in ("script", "style"):
        raise ValueError(f"{tag} with a text; see data_block")
    return Markup(f"{opened}{joined(children).html}</{tag}>")


def joined(children: Iterable[Child]) -> Markup:
    """Children one after another; None and False are left out."""
    return Markup("".join([_child(one) for one in children if one is not None and one is not False]))


def separated(separator: str, *children: Child) -> list[Child]:
    """The children with a separator between them, empty ones left out."""
    parts: list[Child] = []
    for child in children:
        if child:
            parts += [separator, child] if parts else [child]
    return parts


def marked(
    text: str,
    spans: Sequence[Stretch],
    make: Callable[[str, int], Markup],
    start: int = 0,
    end: int | None = None,
) -> Markup:
    """The stretch [start, end) of ``text``; ``make(words, index)`` gives the element for what that span covers."""
    at, stop = start, len(text) if end is None else end
    parts: list[Child] = []
    for index, span in enumerate(spans):
        first, last = max(span.start, at), min(span.end, stop)
        if first < last:
            parts += [text[at:first], make(text[first:last], index)]
            at = last
    return joined([*parts, text[at:stop]])


def data_block(identifier: str | None, media: str, value: object) -> Markup:
    """JSON that a script or another site's robot reads; a data block, which no browser runs.

    Nothing in it can end the block or begin a comment, since no ``<`` is left.
    """
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    safe = written.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    opened = el("script", {"id": identifier, "type": media}).html.removesuffix("</script>")
    return Markup(opened + _writable(safe) + "</script>")


def document(lang: str, head: Sequence[Child], body: Sequence[Child]) -> str:
    """A whole page."""
    parts = [el("head", NONE, *_lines(head)), el("body", NONE, *_lines(body))]
    whole = el("html", {"lang": lang}, *_lines(parts))
    return f"<!doctype html>\n{whole.html}\n"


def escaped(text: str) -> str:
    """``text`` as it may stand in an element or a quoted attribute; what HTML does not allow is U+FFFD."""
    return html.escape(_writable(text))


def _lines(children: Sequence[Child]) -> list[Child]:
    return ["\n", *(part for child in children if child for part in (child, "\n"))]


def _child(child: Markup | str) -> str:
    return child.html if isinstance(child, Markup) else escaped(child)


def _attribute(name: str, value: Attribute) -> str:
    if _FORBIDDEN.fullmatch(name):
        raise ValueError(f"the content policy forbids the attribute {name}")
    if value is None or value is False or (name in _ADDRESSES and not _SAFE_ADDRESS.match(str(value))):
        return ""
    return f" {name}" if value is True else f' {name}="{escaped(str(value))}"'


def _writable(text: str) -> str:
    return _NOT_ALLOWED.sub("\N{REPLACEMENT CHARACTER}", text)
