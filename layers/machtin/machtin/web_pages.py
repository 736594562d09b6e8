"""The pages as they are sent in each of their languages: templates whose words are filled in from the catalogues."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from html import escape
from typing import Final

from machtin.web_files import WebFile, etag_of, web_file
from machtin.words import Lang, say

# Vietnamese at the root of the site, English below.
ROOTS: Final[dict[Lang, str]] = {"vi": "", "en": "/en"}
OTHERS: Final[dict[Lang, Lang]] = {"vi": "en", "en": "vi"}
_PLACE: Final = re.compile(r"\{\{([\w.]+)\}\}")
_CODE: Final = re.compile(r"`([^`]+)`")


@lru_cache(maxsize=8)
def web_page(name: str, lang: Lang) -> WebFile:
    """A page in a language: {{area.name}} is what the catalogue says, its `code` set as such, and all of it escaped."""
    file = web_file(name)
    places = {
        "lang": lang,
        "root": ROOTS[lang],
        "home": ROOTS[lang] or "/",
        "other.lang": OTHERS[lang],
        "other.root": ROOTS[OTHERS[lang]],
        "other.home": ROOTS[OTHERS[lang]] or "/",
    }

    def filled(place: re.Match[str]) -> str:
        key = place[1]
        return places[key] if key in places else _CODE.sub(r"<code>\1</code>", escape(say(lang, key)))

    body = _PLACE.sub(filled, file.body)
    etag = etag_of(body)
    return replace(file, body=body, etag=etag, headers={**file.headers, "ETag": etag, "Content-Language": lang})
