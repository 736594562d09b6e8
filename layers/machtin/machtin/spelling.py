"""Words and place names that Vietnamese spells in more than one way: one key for all of them.

Both are written with the key, an article's words in an index and a query's, so that they meet without being looked up
twice and without scoring twice. Only spellings that mean the same have one key: quí and quý, but not thúi and thúy.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import product
from typing import Final

from machtin.vietnamese import fold

# i and y are one sound where they end a syllable after these consonants, whatever the tone. (Decision of the Ministry
# of Education 240/QĐ of 1984 and usage: kĩ thuật, kỹ thuật.) Elsewhere they part words: tai, tay; thúi, thúy.
_ONSETS: Final = ("h", "k", "l", "m", "s", "t", "qu")
_KEYS: Final[dict[str, str]] = {
    **{onset + i: onset + y for onset, (i, y) in product(_ONSETS, zip("iìíỉĩị", "yỳýỷỹỵ", strict=True))},
    # Syllables of names from other languages of Vietnam, which are no words of Vietnamese.
    **dict.fromkeys(("đắk", "đăk", "đak"), "đắc"),
    **dict.fromkeys(("lắk", "lăk"), "lắc"),
    "dak": "dac",
    "lak": "lac",
    "kạn": "cạn",
}
# Names as their keys, and the other ways to write them, in keys of syllables where those stand above. Spellings without
# marks are here where nothing else is spelt so: "bac can" may be "bác cần", and is left to the forgiving of marks.
_NAMES: Final[dict[str, str]] = {
    "đắc lắc": "dac lac,đắc lac,đắklắk,đăklăk,đắclắc,daklak",
    "đắc nông": "dac nong,đắknông,đăknông,đắcnông,daknong",
    "bắc cạn": "bac kan,bắc kan",
    "kon tum": "con tum,công tum,kontum",
    "pleiku": "plei ku,plei cu,plây ku,plây cu,play ku,play cu,pleicu,plâycu,playcu,playku",
    "buôn ma thuột": "buôn mê thuột,ban mê thuột,ban ma thuột,buon ma thuot,buon me thuot,ban me thuot,ban ma thuot",
    "vũng tàu": "vũng tầu",
    "tp hcm": "tphcm",
    "sài gòn": "saigon",
    "hà nội": "hanoi",
    "đà nẵng": "danang",
    "hải phòng": "haiphong",
    "việt nam": "vietnam",
}
Tokens = tuple[str, ...]
_VARIANTS: Final[dict[Tokens, Tokens]] = {
    tuple(variant.split()): tuple(name.split()) for name, variants in _NAMES.items() for variant in variants.split(",")
}
# By first syllable; no variant begins another.
_BEGINNING: Final[dict[str, list[Tokens]]] = {
    first: [variant for variant in _VARIANTS if variant[0] == first] for first in {one[0] for one in _VARIANTS}
}


def keyed(syllables: Sequence[str]) -> list[str]:
    """The syllables under which a text is found: each by its key, names of several spellings by one. Idempotent.

    There may be fewer or more than there were: "Kontum" is kon tum, "Plây Cu" is pleiku.
    """
    keys = [_KEYS.get(syllable, syllable) for syllable in syllables]
    starts = [at for at, key in enumerate(keys) if key in _BEGINNING]
    for at in reversed(starts):
        for variant in _BEGINNING[keys[at]]:
            if tuple(keys[at : at + len(variant)]) == variant:
                keys[at : at + len(variant)] = _VARIANTS[variant]
                break
    return keys


def with_any_marks(token: str) -> str:
    """A regular expression (of Python, Rust and Lucene alike) for a token whatever marks its letters carry."""
    letters = _marked_letters()
    return "".join(f"[{letters[letter]}]" if letter in letters else re.escape(letter) for letter in token)


@lru_cache(maxsize=2_000)
def spelt_alike(syllable: str) -> tuple[str, ...]:
    """All syllables with the key of this one, itself among them."""
    own = _KEYS.get(syllable, syllable)
    return own, *(spelt for spelt, key in _KEYS.items() if key == own)


def names_spelt(tokens: Sequence[str]) -> Iterator[re.Pattern[str]]:
    """Expressions for the other ways to write the names that stand among keyed tokens, whatever the case."""
    told = f" {' '.join(tokens)} "
    for variant, name in _VARIANTS.items():
        if f" {' '.join(name)} " in told:
            yield _written(variant)


@cache
def _written(name: Tokens) -> re.Pattern[str]:
    words = r"[\W_]+".join(f"(?:{'|'.join(spelt_alike(token))})" for token in name)
    return re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])".replace("đ", "[đð]"), re.IGNORECASE)


@cache
def _marked_letters() -> dict[str, str]:
    """Each plain letter with every lower-case one that folds to it: what "a" typed without its mark may stand for."""
    letters: dict[str, str] = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        letter = unicodedata.normalize("NFC", chr(code)).lower()
        plain = fold(letter)
        if len(letter) == 1 and len(plain) == 1 and plain.isascii() and letter not in letters.get(plain, ""):
            letters[plain] = letters.get(plain, plain) + letter
    return letters
