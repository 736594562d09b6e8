"""machtin golden and machtin evaluate, as an editor uses them."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from machtin import bootstrap
from machtin.commands import comparison_table
from machtin.commands.own_evaluation import questions_of
from machtin.comparison import Comparison, Move, QueryChange
from machtin.evaluation import Interval

from .command_line import Machtin
from .memory_installation import Installation

TABLE = (
    "query;article;grade\r\ngiá gạo xuất khẩu;gao-1;2\r\ngiá gạo xuất khẩu;gao-2;1\r\nđội bóng đồng tháp;bong-da;\r\n"
)


@pytest.fixture
def table(tmp_path: Path, news: Path) -> Path:
    """What an editor saved in Excel."""
    path = tmp_path / "câu hỏi 1.csv"
    path.write_bytes(TABLE.encode("utf-8-sig"))
    return path


def test_a_table_is_imported_listed_and_replaced_by_its_next_state(machtin: Machtin, table: Path) -> None:
    outcome = machtin("golden", "import", str(table))
    assert (outcome.code, outcome.err) == (0, "")
    assert "2 queries with 3 judged articles are kept as câu-hỏi-1.csv" in outcome.out
    table.write_text("query,article\ngiá gạo xuất khẩu,gao-2\n", encoding="utf-8")
    assert machtin("golden", "import", str(table)).code == 0
    assert machtin("golden", "list", "--json").document == {
        "queries": [{"query": "giá gạo xuất khẩu", "articles": [{"id": "gao-2", "grade": 1, "known": True}]}]
    }


def test_a_query_may_begin_with_a_minus(machtin: Machtin, news: Path) -> None:
    query = '-bóng "giá gạo"'
    assert machtin("golden", "add", query, "gao-1", "--grade", "2").code == 0
    listed = machtin("golden", "list", "--json").document
    assert listed == {"queries": [{"query": query, "articles": [{"id": "gao-1", "grade": 2, "known": True}]}]}
    assert machtin("golden", "remove", "-giá").code == 3
    assert machtin("golden", "remove", query).code == 0
    assert machtin("golden", "list", "--json").document == {"queries": []}
    assert machtin("golden", "add", query, "gao-1", "--graed", "2").code == 2


def test_a_table_with_a_mistake_changes_nothing(machtin: Machtin, table: Path, installation: Installation) -> None:
    table.write_text("query,article\ngiá gạo,gao-1\n,gao-2\n", encoding="utf-8")
    outcome = machtin("golden", "import", str(table))
    assert outcome.code == 2
    assert "câu hỏi 1.csv:3 query: must have a text" in outcome.err
    assert not installation.settings.golden_folder.exists()


def test_articles_that_are_not_there_are_told(machtin: Machtin, table: Path) -> None:
    table.write_text("query,article\ngiá gạo,gao-1\ngiá gạo,gao-7\n", encoding="utf-8")
    outcome = machtin("golden", "import", str(table))
    assert outcome.code == 0
    assert "câu hỏi 1.csv:3: there is no article gao-7; the row is kept and counts once there is" in outcome.err
    assert "gao-7   (not there)" in machtin("golden", "list").out


def test_an_address_becomes_the_id_of_its_article(machtin: Machtin, news: Path, tmp_path: Path) -> None:
    page = tmp_path / "more.ndjson"
    page.write_text('{"id": "mua", "title": "Mưa to", "body": "Mưa.", "url": "https://bao.example/mua"}', "utf-8")
    assert machtin("ingest", str(page)).code == 0
    assert machtin("golden", "add", "mưa  to", "https://bao.example/mua", "--grade", "3").err == ""
    assert machtin("golden", "list").out == "mưa to\n  3  mua\n"


def test_judgements_are_added_changed_and_removed(machtin: Machtin, news: Path) -> None:
    assert machtin("golden", "add", "giá gạo", "gao-1", "gao-2").code == 0
    assert machtin("golden", "add", "giá gạo", "gao-2", "--grade", "0").code == 0
    assert machtin("golden", "list").out == "giá gạo\n  1  gao-1\n  0  gao-2\n"
    assert machtin("golden", "remove", "giá gạo", "gao-2").out == "1 judgements are removed.\n"
    assert machtin("golden", "remove", "giá gạo").code == 0
    assert "There are no golden queries" in machtin("golden", "list").err
    outcome = machtin("golden", "remove", "giá gạo")
    assert outcome.code != 0
    assert "no table judges “giá gạo”; see machtin golden list" in outcome.err


MUA = '{"id": "mua", "title": "Mưa to", "body": "Mưa.", "url": "https://bao.example/mua"}'


def test_an_article_named_both_ways_with_two_grades_is_refused(machtin: Machtin, table: Path, tmp_path: Path) -> None:
    (tmp_path / "more.ndjson").write_text(MUA, "utf-8")
    assert machtin("ingest", str(tmp_path / "more.ndjson")).code == 0
    table.write_text("query,article,grade\nmưa,https://bao.example/mua,2\nmưa,mua,1\n", "utf-8")
    outcome = machtin("golden", "import", str(table))
    assert outcome.code == 2
    assert "câu hỏi 1.csv:3 grade: differs from that of the same pair in câu hỏi 1.csv:2" in outcome.err
    assert machtin("golden", "list").code == 0


def test_what_is_added_counts_before_what_a_table_says(machtin: Machtin, table: Path) -> None:
    machtin("golden", "import", str(table))
    machtin("golden", "add", "đội bóng đồng tháp", "bong-da", "--grade", "3")
    assert "đội bóng đồng tháp\n  3  bong-da\n" in machtin("golden", "list").out


def test_what_was_added_by_its_address_is_removed_by_it(machtin: Machtin, news: Path, tmp_path: Path) -> None:
    (tmp_path / "more.ndjson").write_text(MUA, "utf-8")
    assert machtin("ingest", str(tmp_path / "more.ndjson")).code == 0
    decomposed = unicodedata.normalize("NFD", "mưa to")
    for address in ("https://bao.example/mua", "https://bao.example/nang"):
        machtin("golden", "add", decomposed, address)
        assert machtin("golden", "remove", "mưa to", address).out == "1 judgements are removed.\n"


def test_who_edits_golden_queries_waits_for_who_does(
    machtin: Machtin, table: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "GOLDEN_SECONDS", 0.05)
    with bootstrap.golden_folder(installation.settings, edit=True):
        outcome = machtin("golden", "import", str(table))
    assert outcome.code == 4
    assert "is being written by process" in outcome.err
    assert machtin("golden", "import", str(table)).code == 0


def test_an_id_that_cannot_be_one_is_refused(machtin: Machtin, news: Path) -> None:
    outcome = machtin("golden", "add", "giá gạo", "bài viết")
    assert outcome.code == 2
    assert "article: must be the id of an article, or its address" in outcome.err


def test_the_newsroom_s_own_queries_are_measured_on_the_live_index(machtin: Machtin, table: Path) -> None:
    outcome = machtin("evaluate")
    assert outcome.code == 2
    assert "there are none; machtin golden import FILE.csv takes a table of them" in outcome.err
    machtin("golden", "import", str(table))
    report = machtin("evaluate", "--json").document
    assert (report["version"], report["articles"], report["asked"]) == ("v1", 3, 2)
    assert set(report["results"]) == {"hybrid", "lexical", "semantic"}
    assert report["results"]["lexical"]["ndcg@10"] == 1.0
    assert sorted(one["text"] for one in report["queries"].values()) == ["giá gạo xuất khẩu", "đội bóng đồng tháp"]
    assert all(one["lexical"]["mrr@10"] == 1.0 for one in report["queries"].values())
    assert "ndcg@10" in machtin("evaluate").out


def test_a_table_is_measured_without_being_kept(machtin: Machtin, table: Path, installation: Installation) -> None:
    assert machtin("evaluate", str(table), "--mode", "lexical", "--json").document["asked"] == 2
    assert not installation.settings.golden_folder.exists()


def test_queries_without_an_article_that_is_there_are_told(machtin: Machtin, table: Path) -> None:
    table.write_text("query,article\ngiá gạo,gao-7\n", encoding="utf-8")
    outcome = machtin("evaluate", str(table))
    assert outcome.code == 2
    assert "none names a relevant article that is in the store" in outcome.err


def test_two_versions_are_compared_query_by_query(
    machtin: Machtin, table: Path, installation: Installation, tmp_path: Path
) -> None:
    machtin("golden", "import", str(table))
    assert machtin("reindex").code == 0
    del installation.catalog.open("v1").entries["gao-1"]
    found = machtin("evaluate", "--compare", "previous", "live", "--json").document
    assert (found["before"], found["after"]) == ("v1", "v2")
    assert found["ndcg_after"] > found["ndcg_before"]
    changed = next(one for one in found["queries"] if one["text"] == "giá gạo xuất khẩu")
    assert {
        "article": "gao-1",
        "title": "Giá gạo xuất khẩu tăng mạnh",
        "grade": 2,
        "before": None,
        "after": 1,
    } in changed["moves"]
    shown = machtin("evaluate", "--compare", "v1", "v2", "--html", str(tmp_path / "changes.html"))
    assert "before v1, after v2: 2 queries, 0 worse, 1 better" in shown.out
    assert "Giá gạo xuất khẩu tăng mạnh (gao-1)" in shown.out
    assert "Giá gạo xuất khẩu tăng mạnh" in (tmp_path / "changes.html").read_text(encoding="utf-8")


def test_an_article_that_was_judged_as_no_answer_is_not_called_unjudged(machtin: Machtin, table: Path) -> None:
    machtin("golden", "import", str(table))
    machtin("golden", "add", "giá gạo xuất khẩu", "bong-da", "--grade", "0")
    asked = {one.text: one.grades for one in questions_of(None)}
    assert asked["giá gạo xuất khẩu"] == {"gao-1": 2, "gao-2": 1, "bong-da": 0}


def test_versions_whose_model_is_not_installed_are_not_compared(
    machtin: Machtin, table: Path, installation: Installation
) -> None:
    machtin("golden", "import", str(table))
    installation.catalog.create("gone-1234", 256)
    outcome = machtin("evaluate", "--compare", "v2", "live")
    assert outcome.code != 0
    assert "index version v2 was made with the model gone-1234, which is not installed" in outcome.err


def test_figures_of_an_index_whose_model_is_not_installed_are_those_of_words_or_none(
    machtin: Machtin, table: Path, installation: Installation
) -> None:
    installation.catalog.promote(installation.catalog.create("gone-1234", 256).version)
    assert "the model gone-1234, which is not installed" in machtin("evaluate", str(table)).err
    assert machtin("evaluate", str(table), "--mode", "lexical").code == 0


def test_a_page_that_has_no_place_is_told_before_anything_is_asked(machtin: Machtin, tmp_path: Path) -> None:
    outcome = machtin("evaluate", "--compare", "v1", "v2", "--html", str(tmp_path / "nowhere" / "changes.html"))
    assert outcome.code == 2
    assert "nowhere; make it first" in outcome.err


def test_a_version_that_is_not_there_is_told_with_those_that_are(machtin: Machtin, table: Path) -> None:
    outcome = machtin("evaluate", str(table), "--compare", "v7", "live")
    assert outcome.code != 0
    assert "there is no index version v7; there are v1" in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [("--html", "x.html"), ("--task", "related"), ("--compare", "a", "b", "--strip-diacritics")],
)
def test_options_that_do_not_go_together_are_told(machtin: Machtin, arguments: tuple[str, ...]) -> None:
    assert machtin("evaluate", *arguments).code == 2


def test_the_worst_query_comes_first_and_hostile_titles_are_text_in_the_page() -> None:
    moves = [Move("a", "<script>alert(1)</script>", 1, 1, None), Move("b", "Tin & “tức”", None, None, 3)]
    found = Comparison(
        "v1", "v2", 1.0, 0.5, Interval(-0.5, -1.0, 0.0), [QueryChange("q", "<b>giá</b>", 1.0, 0.0, moves)]
    )
    page = comparison_table.page(found)
    assert "<script" not in page
    assert "<b>" not in page
    assert "Tin &amp; “tức”" in page
    assert list(comparison_table.lines(found))[-2:] == [
        "       1 → –    grade 1   <script>alert(1)</script> (a)",
        "       – → 3    unjudged  Tin & “tức” (b)",
    ]
