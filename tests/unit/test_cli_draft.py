"""machtin draft, for a person and for a program."""

from __future__ import annotations

import json
from pathlib import Path

from .command_line import NEWS, Machtin

DRAFT = {name: value for name, value in NEWS[0].items() if name != "id"}


def test_as_json_it_is_what_the_api_answers(machtin: Machtin, news: Path, tmp_path: Path) -> None:
    path = tmp_path / "draft.json"
    path.write_text(json.dumps(DRAFT), encoding="utf-8")
    answer = machtin("draft", str(path), "--size", "2", "--json").document
    assert {"developments", "background", "duplicates", "tags", "links", "copies"} <= answer.keys()
    assert [one["id"] for one in answer["duplicates"]] == ["gao-1"]


def test_for_a_person(machtin: Machtin, news: Path, tmp_path: Path) -> None:
    tagged = tmp_path / "tagged.json"
    more = {"id": "cho-gao", "title": "Chợ gạo Cần Thơ", "body": "Chợ họp đông.", "tags": ["Cần Thơ"]}
    tagged.write_text(json.dumps(more), encoding="utf-8")
    assert machtin("ingest", str(tagged)).code == 0
    path = tmp_path / "draft.json"
    path.write_text(json.dumps(DRAFT | {"title": "Giá gạo xuất khẩu ở Cần Thơ tăng mạnh"}), encoding="utf-8")

    outcome = machtin("draft", str(path))

    assert outcome.code == 0
    assert "Đã có bài này\n  Giá gạo xuất khẩu tăng mạnh\n" in outcome.out
    assert "gao-1 · trùng " in outcome.out
    assert "Thẻ gợi ý\n  Cần Thơ · 1 bài · có trong tựa\n" in outcome.out
    assert "Liên kết gợi ý\n  “Cần Thơ” → Chợ gạo Cần Thơ (cho-gao)\n" in outcome.out


def test_a_headline_alone_is_a_draft(machtin: Machtin, news: Path, tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_text("Giá gạo xuất khẩu tăng", encoding="utf-8")
    assert machtin("draft", str(path)).code == 0


def test_nothing_to_say_is_said(machtin: Machtin, tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_text("Xyz\n\nQwk zzt.", encoding="utf-8")
    outcome = machtin("draft", str(path))
    assert (outcome.code, outcome.out) == (0, "Kho bài chưa có gì liên quan đến bài nháp này.\n")


def test_a_file_that_is_no_draft_is_refused(machtin: Machtin, tmp_path: Path) -> None:
    outcome = machtin("draft", str(tmp_path / "khong-co.html"))
    assert outcome.code == 2
    assert "khong-co.html" in outcome.err
