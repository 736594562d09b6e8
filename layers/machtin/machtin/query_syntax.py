"""What a reader means by the signs in a search box: "a phrase", -without, tacgia:author, muc:section.

Nothing that can be typed is an error: what makes no sense as a sign is sought as words, or is left out. The signs:

- ``"…"`` (also “…”, «…») must stand in one field as it is typed, word after word; a quote that isn't closed is none.
- ``-word`` and ``-"a phrase"`` must not stand there. A hyphen inside a word or alone is none, nor one before a digit:
  2020-2021, "Sa Pa -2 độ". Signs may be listed without spaces: ``-bóng,-vàng``.
- ``tacgia:Name`` or ``tacgia:"Two Names"``, ``muc:"Kinh tế"`` (also tácgiả, tac-gia, mục): by this author, in this
  section; with a minus in front, not. Without a value they are nothing. An unclosed quote reaches to the end.

In a text of more than ``BESIDES`` syllables outside of quotes, quotes and minus are punctuation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from machtin.ports import Kind
from machtin.vietnamese import canonical, fold

if TYPE_CHECKING:
    from machtin.search_request import SearchRequest

# More signs than anybody types: further ones would only be a way to keep an engine busy.
MOST_SIGNS: Final = 10
# With more syllables than this beside them, quotes and hyphens are those of a pasted headline or of a question: a fifth
# of vietnews' headlines cite somebody, and three quarters of those say more than this around it.
BESIDES: Final = 8
_QUOTES: Final = '"“”„‟«»'
_SIGN: Final = re.compile(rf"[{_QUOTES}:]|(?<![^\s(\[])-\w")
_KIND: Final = r"t[aá]c-?gi[aả]|m[uụ]c"
# A word or a short name behind a sign goes on to the next sign in a list, or to a space. Possessive: what follows is
# tried once, however many commas there are.
_OF_ONE: Final = rf"(?![,;]++(?:-?[{_QUOTES}]|-[^\W\d_]|(?:{_KIND}):))"
_PART: Final = re.compile(
    rf"""
    (?<![^\s(\[,;])(?P<minus>-)?
    (?:
        (?P<kind>{_KIND}):(?:[{_QUOTES}](?P<name>[^{_QUOTES}]*)(?:[{_QUOTES}]|\Z)|(?P<short>(?:{_OF_ONE}[^\s{_QUOTES}])*))
        | [{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}]
        | (?<=-)(?P<word>[^\W\d_](?:{_OF_ONE}\S)*)
    )
    | (?P<plain>[(\[,;]+|\S[^\s]*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORDS: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A query without its signs, and what the signs ask for."""

    text: str
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    named: tuple[tuple[Kind, str], ...] = ()
    not_named: tuple[tuple[Kind, str], ...] = ()


def understood(request: SearchRequest) -> SearchRequest:
    """The request with the signs in its ``q`` as filters, and in ``q`` what is sought; once and for all."""
    if not request.syntax:
        return request
    asked, filters = understand(request.q), request.filters
    if asked.text != request.q:
        filters = replace(
            filters,
            phrases=filters.phrases + asked.phrases,
            without=filters.without + asked.without,
            named=filters.named + asked.named,
            not_named=filters.not_named + asked.not_named,
        )
    return replace(request, q=asked.text, filters=filters, syntax=False)


def understand(typed: str) -> Understood:
    """Read the signs. ``text`` is what is sought by words and meaning: phrases without quotes, nothing excluded.

    Where signs alone were typed it is empty: all articles that they leave. A text without signs stays as it was typed.
    """
    spelt = canonical(typed)
    if not _SIGN.search(spelt):
        return Understood(text=typed)
    parts = list(_PART.finditer(spelt))
    cited = sum(len(_WORDS.findall(part["plain"] or "")) for part in parts) > BESIDES
    sought: list[str] = []
    phrases: list[str] = []
    without: list[str] = []
    named: list[tuple[Kind, str]] = []
    not_named: list[tuple[Kind, str]] = []
    for part in parts:
        kind, phrase, excluded = part["kind"], part["phrase"], part["minus"] is not None
        if kind:
            # Within quotes full stops and brackets are the name's own: "P.V.", "T.N. (tổng hợp)".
            name = (part["name"] or "").strip() or (part["short"] or "").strip(",;.)]")
            (not_named if excluded else named).append(("author" if fold(kind)[0] == "t" else "section", name))
        elif part["plain"] or cited:
            sought.append(part[0].strip(_QUOTES))
        elif excluded:
            without.append(phrase or part["word"] or "")
        elif phrase:
            sought.append(phrase)
            phrases.append(phrase)
    text = " ".join(" ".join(sought).split())
    asked = Understood(
        text=text,
        phrases=tuple(filter(_WORDS.search, phrases))[:MOST_SIGNS],
        without=tuple(filter(_WORDS.search, without))[:MOST_SIGNS],
        named=tuple(one for one in named if _WORDS.search(one[1]))[:MOST_SIGNS],
        not_named=tuple(one for one in not_named if _WORDS.search(one[1]))[:MOST_SIGNS],
    )
    if asked.without or asked.named or asked.not_named:
        # What parts signs is none of the words: tacgia:An, muc:"Kinh tế".
        return asked if _WORDS.search(text) else replace(asked, text="")
    # Signs about nothing find nothing, rather than everything.
    return asked if text else replace(asked, text=typed)
