"""machtin digest, for a person and for a program."""

from __future__ import annotations

from pathlib import Path

from .command_line import Machtin
from .memory_installation import Installation
from .test_cli_questions import api


def test_as_json_it_is_what_the_api_answers(machtin: Machtin, news: Path) -> None:
    mine = machtin("digest", "gao-2", "gao-1", "--syllables", "30", "--json").document
    assert mine == api("/v1/digests", "ids=gao-2,gao-1&syllables=30")
    assert mine["syllables"] <= 30
    assert [one["id"] for one in mine["articles"]] == ["gao-1", "gao-2"]


def test_of_one_article_its_event_is_told(machtin: Machtin, news: Path) -> None:
    mine = machtin("digest", "gao-1", "--sentences", "4", "--json").document
    assert mine == api("/v1/digests", "article=gao-1&sentences=4")
    assert mine["articles"][0]["id"] == "gao-1"


def test_for_a_person(machtin: Machtin, news: Path, installation: Installation) -> None:
    installation.service.take_down("bong-da")

    outcome = machtin("digest", "gao-1", "gao-2", "bong-da", "khong-co")

    assert outcome.code == 0
    assert "Giá gạo xuất khẩu tăng mạnh · 15/03/2026 · gao-1\n" in outcome.out
    assert "Thương lái ở Cần Thơ nói giá gạo xuất khẩu sẽ còn tăng." in outcome.out
    assert "bong-da is taken down and left out" in outcome.err
    assert "khong-co is unknown and left out" in outcome.err


def test_different_numbers_are_shown(machtin: Machtin, news: Path, tmp_path: Path) -> None:
    lines = (
        '{"id": "lo-1", "title": "Lở đất", "body": "Lở đất ở Mường Pồn làm 5 người chết đêm qua.", '
        '"published_at": "2026-03-15T08:30:00+07:00"}\n'
        '{"id": "lo-2", "title": "Lở đất", "body": "Lở đất ở Mường Pồn làm bảy người chết đêm qua.", '
        '"published_at": "2026-03-16T08:30:00+07:00"}\n'
    )
    (tmp_path / "lo.ndjson").write_text(lines, encoding="utf-8")
    assert machtin("ingest", str(tmp_path / "lo.ndjson")).code == 0

    told = machtin("digest", "lo-2", "lo-1").out

    assert (
        "Different numbers: người chết\n  5 người chết · 15/03/2026 · lo-1\n  bảy người chết · 16/03/2026 · lo-2"
        in told
    )


def test_nothing_that_can_be_read_is_an_error_and_no_room_is_not(machtin: Machtin, news: Path) -> None:
    gone = machtin("digest", "khong-co", "cung-khong")
    assert (gone.code, "khong-co (unknown), cung-khong (unknown)" in gone.err) == (3, True)
    narrow = machtin("digest", "gao-1", "gao-2", "--syllables", "1")
    assert (narrow.code, narrow.out) == (0, "")
    assert "no sentence of the articles fits" in narrow.err
