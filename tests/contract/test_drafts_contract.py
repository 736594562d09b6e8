"""What an editor gets for a draft, whatever engine holds the archive."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from machtin import bootstrap
from machtin.adapters.sqlite_audit_log import SqliteAuditLog
from machtin.adapters.sqlite_reindex_log import SqliteReindexLog
from machtin.adapters.sqlite_store import SqliteStore
from machtin.article import Article
from machtin.digest import EventDigester
from machtin.draft_answers import DraftAnswer
from machtin.embedding import StaticEmbedder
from machtin.models import Models
from machtin.ports import IndexCatalog
from machtin.service import Machtin
from machtin.settings import BUNDLED_MODEL, Settings
from machtin.summary import ExtractiveSummarizer
from machtin.summary_scoring import SentenceScorer
from machtin.vietnamese import fold

MORNING = datetime(2026, 6, 1, 1, tzinfo=UTC)


def published(article_id: str, day: int, title: str, body: str, *tags: str, sapo: str = "") -> Article:
    moment = MORNING + timedelta(days=day)
    return Article(id=article_id, title=title, sapo=sapo, body=body, tags=tags, published_at=moment)


WIRE = published(
    "vai-duoc-gia",
    1,
    "Vải thiều Lục Ngạn được giá đầu vụ",
    "Sáng 2/6, thương lái trả 42.000 đồng một ký vải thiều tại chợ Chũ, cao hơn cùng kỳ năm ngoái 8.000 đồng.\n\n"
    "Chủ tịch huyện Trần Hải Phòng cho biết toàn huyện có 15.700 ha vải, sản lượng ước 98.000 tấn.\n\n"
    "Hợp tác xã Hồng Xuân đã ký hợp đồng bán 1.200 tấn sang Nhật Bản bằng đường hàng không.",
    "vải thiều", "Lục Ngạn",
)  # fmt: skip
ARCHIVE = [
    WIRE,
    published(
        "vai-bien-gioi", 2, "Xe chở vải thiều ùn ở cửa khẩu Kim Thành",
        "Hơn 200 xe chở vải thiều của Lục Ngạn nằm chờ ở cửa khẩu Kim Thành, tỉnh Lào Cai, vì phía bạn kiểm dịch chậm.",
        "Vải thiều", "Lục Ngạn", "cửa khẩu Kim Thành",
    ),
    published(
        "vai-nhat-ban", 3, "Lô vải thiều đầu tiên bay sang Nhật Bản",
        "Năm tấn vải thiều của Hợp tác xã Hồng Xuân, huyện Lục Ngạn, lên máy bay sang Nhật Bản đêm qua.",
        "vải thiều", "Lục Ngạn", "Nhật Bản",
    ),
    published(
        "hong-xuan", -200, "Hợp tác xã Hồng Xuân và ba mùa trồng vải không thuốc",
        "Nông dân Hồng Xuân kể chuyện bỏ thuốc trừ sâu trên đồi vải.", "nông nghiệp sạch",
    ),
    published(
        "cang", 4, "Cảng Hải Phòng đón tàu 24.000 TEU",
        "Tàu container cỡ lớn cập cảng nước sâu Lạch Huyện, thành phố Hải Phòng.", "Hải Phòng", "cảng biển",
    ),
    published("ve-tinh", 5, "Vệ tinh Hạt Sen phát tín hiệu", "Nhóm kỹ sư thu được tín hiệu vệ tinh.", "Hạt Sen"),
    published("bong-da", 6, "Đội nữ thắng trận mở màn", "Đội tuyển nữ thắng 2-0 trên sân Cẩm Phả.", "bóng đá nữ"),
]  # fmt: skip
DRAFT = Article(
    id="draft",
    title="Nhà vườn Lục Ngạn chọn lối đi mới cho vải thiều",
    sapo="Sau cú ùn ứ ở cửa khẩu Kim Thành, nhiều nhà vườn tính bán quả bằng đường hàng không.",
    body="“Xe nằm ở cửa khẩu Kim Thành ba ngày là quả thâm hết”, ông Trần Hải Phòng nói.\n\n"
    "Ở cửa khẩu Kim Thành, mỗi xe vải thiều chờ bình quân 30 giờ. Hợp tác xã Hồng Xuân thì chuyển sang Nhật Bản.\n\n"
    "Món chè hạt sen của Hợp tác xã Hồng Xuân cũng được khách Nhật Bản khen.",
)


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder.load(BUNDLED_MODEL)


@pytest.fixture
def news(catalog: IndexCatalog, embedder: StaticEmbedder, tmp_path: Path) -> Iterator[Machtin]:
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
    service.put(ARCHIVE)
    service.index_articles([one.id for one in ARCHIVE])
    yield service
    catalog.close()


def asked(news: Machtin, draft: Article) -> DraftAnswer:
    answer = news.related_of_draft(draft, 6)
    assert not answer.degraded
    assert_whole(draft, answer)
    return answer


def assert_whole(draft: Article, answer: DraftAnswer) -> None:
    """What holds of every answer: places say what stands there, and nothing is offered twice."""
    end = 0
    for link in answer.links:
        field = {"title": draft.title, "sapo": draft.sapo, "body": draft.body}[link.field]
        assert link.text == field[link.start : link.end] != ""
        assert link.start >= end
        end = link.end
        assert (link.article is None) != (link.tag is None)
    targets = [link.tag or link.article for link in answer.links]
    assert len(targets) == len(set(targets)) <= 8
    for tag in answer.tags:
        if (found := tag.found_in_text) is not None:
            field = {"title": draft.title, "sapo": draft.sapo, "body": draft.body}[found.field]
            assert fold(field[found.start : found.end]) == fold(tag.tag)
    assert len({tag.tag for tag in answer.tags}) == len(answer.tags)
    assert not {fold(tag) for tag in draft.tags} & {fold(tag.tag) for tag in answer.tags}
    assert draft.id not in [one.id for one in answer.duplicates]


def test_the_same_text_under_another_headline_is_published_already(news: Machtin) -> None:
    copy = replace(WIRE, id="draft", title="Đầu vụ, vải Lục Ngạn bán được giá", tags=(), published_at=None)
    (found,) = asked(news, copy).duplicates
    assert (found.id, found.title, found.published_at) == (WIRE.id, WIRE.title, "2026-06-02T01:00:00+00:00")
    assert 0.7 < found.share <= 1
    assert not found.facts_differ


def test_another_number_in_the_same_text_is_told(news: Machtin) -> None:
    changed = replace(WIRE, id="draft", body=WIRE.body.replace("15.700 ha", "17.500 ha"))
    (found,) = asked(news, changed).duplicates
    assert (found.id, found.facts_differ) == (WIRE.id, True)


def test_a_part_of_a_published_article_is_published_already(news: Machtin) -> None:
    part = replace(WIRE, id="draft", body="\n\n".join(WIRE.body.split("\n\n")[:2]))
    (found,) = asked(news, part).duplicates
    assert found.share == 1
    longer = replace(WIRE, id="draft", body=WIRE.body + "\n\n" + DRAFT.body)
    assert 0.5 <= asked(news, longer).duplicates[0].share < 0.9


def test_other_news_of_the_same_matter_is_no_duplicate(news: Machtin) -> None:
    assert asked(news, DRAFT).duplicates == []


def test_a_correction_does_not_name_itself(news: Machtin) -> None:
    corrected = replace(WIRE, title=WIRE.title + " và còn tăng", tags=())
    answer = asked(news, corrected)
    assert answer.duplicates == []
    assert all(link.article is None or link.article.id != WIRE.id for link in answer.links)


def test_what_was_taken_down_is_offered_nowhere(news: Machtin) -> None:
    gone = ["vai-duoc-gia", "cang", "ve-tinh", "hong-xuan"]
    for one in gone:
        news.take_down(one)
    news.index_articles(gone)
    answer = asked(news, replace(WIRE, id="draft", body=WIRE.body + " Vệ tinh Hạt Sen. Cảng Hải Phòng.", tags=()))
    assert answer.duplicates == []
    assert not {"Hải Phòng", "cảng biển", "Hạt Sen"} & {tag.tag for tag in answer.tags}
    assert not {link.article.id for link in answer.links if link.article} & set(gone)


def test_what_waits_for_its_moment_is_offered_nowhere(news: Machtin) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    secret = Article(
        id="mat", title="Nhà vườn Lục Ngạn bán đảo Mật", body=DRAFT.body, tags=("đảo Mật",), publish_at=tomorrow
    )
    news.put([secret])
    news.index_articles(["mat"])
    answer = asked(news, replace(DRAFT, body=DRAFT.body + " Ở đảo Mật, nhà vườn kể về đảo Mật."))
    assert answer.duplicates == []
    assert "đảo Mật" not in [tag.tag for tag in answer.tags]
    assert "mat" not in [link.article.id for link in answer.links if link.article]


def test_tags_are_those_of_near_articles_and_those_that_the_text_names(news: Machtin) -> None:
    tags = {tag.tag: tag for tag in asked(news, DRAFT).tags}
    assert {"vải thiều", "Lục Ngạn", "cửa khẩu Kim Thành", "Nhật Bản"} <= set(tags)
    assert "bóng đá nữ" not in tags
    place = tags["Lục Ngạn"].found_in_text
    assert place is not None
    assert (place.field, place.start, place.end) == ("title", 9, 17)
    assert tags["vải thiều"].articles == 3
    assert [tag.score for tag in tags.values()] == sorted((tag.score for tag in tags.values()), reverse=True)


def test_a_tag_is_not_seen_in_a_longer_name_nor_a_name_in_small_letters(news: Machtin) -> None:
    found = {tag.tag for tag in asked(news, DRAFT).tags if tag.found_in_text}
    assert not {"Hải Phòng", "Hạt Sen"} & found
    harbour = replace(DRAFT, title="Xe vải Lục Ngạn rẽ xuống Hải Phòng để kịp tàu")
    assert "Hải Phòng" in {tag.tag for tag in asked(news, harbour).tags}


def test_no_tag_is_offered_that_the_draft_has(news: Machtin) -> None:
    tags = {tag.tag for tag in asked(news, replace(DRAFT, tags=("VẢI THIỀU", "luc ngan"))).tags}
    assert not {"vải thiều", "Lục Ngạn"} & tags
    assert "cửa khẩu Kim Thành" in tags


def test_a_draft_without_marks_is_understood(news: Machtin) -> None:
    bare = replace(DRAFT, title=fold(DRAFT.title), sapo=fold(DRAFT.sapo), body=fold(DRAFT.body))
    assert {"vải thiều", "Lục Ngạn", "cửa khẩu Kim Thành"} <= {tag.tag for tag in asked(news, bare).tags}


def test_links_lead_to_what_is_about_the_name_where_it_is_first_mentioned(news: Machtin) -> None:
    links = {link.text: link for link in asked(news, DRAFT).links}
    gate = links["cửa khẩu Kim Thành"]
    assert gate.article is not None
    assert (gate.field, gate.article.id) == ("body", "vai-bien-gioi")
    assert gate.start == DRAFT.body.index("cửa khẩu Kim Thành, mỗi xe"), "what is said in quotation marks has no link"
    growers = next(link for text, link in links.items() if "Hồng Xuân" in text)
    assert growers.article is not None
    assert growers.article.id == "hong-xuan"
    assert growers.start < DRAFT.body.index("Món chè")
    assert "Hồng Xuân" in growers.reason


def test_a_list_of_a_tag_is_linked_where_no_article_is_about_it(news: Machtin) -> None:
    links = {link.text: link for link in asked(news, DRAFT).links}
    assert (links["vải thiều"].tag, links["vải thiều"].reason) == ("vải thiều", "thẻ “vải thiều” · 3 bài")


def test_why_a_link_is_offered_is_told_in_english_too(news: Machtin) -> None:
    links = {link.text: link for link in news.related_of_draft(DRAFT, 6, "en").links}
    assert links["vải thiều"].reason == "tag “vải thiều” · 3 articles"
    assert links["cửa khẩu Kim Thành"].reason == "this article's title has “cửa khẩu Kim Thành”"
    assert [link.text for link in asked(news, DRAFT).links] == list(links)


@pytest.mark.parametrize(
    "form",
    [
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace("Đ", "Ð").replace(" ", "\u00a0"),
        lambda text: text.replace("a", "a\u00ad"),
        lambda text: text.upper(),
        lambda text: "\u200b" + text + "\ufeff",
    ],
    ids=["decomposed", "eth and hard spaces", "soft hyphens", "large letters", "invisible signs"],
)
def test_however_it_is_typed_places_are_those_of_the_text_as_sent(news: Machtin, form: object) -> None:
    assert callable(form)
    typed = replace(DRAFT, title=form(DRAFT.title), sapo=form(DRAFT.sapo), body=form(DRAFT.body))
    answer = asked(news, typed)
    assert {"vải thiều", "Lục Ngạn"} <= {tag.tag for tag in answer.tags}


def test_a_headline_alone_is_answered(news: Machtin) -> None:
    answer = asked(news, Article(id="draft", title=DRAFT.title))
    assert {"vải thiều", "Lục Ngạn"} <= {tag.tag for tag in answer.tags}
    assert answer.links == []


def test_in_an_empty_archive_nothing_is_offered(news: Machtin) -> None:
    for one in ARCHIVE:
        news.take_down(one.id)
    news.index_articles([one.id for one in ARCHIVE])
    answer = asked(news, DRAFT)
    assert (answer.developments, answer.background, answer.duplicates) == ([], [], [])
    assert (answer.tags, answer.links) == ([], [])


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, body=DRAFT.body + "\n\nVải thiều Lục Ngạn " * 50_000),
        replace(DRAFT, body=" ".join(f"Trần{at} Hải{at}" for at in range(5_000)) + " " + DRAFT.body),
        replace(DRAFT, body="“" * 5_000 + DRAFT.body + "”" * 5_000),
        replace(DRAFT, tags=tuple(f"{at:03} " + "vải thiều " * 19 for at in range(100))),
        replace(DRAFT, body="a\u0301\u0323" * 4_000 + " " + DRAFT.body),
        Article(id="draft", title="?!…", body="— 1.000.000 — " * 1_000),
        Article(id="draft", title="😀", body="𠀀" * 3_000),
    ],
    ids=["a megabyte", "10,000 names", "quotation marks", "100 long tags", "marks", "numbers alone", "other signs"],
)
def test_hostile_drafts_are_answered(news: Machtin, draft: Article) -> None:
    asked(news, draft)
