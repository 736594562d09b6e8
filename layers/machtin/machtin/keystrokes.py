"""Keys of an input method that was off, read as what they stand for: Telex ("ddaof taoj"), VNI ("d9a2o ta5o")."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from machtin.orthography import TONES, is_folded_syllable, is_syllable
from machtin.vietnamese import canonical

_TELEX_TONES: Final = dict(zip("sfrxj", TONES, strict=True))
_VNI_TONES: Final = dict(zip("12345", TONES, strict=True))
_HATTED: Final = {"a": "â", "e": "ê", "o": "ô"}
_HORNED: Final = {"a": "ă", "o": "ơ", "u": "ư"}
_VOWELS: Final = "aăâeêioôơuưy"
_MODIFIED: Final = "ăâêôơư"
# No syllable has more keys: nghieengf and a few that were struck twice.
_MOST_KEYS: Final = 12
_VNI: Final = re.compile(r"[^\W\d_]+[1-9][^\W_]*")


def decoded(word: str) -> str | None:
    """The syllable that the keys of a lower-case word make, None where they make none, or the word is one already.

    Letters that were typed with marks are taken as they are, so that "đaof" is read too. That a word of another
    language ("bus", "car") makes a syllable by chance is for the caller to rule out.
    """
    if len(word) > _MOST_KEYS or word.isdigit() or is_folded_syllable(word) or is_syllable(word):
        return None
    read = _vni(word) if _VNI.fullmatch(word) else _telex(word)
    if read is None or read == word or not is_syllable(read):
        return None
    return canonical(read)


def is_plain_tone(word: str) -> bool:
    """Whether only the last key of a word makes it Telex, as that of many English words seems to ("bus", "box")."""
    return word[-1:] in _TELEX_TONES and is_folded_syllable(word[:-1])


def _telex(word: str) -> str | None:
    letters: list[str] = []
    tone = ""
    for key in word:
        voiced = any(letter in _VOWELS for letter in letters)
        if key in _TELEX_TONES and voiced:
            if tone:
                return None
            tone = _TELEX_TONES[key]
        elif key == "d" and letters[:1] == ["d"]:
            letters[0] = "đ"
        elif key in _HATTED and key in letters:
            letters[_last(letters, key)] = _HATTED[key]
        elif key == "w":
            if not _horn(letters, "auo"):
                return None
        else:
            letters.append(key)
    return _toned(letters, tone)


def _vni(word: str) -> str | None:
    letters: list[str] = []
    tone = ""
    for key in word:
        if key in _VNI_TONES:
            if tone:
                return None
            tone = _VNI_TONES[key]
        elif key == "6":
            places = [at for at, letter in enumerate(letters) if letter in _HATTED]
            if not places:
                return None
            letters[places[-1]] = _HATTED[letters[places[-1]]]
        elif key in "78":
            if not _horn(letters, "uo" if key == "7" else "a"):
                return None
        elif key == "9" and letters[:1] == ["d"]:
            letters[0] = "đ"
        elif key.isdigit():
            return None
        else:
            letters.append(key)
    return _toned(letters, tone)


def _horn(letters: list[str], among: str) -> bool:
    """Give horn or breve to the letter that takes it: both of "uo", the first of "ua" but for "qua", else the last."""
    places = [at for at, letter in enumerate(letters) if letter in among]
    if not places:
        return False
    last = places[-1]
    before = letters[last - 1] if last else ""
    after_q = last > 1 and letters[last - 2] == "q"
    if before == "u" and not after_q and letters[last] == "o":
        letters[last - 1] = "ư"
    elif before == "u" and not after_q and letters[last] == "a":
        last -= 1
    letters[last] = _HORNED[letters[last]]
    return True


def _toned(letters: list[str], tone: str) -> str:
    """The letters with the tone on the vowel that carries it; its place in an open oa, oe, uy is canonical's matter."""
    if not tone:
        return "".join(letters)
    vowels = [at for at, letter in enumerate(letters) if letter in _VOWELS]
    glide = letters[:2] in (["q", "u"], ["g", "i"]) and len(vowels) > 1
    vowels = vowels[1:] if glide else vowels
    if not vowels:
        return "".join(letters)
    modified = [at for at in vowels if letters[at] in _MODIFIED]
    closed = vowels[-1] < len(letters) - 1
    place = modified[-1] if modified else vowels[min(1, len(vowels) - 1)] if closed or len(vowels) > 2 else vowels[0]
    return unicodedata.normalize("NFC", "".join(letters[: place + 1]) + tone + "".join(letters[place + 1 :]))


def _last(letters: list[str], wanted: str) -> int:
    return len(letters) - 1 - letters[::-1].index(wanted)
