"""The command line: what it prints, for a person and for a program, and what its exit codes say."""

from __future__ import annotations

import gc
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from machtin import bootstrap, cli
from machtin.adapters.local_functions import local_functions
from machtin.adapters.local_http import LocalContext, http_event
from machtin.adapters.worker_lock import WorkerLock

if TYPE_CHECKING:
    from unit.conftest import Installation

NEWS: list[dict[str, Any]] = [
    {
        "id": "gao-1",
        "title": "Giá gạo xuất khẩu tăng mạnh",
        "sapo": "Gạo 5% tấm đạt 412 USD một tấn.",
        "body": "Thương lái ở Cần Thơ nói giá gạo xuất khẩu sẽ còn tăng.\n\nLúa tại ruộng đã bán gần hết.",
        "section": "Kinh tế",
        "tags": ["gạo"],
        "author": "Quỳnh Hoa",
        "published_at": "2026-03-15T08:30:00+07:00",
    },
    {
        "id": "gao-2",
        "title": "Gạo xuất khẩu: đơn hàng châu Phi trở lại",
        "sapo": "Doanh nghiệp ký mới 40.000 tấn.",
        "body": "Đơn hàng châu Phi giúp giá gạo xuất khẩu giữ vững trong tháng ba.",
        "section": "Kinh tế",
        "published_at": "2026-03-20T08:30:00+07:00",
    },
    {
        "id": "bong-da",
        "title": "Đội bóng Đồng Tháp thắng trận mở màn",
        "body": "Trận đấu trên sân Cao Lãnh kết thúc với tỉ số hai không.",
        "section": "Thể thao",
        "published_at": "2026-02-01T20:00:00+07:00",
    },
]


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Machtin = Callable[..., Outcome]


@pytest.fixture
def machtin(installation: Installation, capsys: pytest.CaptureFixture[str]) -> Machtin:
    """Runs one command line, in what amounts to a process of its own."""

    def run(*arguments: str) -> Outcome:
        installation.restart()
        code = cli.run(arguments)
        shown = capsys.readouterr()
        return Outcome(code, shown.out, shown.err)

    return run


@pytest.fixture
def news(machtin: Machtin, tmp_path: Path) -> Path:
    """Three articles, taken in."""
    path = tmp_path / "news.ndjson"
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in NEWS), encoding="utf-8")
    assert machtin("ingest", str(path)).code == 0
    return path


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


# --- ingest -----------------------------------------------------------------------------------------------------------


def test_ingested_articles_are_found_when_the_command_returns(machtin: Machtin, news: Path) -> None:
    outcome = machtin("search", "đơn hàng châu Phi", "--json")
    assert outcome.document["hits"][0]["id"] == "gao-2"


def test_ingest_tells_what_it_took(machtin: Machtin, news: Path) -> None:
    outcome = machtin("ingest", str(news))
    assert outcome.code == 0
    assert outcome.out.startswith("0 taken (0 new, 0 changed), 3 unchanged, 0 refused, in ")


def test_ingest_as_json_is_one_object(machtin: Machtin, tmp_path: Path, installation: Installation) -> None:
    path = tmp_path / "mixed.ndjson"
    path.write_text("\n".join([json.dumps(NEWS[0]), "{broken", json.dumps(NEWS[1] | {"title": ""})]))
    outcome = machtin("ingest", str(path), "--json")
    assert outcome.code == 5
    told = outcome.document
    assert (told["taken"], told["created"], told["updated"], told["unchanged"]) == (1, 1, 0, 0)
    assert [(one["file"], one["line"]) for one in told["refused"]] == [(str(path), 2), (str(path), 3)]
    assert told["refused"][1]["errors"][0]["field"] == "title"
    assert told["seconds"] > 0
    assert told["rate"] > 0
    assert len(list(installation.settings.refused_folder.glob("*.json"))) == 2


def test_ingest_shows_twenty_refusals_and_keeps_all(
    machtin: Machtin, tmp_path: Path, installation: Installation
) -> None:
    path = tmp_path / "bad.ndjson"
    path.write_text("\n".join(f'{{"id": "b{number}"}}' for number in range(31)))
    outcome = machtin("ingest", str(path))
    assert outcome.code == 5
    lines = outcome.out.splitlines()
    assert len([line for line in lines if line.startswith("  refused: ")]) == 20
    assert f"  refused: {path}:1: title is missing" in outcome.out
    assert "  … and 11 more" in lines
    assert str(installation.settings.refused_folder) in lines[-1]
    assert len(list(installation.settings.refused_folder.glob("*.json"))) == 31


def test_ingest_reads_folders_and_pages(machtin: Machtin, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "cho-noi.txt").write_text("Chợ nổi đông khách\n\nĐoạn một của bài, dài hơn sáu tiếng.\n\nĐoạn hai.\n")
    (pages / "x.ndjson").write_text(json.dumps(NEWS[2]))
    outcome = machtin("ingest", str(pages), "--json")
    assert outcome.document["created"] == 2
    assert machtin("article", "cho-noi", "--json").document["title"] == "Chợ nổi đông khách"


def test_ingest_reads_standard_input(machtin: Machtin, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input(io.TextIOWrapper):
        pass

    monkeypatch.setattr(sys, "stdin", Input(io.BytesIO(json.dumps(NEWS[0]).encode())))
    assert machtin("ingest", "-", "--json").document["created"] == 1


def test_ingest_of_what_is_not_there(machtin: Machtin, tmp_path: Path) -> None:
    outcome = machtin("ingest", str(tmp_path / "khong-co.ndjson"))
    assert outcome.code == 5
    assert "khong-co.ndjson" in outcome.out
    assert machtin("ingest").code == 2


def test_ingest_leaves_nothing_half_done_when_it_is_stopped(
    machtin: Machtin, news: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from machtin.adapters.local_events import Delivery
    from machtin.adapters.local_work import LocalWork

    news.write_text(news.read_text().replace("Gạo", "Thóc"))

    def stopped(self: LocalWork) -> Delivery:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(LocalWork, "deliver", stopped)
        outcome = machtin("ingest", str(news))
    assert outcome.code == 130
    assert "2 articles wait to be indexed" in outcome.err
    assert not installation.agreeing()
    assert machtin("ingest", str(news), "--json").document["unchanged"] == 3
    assert installation.agreeing()


def test_ingest_says_when_the_index_takes_nothing(
    machtin: Machtin, news: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from machtin.adapters import local_events

    monkeypatch.setattr(local_events, "SETBACKS", 1)
    installation.catalog.live().failure = "the disk is full"
    news.write_text(news.read_text().replace("Gạo", "Thóc"))
    work = bootstrap.queue(installation.settings)
    outcome = machtin("ingest", str(news))
    assert outcome.code == 4
    assert outcome.err.splitlines()[-1].endswith("stored but could not be indexed; run: machtin doctor")
    assert "Traceback" not in outcome.err
    assert work.state().waiting == 2


# --- search -----------------------------------------------------------------------------------------------------------


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
    assert "score: lexical" in outcome.out
    assert "section: Kinh tế 2" in outcome.out


def test_search_says_when_nothing_is_found(machtin: Machtin, news: Path) -> None:
    outcome = machtin("search", "zzz", "--mode", "lexical")
    assert outcome.code == 0
    assert outcome.out.startswith("0 found in ")
    assert "machtin ingest PATH" in outcome.err


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


# --- article, related, summarize --------------------------------------------------------------------------------------


def test_an_article_for_a_program_and_for_a_person(machtin: Machtin, news: Path) -> None:
    assert machtin("article", "gao-1", "--json").document == api("/v1/articles/gao-1")
    shown = machtin("article", "gao-1").out
    assert shown.startswith("Giá gạo xuất khẩu tăng mạnh\n15/03/2026 · Kinh tế · Quỳnh Hoa · gao-1\n\nGạo 5% tấm")


@pytest.mark.parametrize("command", ["article", "related", "summarize"])
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
    for path, words in [(empty, "empty.txt"), (many, "more than one article"), (tmp_path / "no.html", "no.html")]:
        outcome = machtin("summarize", str(path))
        assert outcome.code == 2
        assert words in outcome.err


# --- reindex ----------------------------------------------------------------------------------------------------------


def test_a_reindex_swaps_and_rolls_back(machtin: Machtin, news: Path, installation: Installation) -> None:
    outcome = machtin("reindex", "--json")
    assert outcome.code == 0
    done = outcome.document
    assert (done["state"], done["version"], done["previous"], done["articles_done"]) == ("done", "v2", "v1", 3)
    assert installation.catalog.live().version == "v2"
    assert installation.agreeing()
    installation.service.take_down("bong-da")
    back = machtin("reindex", "--rollback", done["id"])
    assert back.code == 0
    assert "Index version v1 is live again" in back.out
    assert installation.catalog.live().version == "v1"
    assert installation.agreeing(), "with what changed since"
    (listed,) = machtin("reindex", "--list", "--json").document
    assert listed["state"] == "rolled_back"


def test_a_reindex_for_a_person(machtin: Machtin, news: Path) -> None:
    shown = machtin("reindex").out
    assert "Index version v2 is live, with 3 articles written." in shown
    assert "To go back: machtin reindex --rollback " in shown
    assert "done" in machtin("reindex", "--list").out


def test_a_reindex_that_was_cut_short_is_finished(machtin: Machtin, news: Path, installation: Installation) -> None:
    begun = installation.service.reindexer.begin()
    installation.service.reindexer.advance(begun.id)
    outcome = machtin("reindex", "--json")
    assert outcome.document["id"] == begun.id
    assert outcome.document["state"] == "done"
    assert "is under way; going on with it" in outcome.err


def test_a_reindex_that_fails_says_why(machtin: Machtin, news: Path, installation: Installation) -> None:
    begun = installation.service.reindexer.begin()
    installation.catalog.open(begun.version).failure = "the disk is full"
    outcome = machtin("reindex")
    assert outcome.code == 1
    assert "failed: the disk is full" in outcome.err
    assert installation.catalog.live().version == "v1"


def test_rollbacks_that_cannot_be(machtin: Machtin, news: Path) -> None:
    assert machtin("reindex", "--rollback", "khong-co").code == 3
    first = machtin("reindex", "--json").document["id"]
    machtin("reindex")
    assert machtin("reindex", "--rollback", first).code == 4
    assert machtin("reindex", "--rollback", first, "--list").code == 2


# --- doctor and token -------------------------------------------------------------------------------------------------


def checks(outcome: Outcome) -> dict[str, bool]:
    return {check["part"]: check["ok"] for check in outcome.document["checks"]}


def test_the_doctor_finds_a_fresh_and_a_used_installation_well(
    machtin: Machtin, news: Path, installation: Installation
) -> None:
    machtin("token")
    outcome = machtin("doctor", "--json")
    assert outcome.code == 0
    assert outcome.document["ok"] is True
    assert list(checks(outcome)) == [
        "python", "packages", "data folder", "token", "store", "model", "index", "store and index", "queue",
    ]  # fmt: skip
    shown = machtin("doctor").out
    assert "NOT OK" not in shown
    assert "3 articles, sound" in shown


def test_the_doctor_does_not_make_what_is_not_there(machtin: Machtin, installation: Installation) -> None:
    assert machtin("doctor").code == 0
    assert not installation.settings.store_file.exists()


def test_the_doctor_finds_and_repairs_a_difference(machtin: Machtin, news: Path, installation: Installation) -> None:
    index = installation.catalog.live()
    del index.entries["gao-1"]
    found = machtin("doctor", "--json")
    assert found.code == 1
    assert checks(found)["store and index"] is False
    assert "NOT OK  store and index: 1 articles differ\n        → run: machtin doctor --repair" in machtin("doctor").out
    mended = machtin("doctor", "--repair")
    assert mended.code == 0
    assert "1 articles brought to agree" in mended.err
    assert installation.agreeing()


def test_the_doctor_finds_and_releases_dead_letters(machtin: Machtin, news: Path, installation: Installation) -> None:
    work = bootstrap.queue(installation.settings)
    installation.service.take_down("gao-1")
    with bootstrap.store_file(installation.settings).writing() as db:
        db.execute("UPDATE queue SET dead = 1")
    found = machtin("doctor", "--json")
    assert found.code == 1
    assert checks(found)["queue"] is False
    assert checks(found)["store and index"] is False
    assert machtin("doctor", "--repair").code == 0
    assert work.state() == (0, 0)
    assert installation.agreeing()


def test_the_doctor_finds_a_token_that_others_can_read(machtin: Machtin, installation: Installation) -> None:
    machtin("token")
    installation.settings.token_file.chmod(0o644)
    found = machtin("doctor")
    assert found.code == 1
    assert "chmod 600" in found.out


def test_the_doctor_finds_a_broken_store(machtin: Machtin, news: Path, installation: Installation) -> None:
    file = installation.settings.store_file
    installation.restart()
    gc.collect()  # the last connection that is closed writes to the file once more
    file.write_bytes(b"no database at all, and long enough to be looked at by SQLite" * 100)
    found = machtin("doctor", "--json")
    assert found.code == 1
    assert checks(found)["store"] is False
    shown = machtin("search", "gạo")
    assert "Traceback" not in shown.err


def test_the_doctor_finds_an_index_of_another_model(machtin: Machtin, news: Path, installation: Installation) -> None:
    installation.embedder.model_version = "another-2"
    found = machtin("doctor")
    assert found.code == 1
    assert "it was made with another model: machtin reindex" in found.out


def test_the_doctor_repairs_only_when_nobody_else_is_at_work(
    machtin: Machtin, news: Path, installation: Installation
) -> None:
    lock = WorkerLock(installation.settings.data / "worker.lock")
    assert lock.take()
    outcome = machtin("doctor", "--repair")
    lock.release()
    assert outcome.code == 4
    assert "stop it first" in outcome.err


def test_the_token_is_made_once(machtin: Machtin, installation: Installation) -> None:
    first = machtin("token").out.strip()
    assert len(first) >= 40
    assert machtin("token").out.strip() == first
    assert installation.settings.token_file.stat().st_mode & 0o077 == 0


# --- the whole --------------------------------------------------------------------------------------------------------

COMMANDS = ["serve", "ingest", "search", "article", "related", "summarize", "reindex", "evaluate", "doctor", "token"]


def test_every_command_explains_itself_with_examples(machtin: Machtin) -> None:
    shown = machtin("--help")
    assert shown.code == 0
    assert "Exit codes: 0 done" in shown.out
    assert list(cli.cli.commands) == COMMANDS
    for command in COMMANDS:
        explained = machtin(command, "--help")
        assert explained.code == 0
        assert "Example" in explained.out
        assert f"machtin {command}" in explained.out or command == "token"


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["search"], ["search", "x", "--nonsense"], ["serve", "--port", "0"]]
)
def test_wrong_usage_is_two(machtin: Machtin, arguments: list[str]) -> None:
    outcome = machtin(*arguments)
    assert outcome.code == 2
    assert "Usage:" in outcome.err


def test_a_wrong_setting_is_named(machtin: Machtin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MACHTIN_PORT", "eighty")
    outcome = machtin("token")
    assert outcome.code == 2
    assert outcome.err == "machtin: MACHTIN_PORT is 'eighty'; give a port from 1 to 65535\n"


def test_help_needs_no_engine() -> None:
    """What makes ``machtin --help`` quick, measured in modules since time depends on the machine."""
    heavy = ["numpy", "rich", "tantivy", "tokenizers", "uvicorn", "pydantic", "aws_lambda_powertools", "trafilatura"]
    code = f"import sys, machtin.cli; machtin.cli.run(['--help']); print([m for m in {heavy} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"
