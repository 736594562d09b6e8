"""The words of the pages: the same in both languages, all of them used, none left in the scripts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final, get_args

import pytest

from machtin.site_frame import modules
from machtin.web_files import FOLDER
from machtin.words import AREAS, Lang, catalogue, say

ROOT: Final = Path(__file__).parent.parent.parent
LANGUAGES: Final = get_args(Lang)
KEY: Final = re.compile(r"[a-z]+\.[a-z0-9_]+")
PLACE: Final = re.compile(r"\{(\w+)\}")
VIETNAMESE_LETTER: Final = re.compile("[À-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
COMMENT: Final = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)
# The snippet stands on pages of other sites, without a catalogue; the documentation's samples are articles.
WITH_WORDS: Final = {"embed.js"}
# The name of the site; what a reader types before an author or a section (see query_syntax.py); letters to be folded.
NO_WORDS: Final = re.compile(r"mạch tin|t\[aá\]c-\?gi\[aả\]\|m\[uụ\]c|\"[đĐ]\"")
FILE_NAME: Final = re.compile(r"\.(html|js|json|css|csv|txt|lock)$")
SCRIPTS: Final = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.js"))}


def variants(text: str) -> list[str]:
    return text.split("|")


def used() -> tuple[set[str], set[str]]:
    """Keys that scripts, pages and modules name, and the beginnings of those that scripts put together."""
    named, begun = set[str](), set[str]()
    areas = {key.partition(".")[0] for key in catalogue("vi")}
    modules = [path for place in ("functions", "layers/machtin/machtin") for path in (ROOT / place).rglob("*.py")]
    for path in [*modules, *FOLDER.glob("*.js"), *FOLDER.glob("*.html")]:
        source = path.read_text(encoding="utf-8")
        quoted = re.findall(rf'"({KEY.pattern})"|\{{\{{({KEY.pattern})\}}\}}', source)
        named |= {
            key for pair in quoted for key in pair if key.partition(".")[0] in areas and not FILE_NAME.search(key)
        }
        begun |= set(re.findall(r"[`\"]([a-z]+\.[a-z0-9_]*)\$?\{", source))
    return named, {one for one in begun if one.partition(".")[0] in areas}


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_have_the_same_keys_sorted_one_on_a_line(area: str) -> None:
    written = {lang: (FOLDER / f"{area}{lang}.json").read_text(encoding="utf-8") for lang in LANGUAGES}
    texts = {lang: json.loads(text) for lang, text in written.items()}
    assert texts["vi"].keys() == texts["en"].keys()
    for lang in LANGUAGES:
        assert written[lang] == json.dumps(dict(sorted(texts[lang].items())), ensure_ascii=False, indent=2) + "\n"
        assert all(KEY.fullmatch(key) and text for key, text in texts[lang].items())


def test_readers_load_all_the_words_of_their_pages_and_no_others() -> None:
    loaded = json.loads((FOLDER / "vi.json").read_text(encoding="utf-8")).keys()
    beside = {key.partition(".")[0] for key in catalogue("vi").keys() - loaded}
    assert beside.isdisjoint(key.partition(".")[0] for key in loaded)
    for name in ("app.js", *modules("app.js")):
        assert not beside & set(re.findall(r"[`\"]([a-z]+)\.[a-z0-9_$]", SCRIPTS[name])), name
    assert beside == {"demo", "desk", "docs", "gate", "golden", "house", "ingest", "reindex"}


@pytest.mark.parametrize("key", sorted(catalogue("vi")))
def test_a_text_has_the_same_places_in_both_languages(key: str) -> None:
    vietnamese, english = catalogue("vi")[key], catalogue("en")[key]
    assert len(variants(vietnamese)) == 1, "Vietnamese has no plural"
    assert len(variants(english)) in (1, 2)
    # A month has its number in Vietnamese and its name in English.
    if key != "filters.month":
        for variant in variants(english):
            assert set(PLACE.findall(variant)) == set(PLACE.findall(vietnamese)) or variant != variants(english)[-1]


def test_every_key_that_is_used_exists_and_every_key_is_used() -> None:
    named, begun = used()
    keys = set(catalogue("vi"))
    assert sorted(named - keys) == []
    assert sorted(key for key in keys - named if not key.startswith(tuple(begun))) == []


@pytest.mark.parametrize("name", sorted(SCRIPTS.keys() - WITH_WORDS))
def test_no_vietnamese_is_left_in_the_scripts(name: str) -> None:
    code = NO_WORDS.sub("", COMMENT.sub("", SCRIPTS[name]))
    assert [line.strip() for line in code.splitlines() if VIETNAMESE_LETTER.search(line)] == []


def test_the_snippet_names_the_parts_as_the_page_does() -> None:
    for lang in LANGUAGES:
        for part in ("developments", "background"):
            assert f'{part}: "{say(lang, f"related.{part}")}"' in SCRIPTS["embed.js"]


def test_numbers_are_written_and_counted_as_the_language_does() -> None:
    assert say("vi", "thread.articles", n=1) == "1 bài"
    assert say("vi", "thread.articles", n=1234) == "1.234 bài"
    assert say("en", "thread.articles", n=1) == "1 article"
    assert say("en", "thread.articles", n=1234) == "1,234 articles"
    assert say("en", "search.results", q="{n} 1|2") == "Results for “{n} 1|2”"
    with pytest.raises(KeyError, match=r"search\.unheard_of"):
        say("en", "search.unheard_of")
