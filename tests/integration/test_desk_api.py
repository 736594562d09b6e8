"""What the desk asks: the page itself, what is understood of a draft, and what is stored under an id."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from machtin import bootstrap

from .conftest import Invoke, sample_event

KEY = "example-article"


def body(answer: dict[str, Any]) -> Any:
    return json.loads(answer["body"])


def sent(content: bytes, kind: str) -> dict[str, Any]:
    headers = {"content-type": kind}
    event = sample_event("http-draft-article", headers=headers, body=base64.b64encode(content).decode())
    return event | {"isBase64Encoded": True}


class TestPage:
    @pytest.mark.parametrize("name", ["http-desk", "http-desk-room", "http-desk-article"])
    def test_every_room_is_the_same_page(self, reader: Invoke, name: str) -> None:
        answer = reader(sample_event(name, headers={}))
        assert answer["statusCode"] == 200
        assert '<html lang="vi" ' in answer["body"]
        assert "script-src 'self'" in answer["headers"]["Content-Security-Policy"]

    @pytest.mark.parametrize("name", ["http-english-desk", "http-english-desk-room", "http-english-desk-article"])
    def test_below_en_it_is_english(self, reader: Invoke, name: str) -> None:
        answer = reader(sample_event(name, headers={}))
        assert '<html lang="en" ' in answer["body"]
        assert "Editor’s desk" in answer["body"]

    def test_an_unchanged_page_is_not_sent_again(self, reader: Invoke) -> None:
        first = reader(sample_event("http-desk"))
        headers = {"if-none-match": first["headers"]["ETag"]}
        assert reader(sample_event("http-desk-room", headers=headers))["statusCode"] == 304
        assert reader(sample_event("http-english-desk", headers=headers))["statusCode"] == 200


class TestDraft:
    def test_a_page_is_understood_and_not_stored(self, editor: Invoke) -> None:
        answer = body(editor(sample_event("http-draft-article")))
        assert answer["article"]["title"] == "Giá gạo xuất khẩu tăng tuần thứ ba liên tiếp"
        assert answer["article"]["sapo"].startswith("Gạo 5% tấm")
        assert answer["cut_off"] == [{"text": "Kinh tế", "kind": "page"}]
        assert answer["missing"] == ["section", "author", "published_at", "tags"]
        assert answer["problems"] == []
        assert bootstrap.service().store.count() == 0

    @pytest.mark.parametrize(
        ("charset", "kind"),
        [
            ("utf-8", "text/plain; charset=UTF-8"),
            ("utf-16", "text/plain"),
            ("utf-16", "application/octet-stream"),
            ("utf-8-sig", "TEXT/PLAIN"),
        ],
    )
    def test_a_text_is_read_in_whatever_encoding_it_was_saved(self, editor: Invoke, charset: str, kind: str) -> None:
        text = "Đắk Lắk được mùa cà phê\n\nSản lượng tăng 12% so với năm ngoái.\n\nGiá cũng tăng theo."
        answer = body(editor(sent(text.encode(charset), kind)))
        assert answer["article"]["title"] == "Đắk Lắk được mùa cà phê"
        assert answer["id"] == "dak-lak-duoc-mua-ca-phe"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_what_a_file_is_shows_in_how_it_begins(self, editor: Invoke, encoding: str) -> None:
        page = sample_event("http-draft-article")["body"]
        answer = body(editor(sent(page.encode(encoding), "application/octet-stream")))
        assert answer["article"]["title"] == "Giá gạo xuất khẩu tăng tuần thứ ba liên tiếp"

    def test_what_was_understood_can_be_put_as_it_is(self, editor: Invoke) -> None:
        answer = body(editor(sample_event("http-draft-article")))
        article = {name: value for name, value in answer["article"].items() if value is not None}
        put = sample_event("http-put-article", body=json.dumps(article))
        assert editor(put)["statusCode"] == 202

    def test_an_article_in_json_is_understood_as_it_is(self, editor: Invoke) -> None:
        answer = body(editor(sent(b'{"id": "a", "title": "T", "body": "B."}', "application/json")))
        assert (answer["id"], answer["article"]["body"], answer["cut_off_total"]) == ("a", "B.", 0)

    @pytest.mark.parametrize(
        ("content", "kind", "status", "field"),
        [
            (b"  ", "text/html", 422, "body"),
            (b"<html></html>", "text/html", 422, "page"),
            (b"\x81\x8d\x90", "text/plain", 422, "page"),
            (b"\xff\xd8\xff", "image/jpeg", 415, "Content-Type"),
            (b"[]", "application/json", 422, "body"),
            (b'{"title": 1}', "application/json", 422, "title"),
            (b"x" * 6_000_001, "text/plain", 413, "body"),
        ],
    )
    def test_what_cannot_be_read_is_refused_with_its_mend(
        self, editor: Invoke, content: bytes, kind: str, status: int, field: str
    ) -> None:
        answer = editor(sent(content, kind))
        assert answer["statusCode"] == status, answer["body"]
        assert body(answer)["errors"][0]["field"] == field

    def test_markup_comes_back_as_text(self, editor: Invoke) -> None:
        page = "<h1>Giá &lt;script&gt; tăng</h1><p>Một đoạn văn &lt;img onerror=x&gt; đủ dài để được giữ lại ở đây.</p>"
        answer = body(editor(sent(page.encode(), "text/html; charset=utf-8")))
        assert answer["article"]["title"] == "Giá <script> tăng"


class TestStored:
    def state(self, editor: Invoke) -> tuple[str, str | None]:
        answer = editor(sample_event("http-stored"))
        assert answer["statusCode"] == 200
        found = body(answer)
        return found["state"], found["article"] and found["article"]["title"]

    def test_an_id_is_told_through_its_life(self, editor: Invoke) -> None:
        document = json.loads(sample_event("http-put-article")["body"])
        title = document["title"]
        assert self.state(editor) == ("none", None)
        moment = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        waiting = json.dumps(document | {"publish_at": moment})
        assert editor(sample_event("http-put-article", body=waiting))["statusCode"] == 202
        assert self.state(editor) == ("scheduled", title)
        assert editor(sample_event("http-put-article"))["statusCode"] == 202
        assert self.state(editor) == ("published", title)
        assert editor(sample_event("http-delete-article"))["statusCode"] == 202
        assert self.state(editor) == ("taken_down", None)


class TestPreconditions:
    def put(self, editor: Invoke, title: str, **headers: str) -> tuple[int, Any]:
        event = sample_event("http-put-article")
        changed = json.loads(event["body"]) | {"title": title}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = sample_event("http-put-article", body=json.dumps(changed), headers=event["headers"] | named)
        answer = editor(sent)
        return answer["statusCode"], body(answer)

    def test_of_two_editors_who_saw_the_same_the_second_is_told_and_overwrites_nothing(self, editor: Invoke) -> None:
        status, first = self.put(editor, "Bản đầu", if_none_match="*")
        assert status == 202
        seen = f'"{first["revision"]}"'
        status, second = self.put(editor, "Bản của người thứ nhất", if_match=seen)
        assert status == 202
        status, told = self.put(editor, "Bản của người thứ hai", if_match=seen)
        assert (status, told["title"]) == (412, "Precondition Failed")
        assert f"is at {second['revision']} now; nothing was done: look at it again" in told["detail"]
        assert self.put(editor, "Bản mới", if_none_match="*")[0] == 412
        assert editor(sample_event("http-delete-article", headers={"if-match": seen}))["statusCode"] == 412
        assert body(editor(sample_event("http-stored")))["article"]["title"] == "Bản của người thứ nhất"
        assert len(body(editor(sample_event("http-audit")))["records"]) == 2
        current = f'"{second["revision"]}"'
        assert editor(sample_event("http-delete-article", headers={"if-match": current}))["statusCode"] == 202

    def test_who_names_no_revision_writes_as_ever(self, editor: Invoke) -> None:
        assert [self.put(editor, title)[0] for title in ("Một", "Hai")] == [202, 202]

    @pytest.mark.parametrize(
        ("headers", "field"),
        [
            ({"if_match": "1773538200000"}, "If-Match"),
            ({"if_match": 'W/"1773538200000"'}, "If-Match"),
            ({"if_match": "*"}, "If-Match"),
            ({"if_match": '"0"'}, "If-Match"),
            ({"if_match": f'"{"9" * 40}"'}, "If-Match"),
            ({"if_match": ""}, "If-Match"),
            ({"if_none_match": '"1773538200000"'}, "If-None-Match"),
            ({"if_match": '"1773538200000"', "if_none_match": "*"}, "If-None-Match"),
        ],
    )
    def test_a_condition_that_is_not_understood_is_not_taken_for_none(
        self, editor: Invoke, headers: dict[str, str], field: str
    ) -> None:
        status, told = self.put(editor, "Bản đầu", **headers)
        assert (status, told["errors"][0]["field"]) == (422, field)
        assert body(editor(sample_event("http-stored")))["state"] == "none"
