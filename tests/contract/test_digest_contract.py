"""What a digest of several articles promises, whatever engine finds the developments of an event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from machtin import bootstrap
from machtin.adapters.sqlite_audit_log import SqliteAuditLog
from machtin.adapters.sqlite_reindex_log import SqliteReindexLog
from machtin.adapters.sqlite_store import SqliteStore
from machtin.article import ID_MEND, Article
from machtin.digest import EventDigester
from machtin.digest_answers import DigestAnswer, MissingArticle
from machtin.digest_request import DigestRequest
from machtin.embedding import StaticEmbedder
from machtin.errors import InvalidInput, NotFound, Problem, TakenDown
from machtin.models import Models
from machtin.ports import IndexCatalog
from machtin.service import Machtin
from machtin.settings import BUNDLED_MODEL, Settings
from machtin.summary import ExtractiveSummarizer
from machtin.summary_scoring import SentenceScorer

NIGHT = datetime(2026, 7, 25, 1, tzinfo=UTC)


def report(article_id: str, hours: int, title: str, body: str, sapo: str = "") -> Article:
    return Article(id=article_id, title=title, body=body, sapo=sapo, published_at=NIGHT + timedelta(hours=hours))


FIRST = report(
    "lo-dat-1",
    0,
    "Lở đất ở Mường Pồn, 5 người chết",
    "Rạng sáng 25/7, lở đất ở xã Mường Pồn, huyện Điện Biên làm 5 người chết và vùi lấp nhiều nhà dân.\n\n"
    "Lực lượng cứu hộ tới hiện trường lở đất ở Mường Pồn từ sáng sớm để tìm người mất tích.",
)
SECOND = report(
    "lo-dat-2",
    9,
    "Lở đất ở Mường Pồn: 7 người chết",
    "Vụ lở đất rạng sáng 25/7 ở xã Mường Pồn, huyện Điện Biên làm 7 người chết, theo thống kê mới của huyện.\n\n"
    "Tỉnh Điện Biên hỗ trợ mỗi gia đình có người chết vì lở đất ở Mường Pồn 50 triệu đồng.",
)
THIRD = report(
    "lo-dat-3",
    30,
    "Nối lại đường vào Mường Pồn sau lở đất",
    "Quốc lộ 12 qua xã Mường Pồn, huyện Điện Biên được thông xe trở lại sau vụ lở đất rạng sáng 25/7.\n\n"
    "Học sinh ở Mường Pồn sẽ học nhờ trường bên cạnh tới khi lở đất được dọn xong.",
)
ELSEWHERE = [
    report("gao", 3, "Giá gạo xuất khẩu tăng", "Giá gạo xuất khẩu của Việt Nam tăng thêm 5 USD mỗi tấn."),
    report("bong-da", 5, "Đội tuyển nữ thắng Thái Lan", "Đội tuyển nữ Việt Nam thắng Thái Lan 2-0 trên sân Cẩm Phả."),
    report("pin", 7, "Pin xe điện rẻ hơn", "Nhà sản xuất cho biết pin xe điện thế hệ mới rẻ hơn một phần ba."),
]
DETAILS = [
    "Bộ đội dựng cầu phao bắc qua suối",
    "Trạm y tế tiêm phòng uốn ván cho trẻ nhỏ",
    "Điện lực kéo lại đường dây trung thế",
    "Giáo viên cắm trại dạy chữ dưới tán rừng",
    "Nhà chùa nấu ba trăm suất cơm chay",
    "Chuyên gia đo vết nứt trên đỉnh đồi",
    "Máy xúc đào kênh thoát nước khẩn cấp",
    "Ngân hàng giãn nợ cho hộ trồng cà phê",
    "Sinh viên quyên góp áo ấm và chăn bông",
    "Đàn trâu lạc được dắt về chuồng tạm",
    "Thủ tướng gửi điện chia buồn",
    "Kiểm lâm cấm chặt cây quanh sườn dốc",
    "Nhà máy nước cấp bình lọc miễn phí",
    "Họa sĩ bán tranh gây quỹ xây trường",
    "Công an phân luồng xe tải hạng nặng",
    "Trực thăng thả mì gói xuống bản xa",
    "Mạng di động phủ sóng trở lại bằng vệ tinh",
    "Thợ lặn mò tìm két sắt của bưu điện",
    "Hội phụ nữ trông trẻ giúp các gia đình",
    "Nhà địa chất vẽ bản đồ nguy cơ mới",
    "Chợ phiên họp lại trên sân vận động",
    "Cây cầu treo cũ bị tháo dỡ làm sắt vụn",
]
STORY = ["lo-dat-1", "lo-dat-2", "lo-dat-3"]


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder.load(BUNDLED_MODEL)


@pytest.fixture
def news(catalog: IndexCatalog, embedder: StaticEmbedder, tmp_path: Path) -> Iterator[Machtin]:
    """Reports of one night and others, stored and indexed."""
    file = bootstrap.store_file(Settings(data=tmp_path / "data"))
    scorer = SentenceScorer.load()
    service = Machtin(
        store=SqliteStore(file),
        catalog=catalog,
        models=Models(embedder),
        summarizer=ExtractiveSummarizer(scorer, embedder),
        digester=EventDigester(scorer, embedder),
        reindex_log=SqliteReindexLog(file),
        audit_log=SqliteAuditLog(file),
        version="1",
    )
    articles = [FIRST, SECOND, THIRD, *ELSEWHERE]
    service.put(articles)
    service.index_articles([one.id for one in articles])
    yield service
    catalog.close()


def of(news: Machtin, *ids: str) -> DigestAnswer:
    return news.digest(DigestRequest(ids=ids))


def of_event(
    news: Machtin, article_id: str, *, sentences: int | None = None, syllables: int | None = None
) -> DigestAnswer:
    return news.digest(DigestRequest(article=article_id, sentences=sentences, syllables=syllables))


def sources(answer: DigestAnswer) -> list[str]:
    return list(dict.fromkeys(one.source.id for one in answer.sentences))


def as_stored(news: Machtin, answer: DigestAnswer) -> bool:
    """Whether every sentence stands where it says in the article as it is now."""
    bodies = {one.id: news.article(one.id) for one in answer.articles}
    return all(getattr(bodies[one.source.id], one.field)[one.start : one.end] == one.text for one in answer.sentences)


@pytest.mark.parametrize("asked", STORY)
def test_the_event_of_an_article_is_told_in_order_of_time(news: Machtin, asked: str) -> None:
    answer = of_event(news, asked)

    assert [one.id for one in answer.articles] == sources(answer) == STORY
    assert (answer.missing, answer.degraded) == ([], False)
    assert as_stored(news, answer)


def test_it_is_the_same_as_that_of_their_ids_in_any_order(news: Machtin) -> None:
    assert of_event(news, "lo-dat-2") == of(news, *STORY) == of(news, *reversed(STORY))


def test_different_numbers_stand_beside_with_source_and_time(news: Machtin) -> None:
    (found,) = of_event(news, "lo-dat-3").contradictions

    assert [(one.value, one.sentence.source.id) for one in found.reports] == [(5, "lo-dat-1"), (7, "lo-dat-2")]
    assert [one.sentence.source.published_at for one in found.reports] == [
        one.published_at.isoformat() for one in (FIRST, SECOND) if one.published_at
    ]


def test_an_article_without_developments_is_digested_alone(news: Machtin) -> None:
    answer = of_event(news, "pin")
    assert [one.id for one in answer.articles] == ["pin"]
    assert answer.text == ELSEWHERE[2].body


def test_a_correction_counts_at_once_and_again_when_it_is_indexed(news: Machtin) -> None:
    news.put([replace(SECOND, body=SECOND.body.replace("làm 7 người", "làm 5 người"))])

    before = of_event(news, "lo-dat-1")
    news.index_articles(["lo-dat-2"])
    after = of_event(news, "lo-dat-1")

    assert before == after
    assert before.contradictions == []
    assert "7 người chết" not in before.text
    assert as_stored(news, before)


def test_what_was_taken_down_is_gone_at_once_and_named_until_the_index_knows(news: Machtin) -> None:
    news.take_down("lo-dat-2")

    before = of_event(news, "lo-dat-1")
    news.index_articles(["lo-dat-2"])
    after = of_event(news, "lo-dat-1")

    assert before.missing == [MissingArticle("lo-dat-2", "taken_down")]
    assert after.missing == []
    for answer in (before, after):
        assert [one.id for one in answer.articles] == sources(answer) == ["lo-dat-1", "lo-dat-3"]
        assert answer.contradictions == []
        assert "7 người chết" not in answer.text


def test_the_event_of_what_was_taken_down_is_not_told(news: Machtin) -> None:
    news.take_down("lo-dat-1")
    with pytest.raises(TakenDown, match="lo-dat-1"):
        of_event(news, "lo-dat-1")
    with pytest.raises(NotFound, match="khong-co"):
        of_event(news, "khong-co")


def test_ids_that_can_not_be_read_are_named_beside_the_others(news: Machtin) -> None:
    news.take_down("lo-dat-2")

    answer = of(news, "khong-co", "lo-dat-2", "lo-dat-1")

    assert [one.id for one in answer.articles] == ["lo-dat-1"]
    assert answer.missing == [MissingArticle("khong-co", "unknown"), MissingArticle("lo-dat-2", "taken_down")]


def test_where_none_can_be_read_that_is_said_of_each(news: Machtin) -> None:
    news.take_down("lo-dat-2")
    with pytest.raises(TakenDown, match=r"khong-co \(unknown\), lo-dat-2 \(taken down\)"):
        of(news, "khong-co", "lo-dat-2")
    with pytest.raises(NotFound, match=r"khong-co \(unknown\), cung-khong \(unknown\)"):
        of(news, "khong-co", "cung-khong")


def test_what_was_taken_down_and_published_again_is_told_again(news: Machtin) -> None:
    whole = of_event(news, "lo-dat-1")
    news.take_down("lo-dat-2")
    news.index_articles(["lo-dat-2"])
    news.put([SECOND])

    assert of(news, *STORY) == whole
    news.index_articles(["lo-dat-2"])
    assert of_event(news, "lo-dat-1") == whole


def test_an_id_that_is_named_twice_is_read_once_and_twenty_different_ones_at_most(news: Machtin) -> None:
    assert of(news, *["lo-dat-1", "lo-dat-2"] * 15) == of(news, "lo-dat-1", "lo-dat-2")
    with pytest.raises(InvalidInput) as refused:
        of(news, *(f"tin-{number}" for number in range(21)))
    assert (refused.value.problems[0].field, "at most 20" in refused.value.problems[0].message) == ("ids", True)


def test_of_a_long_story_twenty_reports_are_read(news: Machtin) -> None:
    more = [
        report(f"lo-dat-{number}", number, f"Lở đất ở Mường Pồn: {detail}", f"{detail} sau lở đất ở xã Mường Pồn.")
        for number, detail in enumerate(DETAILS, start=4)
    ]
    news.put(more)
    news.index_articles([one.id for one in more])

    answer = of(news, *STORY, *(one.id for one in more[:17]))

    assert len(answer.articles) == 20
    moments = [one.published_at or "" for one in answer.articles]
    assert moments == sorted(moments)
    assert answer.syllables <= 250
    assert as_stored(news, answer)


@pytest.mark.parametrize("odd", ["a b", "a/b", "ô-nhiễm", "<b>", "%00", "..", "a" * 129, "\u200b"])
def test_no_id_of_odd_signs_is_looked_for(news: Machtin, odd: str) -> None:
    with pytest.raises(InvalidInput) as listed:
        of(news, "lo-dat-1", odd)
    with pytest.raises(InvalidInput) as named:
        of_event(news, odd)
    assert listed.value.problems == (Problem("ids", f"{odd[:40]!r}: each {ID_MEND}"),)
    assert named.value.problems == (Problem("article", ID_MEND),)


def test_lengths_hold_together(news: Machtin) -> None:
    assert len(of_event(news, "lo-dat-1", sentences=2).sentences) == 2
    assert of_event(news, "lo-dat-1", syllables=40).syllables <= 40
    both = of_event(news, "lo-dat-1", sentences=1, syllables=30)
    assert (len(both.sentences), both.syllables <= 30) == (1, True)
