"""machtin search, article, related and summarize, for a person and for a program."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from machtin.adapters.local_functions import local_functions
from machtin.adapters.local_http import LocalContext, http_event
from machtin.summary import ExtractiveSummarizer

from .command_line import NEWS, Machtin
from .memory_installation import Installation, LeadSummarizer


def api(path: str, query: str = "", body: bytes = b"") -> dict[str, Any]:
    """What the server's function answers to the same question."""
    scope: dict[str, Any] = {
        "method": "POST" if body else "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [],
        "http_version": "1.1",
    }
    functions = local_functions()
    handler = functions.editor if body else functions.reader
    event = http_event(scope, body)
    event["requestContext"]["authorizer"] = {"iam": {}}
    answer: dict[str, Any] = json.loads(handler(event, LocalContext("test", "1"))["body"])
    return answer


def test_search_as_json_is_what_the_api_answers(machtin: Machtin, news: Path) -> None:
    options = ["--size", "2", "--section", "Kinh tế", "--since", "2026-03-01", "--facets", "--explain"]
    mine = machtin("search", "gạo, xuất khẩu", *options, "--json").document
    theirs = api(
        "/v1/search",
        "q=g%E1%BA%A1o%2C+xu%E1%BA%A5t%20kh%E1%BA%A9u&size=2&section=Kinh%20t%E1%BA%BF&since=2026-03-01"
        "&facets=true&explain=true",
    )
    assert mine.pop("took_ms") > 0
    assert theirs.pop("took_ms") > 0
    assert mine == theirs
    assert len(mine["hits"]) == 2
    assert mine["facets"]
    assert mine["hits"][0]["explain"]


@pytest.mark.parametrize("query", ["-gạo", '-"giá gạo" -xuất', '-muc:"Kinh tế"'])
def test_a_query_may_begin_with_a_minus(machtin: Machtin, news: Path, query: str) -> None:
    found = machtin("search", query, "--size", "2", "--json").document
    assert found["hits"] == api("/v1/search", f"q={quote(query)}&size=2")["hits"]
    assert machtin("search", query, "--sise", "2").code == 2


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--sort", "oldest"], ["bong-da", "gao-1", "gao-2"]),
        (["--sort", "newest", "--size", "1"], ["gao-2"]),
        (["--sort", "newest", "--from", "1", "--size", "1"], ["gao-1"]),
        (["--section", "Thể thao"], ["bong-da"]),
        (["--tag", "gạo"], ["gao-1"]),
        (["--author", "Quỳnh Hoa"], ["gao-1"]),
        (["--until", "2026-03-01"], ["bong-da"]),
    ],
)
def test_search_passes_each_option_on(machtin: Machtin, news: Path, options: list[str], expected: list[str]) -> None:
    assert [hit["id"] for hit in machtin("search", "", *options, "--json").document["hits"]] == expected


@pytest.mark.parametrize("mode", ["lexical", "semantic", "hybrid"])
def test_search_in_each_mode(machtin: Machtin, news: Path, mode: str) -> None:
    answer = machtin("search", "gia gao", "--mode", mode, "--json").document
    assert answer["mode"] == mode
    assert answer["hits"][0]["id"] == "gao-1"


def test_search_for_a_person(machtin: Machtin, news: Path) -> None:
    outcome = machtin("search", "giá gạo", "--facets", "--explain", "--mode", "lexical")
    assert outcome.code == 0
    assert "\x1b" not in outcome.out, "no colours in a pipe"
    assert "1. Giá gạo xuất khẩu tăng mạnh" in outcome.out
    assert "15/03/2026 · Kinh tế · Quỳnh Hoa · gao-1" in outcome.out
    assert "Thương lái ở Cần Thơ nói giá gạo xuất khẩu sẽ còn tăng." in outcome.out
    assert "score: words 1.000 × 1.00 = 1.000" in outcome.out
    assert "relevance: strong; found by words; BM25" in outcome.out
    assert "section: Kinh tế 2" in outcome.out


def test_search_says_when_nothing_is_found(machtin: Machtin, news: Path) -> None:
    outcome = machtin("search", "zzz", "--mode", "lexical")
    assert outcome.code == 0
    assert outcome.out.startswith("0 found in ")
    assert "machtin ingest PATH" in outcome.err


def test_search_tells_what_was_meant(machtin: Machtin, news: Path) -> None:
    assert "Did you mean: gạo xuất khẩu\n" in machtin("search", "gạo xuất kkhẩu").err
    assert "what the keys stand for: gạo xuất khẩu\n" in machtin("search", "gajo xuaats khaaur").err
    assert not machtin("search", "gạo xuất khẩu").err


@pytest.mark.parametrize(
    ("options", "field"),
    [(["--size", "-1"], "size"), (["--from", "20000"], "from"), (["--since", "hôm qua"], "since")],
)
def test_search_refuses_what_the_api_refuses(machtin: Machtin, news: Path, options: list[str], field: str) -> None:
    shown = machtin("search", "gạo", *options)
    assert shown.code == 2
    assert field in shown.err
    assert "Traceback" not in shown.err
    document = machtin("search", "gạo", *options, "--json")
    assert document.code == 2
    assert [error["field"] for error in document.document["errors"]] == [field]


def test_search_answers_with_one_leg_and_says_so(machtin: Machtin, news: Path, installation: Installation) -> None:
    installation.embedder.model_version = "another-2"
    outcome = machtin("search", "giá gạo")
    assert outcome.code == 0
    assert "one half of the search could not answer" in outcome.err
    assert "the index holds vectors of syllables-1" in outcome.err, "the reason is logged"
    assert "Giá gạo xuất khẩu tăng mạnh" in outcome.out
    failing = machtin("search", "giá gạo", "--mode", "semantic")
    assert failing.code == 4
    assert "Traceback" not in failing.err


def test_an_article_for_a_program_and_for_a_person(machtin: Machtin, news: Path) -> None:
    assert machtin("article", "gao-1", "--json").document == api("/v1/articles/gao-1")
    shown = machtin("article", "gao-1").out
    assert shown.startswith("Giá gạo xuất khẩu tăng mạnh\n15/03/2026 · Kinh tế · Quỳnh Hoa · gao-1\n\nGạo 5% tấm")


@pytest.mark.parametrize("command", ["article", "related", "thread", "summarize"])
def test_an_unknown_id_is_not_found_and_an_impossible_one_is_refused(
    machtin: Machtin, news: Path, command: str
) -> None:
    outcome = machtin(command, "khong-co")
    assert outcome.code == 3
    assert "khong-co" in outcome.err
    assert machtin(command, "a/../b").code == 2


def test_an_article_that_was_taken_down_is_not_found(machtin: Machtin, news: Path, installation: Installation) -> None:
    installation.service.take_down("gao-1")
    assert machtin("article", "gao-1").code == 3


def test_related_and_summary_as_json_are_what_the_api_answers(machtin: Machtin, news: Path) -> None:
    mine, theirs = (
        machtin("related", "gao-1", "--size", "2", "--json").document,
        api("/v1/articles/gao-1/related", "size=2"),
    )
    assert mine.pop("took_ms") >= 0
    assert theirs.pop("took_ms") >= 0
    assert mine == theirs
    assert (mine["developments"] + mine["background"])[0]["id"] == "gao-2"
    asked = machtin("summarize", "gao-1", "--sentences", "1", "--json").document
    assert asked == api("/v1/articles/gao-1/summary", "sentences=1")
    assert asked["text"] == "Thương lái ở Cần Thơ nói giá gạo xuất khẩu sẽ còn tăng."


def test_related_and_summary_for_a_person(machtin: Machtin, news: Path) -> None:
    assert "Gạo xuất khẩu: đơn hàng châu Phi trở lại" in machtin("related", "gao-1").out
    assert machtin("summarize", "gao-1").out == (
        "Thương lái ở Cần Thơ nói giá gạo xuất khẩu sẽ còn tăng.\nLúa tại ruộng đã bán gần hết.\n"
    )


def test_a_summary_in_another_form_for_a_person(machtin: Machtin, news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LeadSummarizer, "summarize", staticmethod(ExtractiveSummarizer.load().summarize))

    bullets = machtin("summarize", "gao-1", "--form", "bullets", "--mode", "fresh")
    off_topic = machtin("summarize", "gao-1", "--query", "bóng đá nữ")
    nothing = machtin("summarize", "gao-1", "--syllables", "1")

    assert bullets.out.startswith("• ")
    assert "is not in the sapo" in bullets.err
    assert "nothing in the article speaks of the query" in off_topic.err
    assert (nothing.out, nothing.err) == ("", "machtin: no sentence of the article is as short as that\n")


DRAFT = {name: value for name, value in NEWS[0].items() if name != "id"}


@pytest.mark.parametrize("form", ["page", "json", "ndjson", "stdin"])
def test_drafts_need_not_be_published(
    machtin: Machtin, news: Path, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch, installation: Installation
) -> None:
    page = f"{DRAFT['title']}\n\n{DRAFT['sapo']}\n\n{DRAFT['body']}\n"
    files = {"page": ("draft.txt", page), "json": ("draft.json", json.dumps(NEWS[0])), "stdin": ("-", "")}
    name, text = files.get(form, ("draft.ndjson", json.dumps(DRAFT | {"url": "https://bao.example/a"})))
    path = "-" if form == "stdin" else str(tmp_path / name)
    if form == "stdin":
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(page.encode())))
    else:
        Path(path).write_text(text, encoding="utf-8")
    before = installation.service.store.count()
    answer = machtin("summarize", path, "--sentences", "1", "--json").document
    assert answer["text"] == "Thương lái ở Cần Thơ nói giá gạo xuất khẩu sẽ còn tăng."
    assert installation.service.store.count() == before
    if form != "stdin":
        found = machtin("related", path, "--json").document
        assert "gao-2" in [one["id"] for one in found["developments"] + found["background"]]


def test_a_draft_that_is_none_is_refused(machtin: Machtin, news: Path, tmp_path: Path) -> None:
    empty, many = tmp_path / "empty.txt", tmp_path / "many.ndjson"
    empty.write_text("")
    many.write_text("\n".join(json.dumps(one) for one in NEWS))
    headline = tmp_path / "headline.txt"
    headline.write_text("Giá gạo tăng.")
    for path, words in [
        (empty, "empty.txt"),
        (many, "more than one article"),
        (tmp_path / "no.html", "no.html"),
        (headline, "holds a headline alone"),
        ("Giá gạo tăng mạnh " * 9, "pipe it in and say -"),
        ("https://bao.example/gao", "neither an article's id nor a file"),
    ]:
        outcome = machtin("summarize", str(path))
        assert outcome.code == 2
        assert words in outcome.err
        assert "Traceback" not in outcome.err
