"""Which letters in a row can be a Vietnamese syllable, with its marks and without."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from machtin.vietnamese import fold

_ONSETS: Final = ("", *"b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split())
# Every rime of the written language, its tone left out; Phê (ed.), Từ điển chính tả, has no other.
_RIMES: Final = frozenset(
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu "
    "i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăp oăt oc oe oen oeo oet oi om on ong ooc "
    "oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uân uâng uât uây uê uêch uênh uêt uôc uôi uôm uôn uông uôp uôt uơ uy uya uych uyên uyêt uyn uynh uyp uyt uyu "
    "uc ui um un ung up ut ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu "
    "y yêm yên yêng yêt yêu".split()
)
_FOLDED_RIMES: Final = frozenset(map(fold, _RIMES))
_STOPS: Final = ("c", "ch", "p", "t")
TONES: Final = "\u0301\u0300\u0309\u0303\u0323"
SHARP_AND_HEAVY: Final = "\u0301\u0323"
# A mistyped word has a thousand neighbours, and of mistyped words there is no end.
_REMEMBERED: Final = 16_384


@lru_cache(maxsize=_REMEMBERED)
def is_folded_syllable(word: str) -> bool:
    """Whether lower-case letters without marks could be a Vietnamese syllable whose marks were left out."""
    return any(word.startswith(onset) and word[len(onset) :] in _FOLDED_RIMES for onset in _ONSETS)


@lru_cache(maxsize=_REMEMBERED)
def is_syllable(word: str) -> bool:
    """Whether a lower-case word is spelt as Vietnamese syllables are, its tone included: "tạo", but not "dât"."""
    parted = unicodedata.normalize("NFD", word)
    tones = [mark for mark in parted if mark in TONES]
    bare = unicodedata.normalize("NFC", "".join(mark for mark in parted if mark not in TONES))
    if len(tones) > 1 or (bare.endswith(_STOPS) and not (tones and tones[0] in SHARP_AND_HEAVY)):
        return False
    return any(bare.startswith(onset) and bare[len(onset) :] in _RIMES for onset in _ONSETS)
