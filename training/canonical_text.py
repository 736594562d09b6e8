"""Text as the model sees it in training: tone marks at their old place, and the forms without diacritics.

The tokenizer's own normaliser does the rest (NFC, eth, case, punctuation), so raw text needs no preparation
at run time; only the *other* placement of a tone mark is taught to it as alias pieces (see vocabulary.py).
"""

from __future__ import annotations

import re
import unicodedata

_TONED = {
    "a": "àáảãạ",
    "e": "èéẻẽẹ",
    "o": "òóỏõọ",
    "u": "ùúủũụ",
    "y": "ỳýỷỹỵ",
}
# "hoà" and "hòa", "khoẻ" and "khỏe", "thuỷ" and "thủy" are one word each; "quý" keeps its mark, since
# there the u belongs to the consonant.
_NEW_TO_OLD = {
    first + toned: _TONED[first][place] + second
    for first, second in (("o", "a"), ("o", "e"), ("u", "y"))
    for place, toned in enumerate(_TONED[second])
}
_OLD_TO_NEW = {old: new for new, old in _NEW_TO_OLD.items()}
_NEW_STYLE = re.compile(rf"(?<!q)({'|'.join(_NEW_TO_OLD)})(?![^\W\d_])")
_OLD_STYLE = re.compile(rf"({'|'.join(_OLD_TO_NEW)})(?![^\W\d_])")
_WORD = re.compile(r"[^\W_]+")


def canonical(text: str) -> str:
    """Lower-case NFC text with đ for eth and the tone mark at its old place ("hòa", "thủy")."""
    text = unicodedata.normalize("NFC", text).lower().replace("ð", "đ")
    return _NEW_STYLE.sub(lambda match: _NEW_TO_OLD[match.group(1)], text)


def with_new_tone_places(text: str) -> str:
    """The spelling variant of canonical text that puts the tone mark on the last vowel ("hoà", "thuỷ")."""
    return _OLD_STYLE.sub(lambda match: _OLD_TO_NEW[match.group(1)], text)


def without_diacritics(text: str) -> str:
    """The text as typed on a keyboard without Vietnamese letters."""
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return bare.replace("đ", "d").replace("Đ", "D").replace("ð", "d").replace("Ð", "D")


def words(text: str) -> list[str]:
    """The runs of letters and digits in canonical text."""
    return _WORD.findall(text)
