"""The words of the pages, and of what the API says to readers, in each of their languages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

from machtin.web_files import FOLDER

Lang = Literal["vi", "en"]
VIETNAMESE: Final[Lang] = "vi"
# Which words a page loads: every page the first, beside them the desk, or the pages for developers, their own.
AREAS: Final = ("", "desk_", "docs_")
_PLACE: Final = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=2)
def catalogue(lang: Lang) -> Mapping[str, str]:
    """Texts by their keys (``area.name``), the ones that the pages' scripts read as well."""
    parts = [json.loads((FOLDER / f"{area}{lang}.json").read_text(encoding="utf-8")) for area in AREAS]
    return {key: text for part in parts for key, text in part.items()}


def say(lang: Lang, key: str, **values: str | int) -> str:
    """What a key says: each ``{name}`` stands for that of ``values``, whole numbers as the language writes them.

    A text with a bar, ``one article|{n} articles``, has a variant for one and for others, chosen by ``n``. Raises
    KeyError for what no catalogue has.
    """
    one, _, others = catalogue(lang)[key].rpartition("|")
    text = one if one and values["n"] == 1 else others
    return _PLACE.sub(lambda place: _written(lang, values[place[1]]), text)


def _written(lang: Lang, value: str | int) -> str:
    if isinstance(value, str):
        return value
    written = f"{value:,}"
    return written.replace(",", ".") if lang == "vi" else written
