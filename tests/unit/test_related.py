"""Related news: what is shown, in which part, and what never is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest

from machtin.article import Article
from machtin.embedding import StaticEmbedder
from machtin.ports import ArticleIndex, IndexEntry
from machtin.related import event_model, related
from machtin.related_answers import RelatedAnswer
from machtin.related_reasons import Reasons
from machtin.settings import BUNDLED_MODEL
from machtin.words import Lang

if TYPE_CHECKING:
    from .memory_installation import Installation

DAY = datetime(2026, 3, 1, 8, tzinfo=UTC)
BRIDGE = [
    "Thành phố khởi công cầu Lĩnh Nam bắc qua sông Hồng, nối Hoàng Mai với Bát Tràng, dài hơn năm cây số.",
    "Nhà thầu cầu Lĩnh Nam qua sông Hồng dừng khoan trụ T9 vì gặp xác thuyền cổ, thành phố họp về cầu ở Bát Tràng.",
    "Người dân Bát Tràng mong cầu Lĩnh Nam qua sông Hồng sớm xong, bớt phải đi phà mỗi sáng.",
]
# No word of these stands in the reports above.
CROWD = [
    f"Đội tuyển {name} thắng trận mở màn giải vô địch quốc gia, tỷ số {goals}–0."
    for goals, name in enumerate(("điền kinh", "bơi lội", "cầu lông", "bóng chuyền", "cờ vua"), start=1)
]
Relate = Callable[..., RelatedAnswer]


def report(name: str, body: str, days: int | None = 0) -> Article:
    moment = None if days is None else DAY + timedelta(days=days)
    return Article(id=name, title="", body=body, published_at=moment)


@lru_cache(maxsize=1)
def bundled() -> StaticEmbedder:
    """The model by whose vectors reports of one event were learned."""
    return StaticEmbedder.load(BUNDLED_MODEL)


@pytest.fixture
def relate(installation: Installation) -> Relate:
    """Related news of the first of some articles, all of which are indexed."""

    def ask(
        *articles: Article, size: int = 6, indexed: bool = True, past_only: bool = False, lang: Lang = "vi"
    ) -> RelatedAnswer:
        embedder = bundled()
        index: ArticleIndex = installation.catalog.create(embedder.model_version, embedder.dimensions)
        vectors = embedder.embed_articles(articles)
        entries = [IndexEntry(one, 1, vector) for one, vector in zip(articles, vectors, strict=True)]
        index.write(entries if indexed else entries[1:])
        return related(index, articles[0], vectors[0], size, past_only=past_only, lang=lang)

    return ask


def crowd() -> list[Article]:
    return [report(f"crowd-{at}", body) for at, body in enumerate(CROWD)]


def ids(answer: RelatedAnswer) -> list[str]:
    return [one.id for one in (*answer.developments, *answer.background)]


@pytest.mark.parametrize("indexed", [True, False])
def test_reports_of_the_story_newest_first_and_nothing_else(relate: Relate, indexed: bool) -> None:
    story = [report(f"cau-{at}", body, at) for at, body in enumerate(BRIDGE)]
    answer = relate(*story, *crowd(), indexed=indexed)
    assert [one.id for one in answer.developments] == ["cau-2", "cau-1"]
    assert answer.background == []


def test_what_came_later_explains_nothing(relate: Relate) -> None:
    now, earlier, long_ago = (
        report(f"cau-{at}", body, -days) for at, (body, days) in enumerate(zip(BRIDGE, (0, 9, 400), strict=True))
    )
    answer = relate(now, earlier, long_ago, *crowd())
    assert [one.id for one in answer.developments] == ["cau-1"]
    assert [one.id for one in answer.background] == ["cau-2"]
    assert relate(long_ago, now).background == []


def test_an_archive_page_shows_nothing_that_came_after(relate: Relate) -> None:
    story = [report(f"cau-{at}", body, days) for at, (body, days) in enumerate(zip(BRIDGE, (0, 3, -3), strict=True))]
    assert [one.id for one in relate(*story, *crowd()).developments] == ["cau-1", "cau-2"]
    assert [one.id for one in relate(*story, *crowd(), past_only=True).developments] == ["cau-2"]


def test_an_archive_page_shows_an_older_copy_of_what_came_after(relate: Relate) -> None:
    fuller = BRIDGE[1] + " Nhà thầu xin lùi mốc thông xe thêm hai tháng vì phải chờ khai quật xong xác thuyền."
    story = [report("own", BRIDGE[0]), report("older", BRIDGE[1], -3), report("younger", fuller, 3)]
    (shown,) = relate(*story, *crowd()).developments
    assert (shown.id, shown.copies) == ("younger", ["older"])
    (shown,) = relate(*story, *crowd(), past_only=True).developments
    assert (shown.id, shown.copies) == ("older", [])


def test_copies_of_the_article_take_no_others_place(relate: Relate) -> None:
    copies = [report(f"copy-{at}", BRIDGE[0], 0) for at in range(60)]
    answer = relate(report("own", BRIDGE[0]), report("later", BRIDGE[1], 1), *copies, *crowd())
    assert [one.id for one in answer.developments] == ["later"]
    assert sorted(answer.copies) == sorted(one.id for one in copies)


def test_a_draft_with_another_text_than_the_article_it_replaces_is_measured_by_its_own(relate: Relate) -> None:
    draft = report("own", BRIDGE[0])
    others = [report("later", BRIDGE[1], 1), *crowd()]
    before = report("own", "Chợ hoa Quảng Bá mở phiên sớm, người dân nối nhau mua đào và quất bên sông Hồng.")
    answer = relate(draft, before, *others, indexed=False)
    alone = relate(draft, *others, indexed=False)
    assert ids(answer) == ids(alone) == ["later"]
    assert answer.developments[0].score <= 1


def test_each_says_why_it_is_shown(relate: Relate) -> None:
    later = replace(report("later", BRIDGE[1]), published_at=DAY + timedelta(hours=3))
    (shown,) = relate(report("own", BRIDGE[0]), later, *crowd()).developments
    assert shown.reason.text == "cùng sự kiện · 3 giờ sau"
    assert shown.reason.kind == "same_event"
    assert shown.reason.hours == 3.0
    assert 0 < shown.likelihood < 1


@pytest.mark.parametrize(
    ("later", "vietnamese", "english"),
    [
        (timedelta(minutes=20), "cùng giờ", "within the hour"),
        (timedelta(hours=1), "1 giờ sau", "1 hour later"),
        (timedelta(hours=-5), "5 giờ trước đó", "5 hours earlier"),
        (timedelta(days=3), "3 ngày sau", "3 days later"),
        (timedelta(days=-100), "3 tháng trước đó", "3 months earlier"),
        (timedelta(days=800), "2 năm sau", "2 years later"),
    ],
)
def test_a_reason_is_told_in_the_language_asked_for(later: timedelta, vietnamese: str, english: str) -> None:
    own, other = report("own", BRIDGE[0]), replace(report("other", BRIDGE[1]), published_at=DAY + later)
    told = Reasons(own, event_model().weights, "en")
    assert replace(told, lang="vi").of(other, same_event=True).text == f"cùng sự kiện · {vietnamese}"
    assert told.of(other, same_event=True).text == f"same event · {english}"
    background = told.of(other, same_event=False)
    assert background.text == f"background: {', '.join(background.shared)} · {english}"
    untold = replace(report("other", "Mưa to."), tags=(), published_at=None)
    assert told.of(untold, same_event=False).text == "background: same topic"


def test_related_news_are_the_same_in_either_language(relate: Relate) -> None:
    articles = [report("own", BRIDGE[0]), report("later", BRIDGE[1], 1), *crowd()]
    vietnamese, english = relate(*articles), relate(*articles, lang="en")
    assert ids(vietnamese) == ids(english) == ["later"]
    assert english.developments[0].reason.text == "same event · 24 hours later"


def test_never_the_article_itself_or_its_copy(relate: Relate) -> None:
    own = report("own", " ".join(BRIDGE[:2]))
    copy = replace(own, id="copy", title="Tin nhanh", body=own.body + " Theo TTXVN.")
    answer = relate(own, copy, report("later", BRIDGE[2], 3), *crowd())
    shown = [*ids(answer), *(copy for one in answer.developments for copy in one.copies)]
    assert shown == ["later"]
    assert answer.copies == ["copy"]


def test_copies_are_folded_under_the_best(relate: Relate) -> None:
    copy = report("again", BRIDGE[1] + " Theo TTXVN.", 1)
    answer = relate(report("a", BRIDGE[0]), report("b", BRIDGE[1], 1), copy, *crowd())
    (shown,) = answer.developments
    assert {shown.id, *shown.copies} == {"b", "again"}


def test_a_single_item_gets_nothing(relate: Relate) -> None:
    assert ids(relate(report("alone", BRIDGE[0]), *crowd())) == []
    assert ids(relate(report("alone", BRIDGE[0]))) == []
    assert ids(relate(report("empty", ""), *crowd())) == []


def test_each_part_is_cut_to_its_size(relate: Relate) -> None:
    story = [report(f"cau-{at}", body, at) for at, body in enumerate(BRIDGE)]
    assert len(ids(relate(*story, *crowd(), size=1))) == 1
    assert ids(relate(*story, *crowd(), size=0)) == []


def test_without_a_vector_words_still_relate(installation: Installation) -> None:
    embedder = installation.embedder
    story = [report(f"cau-{at}", body, at) for at, body in enumerate(BRIDGE)]
    index = installation.catalog.create(embedder.model_version, embedder.dimensions)
    index.write([IndexEntry(one, 1, None) for one in (*story, *crowd())])
    answer = related(index, story[0], None, 6)
    assert ids(answer)
    assert {"cau-1", "cau-2"} >= set(ids(answer))
