"""What is wrong with a request, in the words of the page: the same from the server as from its script."""

from __future__ import annotations

import json
import re

import pytest

from machtin.errors import IndexUnavailable, InvalidInput, Problem
from machtin.site_trouble import FIELDS, trouble_view
from machtin.web_files import FOLDER
from machtin.words import Lang


def test_the_script_calls_fields_the_same() -> None:
    script = (FOLDER / "api.js").read_text(encoding="utf-8")
    (table,) = re.findall(r"const FIELDS = \{(.*?)\};", script, re.DOTALL)
    assert dict(re.findall(r'(\w+): "([\w.]+)"', table)) == FIELDS
    (wrong_days,) = re.findall(r'const WRONG_DAYS = (".*");', script)
    assert "Ngày đầu phải" in trouble_view("vi", InvalidInput.of("until", json.loads(wrong_days))).html


@pytest.mark.parametrize(
    ("lang", "problem", "told"),
    [
        ("vi", Problem("until", "must be later than since"), "Ngày đầu phải trước ngày cuối."),
        ("en", Problem("until", "must be later than since"), "The first date must be before the last."),
        (
            "vi",
            Problem("section", "has 1,002 characters; the limit is 200"),
            "Chuyên mục: có 1.002 ký tự, nhiều nhất là 200.",
        ),
        (
            "en",
            Problem("q", "has 1,002 characters; the limit is 1,000"),
            "Query: has 1,002 characters; the limit is 1,000.",
        ),
        ("vi", Problem("from", "is <wrong>"), 'Xem thêm: <span lang="en">is &lt;wrong&gt;</span>'),
        ("vi", Problem("mode", "is wrong"), 'mode: <span lang="en">is wrong</span>'),
    ],
)
def test_a_field_is_told_of_in_the_language_of_the_page(lang: Lang, problem: Problem, told: str) -> None:
    assert f"<ul><li>{told}</li></ul>" in trouble_view(lang, InvalidInput([problem])).html


def test_a_failure_of_the_server_has_no_fields() -> None:
    shown = trouble_view("vi", IndexUnavailable("the index can't be read")).html
    assert "Máy chủ chưa trả lời được" in shown
    assert "<ul>" not in shown
