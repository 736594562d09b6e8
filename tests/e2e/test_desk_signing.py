"""Requests that the desk signs in the browser, checked by the project's own verifier of AWS signatures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import Request as Sent

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
# The verifier of another suite, which mypy knows by another name than pytest.
sigv4: Any = import_module("..e2e_aws.sigv4", __package__)
Request, Identity, Refused, verified = sigv4.Request, sigv4.Identity, sigv4.Refused, sigv4.verified
REGION: Final = "ap-southeast-1"
PLAIN: Final = Identity("ASIAEDITOR", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "editor", session_token="IQoJb3+/=x")
OLD_TEXT: Final = Path(__file__).parent.parent / "pages" / "windows-1258.txt"
SIGN: Final = """async ([given, method, url, text, headers]) => {
  const { signedHeaders } = await import("/assets/desk_signing.js");
  return signedHeaders(given, method, url, new TextEncoder().encode(text), headers);
}"""
BODY: Final = '{"title": "Đặt nhịp cuối cầu Mỹ Thuận – “hợp long”"}'
REQUESTS: Final = [
    ("GET", "/v1/scheduled?size=1", ""),
    ("GET", "/v1/scheduled", ""),
    ("PUT", "/v1/articles/khoi-cong-cau?reason=S%E1%BB%ADa%20t%C3%AAn%20c%E1%BA%A7u%20%28l%E1%BA%A7n%202%29%21", BODY),
    ("DELETE", "/v1/articles/a.b_c~d-e?reason=a%2Bb%26c%3Dd%2F%2A%27", ""),
    ("POST", "/v1/drafts/related?size=6&lang=vi", BODY),
    ("POST", "/v1/drafts/summary?mode=sapo%2B&form=&form=push&a=1&A=2&a=0", BODY),
    ("POST", "/v1/a%20b/%C4%91%E1%BA%B7t/c", "chữ " * 5000),
]


def given(identity: Any) -> dict[str, str | None]:
    return {
        "accessKey": identity.access_key,
        "secret": identity.secret,
        "sessionToken": identity.session_token,
        "region": REGION,
    }


def checked(request: Any, now: datetime | None = None) -> Any:
    return verified(request, {PLAIN.access_key: PLAIN}, REGION, now or datetime.now(UTC))


def on_the_wire(sent: Sent) -> Any:
    """What the browser has sent, with the host that it adds by itself."""
    parts = urlsplit(sent.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = [*sent.all_headers().items()]
    if not any(name == "host" for name, _ in headers):
        headers.append(("host", parts.netloc))
    return Request(sent.method, target, headers, sent.post_data_buffer or b"")


@pytest.mark.parametrize(("method", "target", "body"), REQUESTS)
def test_what_the_browser_signs_the_gateway_takes(
    open_page: OpenPage, site: Any, method: str, target: str, body: str
) -> None:
    page = open_page("/desk")
    kind = {"content-type": "application/json; charset=utf-8"} if body else {}
    headers = page.evaluate(SIGN, [given(PLAIN), method, site.base + target, body, kind])
    sent = [("host", urlsplit(site.base).netloc), *kind.items(), *headers.items()]
    assert checked(Request(method, target, sent, body.encode())) is PLAIN
    with pytest.raises(Refused, match="does not match"):
        checked(Request(method, target, sent, body.encode() + b" "))
    with pytest.raises(Refused, match="does not match"):
        checked(Request(method, target + ("&" if "?" in target else "?") + "more=1", sent, body.encode()))
    with pytest.raises(Refused, match="signed at"):
        checked(Request(method, target, sent, body.encode()), datetime.now(UTC) + timedelta(minutes=6))


EXPORTED: Final = f"""export AWS_ACCESS_KEY_ID={PLAIN.access_key}
export AWS_SECRET_ACCESS_KEY={PLAIN.secret}
export AWS_SESSION_TOKEN={PLAIN.session_token}
"""
PASTE: Final = """([selector, text]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.querySelector(selector).dispatchEvent(event);
}"""


def behind_a_gateway(page: Page, site: Any) -> list[Any]:
    """Between the page and the laptop's server: what is signed goes on with the laptop's token, all else is refused."""
    taken: list[Any] = []

    def judge(route: Any) -> None:
        request = on_the_wire(route.request)
        if not any(name == "authorization" for name, _ in request.headers):
            route.continue_()
            return
        try:
            checked(request)
        except Refused:
            route.fulfill(status=403, content_type="application/json", body='{"message":"Forbidden"}')
            return
        taken.append(request)
        headers = route.request.all_headers() | {"authorization": site.client.headers["Authorization"]}
        route.continue_(headers=headers)

    page.route("**/v1/**", judge)
    return taken


def sign_in_by_key(page: Page, exported: str = EXPORTED) -> None:
    page.get_by_label("Khoá AWS tạm thời").check()
    page.evaluate(PASTE, ["#sign-in-access_key", exported])
    page.get_by_label("Vùng (region)").fill(REGION)
    page.get_by_role("button", name="Đăng nhập").click()


def test_an_editor_signs_in_with_temporary_keys_and_works_by_them(open_page: OpenPage, site: Any) -> None:
    page = open_page("/desk")
    taken = behind_a_gateway(page, site)
    sign_in_by_key(page)
    expect(page.get_by_text(f"Khoá {PLAIN.access_key}")).to_be_visible()
    page.get_by_label("Dán bài vào đây").fill(
        "Cầu Mỹ Thuận 3 hợp long sớm\n\nNhịp cuối được đặt sáng nay, sớm ba tháng."
    )
    page.get_by_role("button", name="Đọc bài").click()
    expect(page.get_by_label("Tiêu đề")).to_have_value("Cầu Mỹ Thuận 3 hợp long sớm")
    expect(page.get_by_text("Chưa có bài nào trùng.")).to_be_visible()
    methods = {(one.method, one.path) for one in taken}
    assert {("POST", "/v1/drafts/article"), ("POST", "/v1/drafts/related"), ("GET", "/v1/scheduled")} <= methods


def test_keys_are_in_no_storage_and_gone_after_a_reload(open_page: OpenPage, site: Any) -> None:
    page = open_page("/desk")
    behind_a_gateway(page, site)
    sign_in_by_key(page)
    expect(page.get_by_text(f"Khoá {PLAIN.access_key}")).to_be_visible()
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, history.state])")
    assert kept == '[{},{},"",null]'
    assert PLAIN.secret not in page.content()
    page.reload()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


def test_keys_that_are_wrong_or_permanent_let_nobody_in(open_page: OpenPage, site: Any, complaints: Any) -> None:
    page = open_page("/desk")
    taken = behind_a_gateway(page, site)
    sign_in_by_key(page, EXPORTED.replace("wJalr", "wJalR"))
    expect(page.get_by_role("alert")).to_contain_text("AWS không nhận khoá này")
    complaints.forgive("403")
    page.get_by_label("Session token").fill("")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("alert")).to_contain_text("Đây là khoá lâu dài")
    assert taken == []


@pytest.mark.parametrize(
    "text",
    [
        EXPORTED,
        '$Env:AWS_ACCESS_KEY_ID="ASIAX"\n$Env:AWS_SECRET_ACCESS_KEY="a/b+c"\n$Env:AWS_SESSION_TOKEN="t=="',
        '{"Version": 1, "AccessKeyId": "ASIAX", "SecretAccessKey": "a/b+c", "SessionToken": "t=="}',
        '{"Credentials": {"AccessKeyId": "ASIAX", "SecretAccessKey": "a/b+c", "SessionToken": "t=="}}',
        "[default]\naws_access_key_id = ASIAX\naws_secret_access_key = a/b+c\naws_session_token = t==",
    ],
)
def test_what_the_command_line_prints_fills_the_form_in_one_paste(open_page: OpenPage, text: str) -> None:
    page = open_page("/desk")
    page.get_by_label("Khoá AWS tạm thời").check()
    page.evaluate(PASTE, ["#sign-in-secret", text])
    read = [page.locator(f"#sign-in-{name}").input_value() for name in ("access_key", "secret", "session_token")]
    assert read in (["ASIAX", "a/b+c", "t=="], [PLAIN.access_key, PLAIN.secret, PLAIN.session_token])


def test_a_file_that_is_sent_is_signed_byte_for_byte(open_page: OpenPage, site: Any) -> None:
    page = open_page("/desk")
    taken = behind_a_gateway(page, site)
    sign_in_by_key(page)
    page.locator("#intake-file").set_input_files(OLD_TEXT)
    expect(page.get_by_label("Tiêu đề")).to_have_value("Cầu Vàm Sáng thông xe sau ba năm thi công")
    sent = next(one for one in taken if one.path == "/v1/drafts/article")
    assert sent.body == OLD_TEXT.read_bytes()
