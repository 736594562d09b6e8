"""machtin thread, for a person and for a program; and what the doctor says of stories."""

from __future__ import annotations

from pathlib import Path

from .command_line import Machtin
from .memory_installation import Installation
from .test_cli_questions import api

STORY = (
    '{"id": "lo-1", "title": "Lở đất ở Mường Pồn", "body": "Lở đất ở Mường Pồn làm 5 người chết đêm qua.", '
    '"publisher": "Báo Sáng", "published_at": "2026-03-15T08:30:00+07:00"}\n'
    '{"id": "lo-2", "title": "Lở đất ở Mường Pồn", "body": "Lở đất ở Mường Pồn làm bảy người chết đêm qua.", '
    '"published_at": "2026-03-18T08:30:00+07:00"}\n'
    '{"id": "lo-3", "title": "Lở đất ở Mường Pồn", "body": "Lở đất ở Mường Pồn làm bảy người chết đêm qua.", '
    '"published_at": "2026-03-18T09:30:00+07:00"}\n'
)


def test_the_story_of_an_article(machtin: Machtin, news: Path, tmp_path: Path) -> None:
    (tmp_path / "lo.ndjson").write_text(STORY, encoding="utf-8")
    assert machtin("ingest", str(tmp_path / "lo.ndjson")).code == 0

    mine, theirs = machtin("thread", "lo-3", "--json").document, api("/v1/articles/lo-3/thread")
    told = machtin("thread", "lo-3").out

    assert mine.pop("took_ms") >= 0
    assert theirs.pop("took_ms") >= 0
    assert mine == theirs
    assert (mine["thread"], mine["articles"]) == ("lo-1", 3)
    assert told.startswith("3 articles, 2 events\n\nLở đất ở Mường Pồn\n  15/03/2026 · Báo Sáng · lo-1\n")
    assert "lo-2\n  also as: lo-3" in told


def test_an_article_alone(machtin: Machtin, news: Path) -> None:
    assert machtin("thread", "bong-da").out.startswith("1 article, 1 event\n")


def test_the_doctor_links_what_was_never_linked(machtin: Machtin, news: Path, installation: Installation) -> None:
    service = installation.service
    index = installation.catalog.live()
    service.stories._links.remove([("gao-1", index.entries["gao-1"].revision)])

    assert "NOT OK  stories: 1 articles are not linked to theirs" in machtin("doctor").out
    mended = machtin("doctor", "--repair")

    assert "1 articles linked to their stories" in mended.err
    assert "ok      stories: every article is linked to its own" in mended.out


def test_the_daily_check_links_what_was_never_linked(news: Path, installation: Installation) -> None:
    service, index = installation.service, installation.catalog.live()
    service.stories._links.remove([("gao-1", index.entries["gao-1"].revision)])

    assert service.stories.lacking(index) == 1
    assert service.reconcile() == 0
    assert service.stories.lacking(index) == 0
