"""Editors' routes of the deployed shape: whoever is not an editor is turned away, and nothing has changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import pytest

from .cloud import BUCKET, Cloud
from .event_source import until_true
from .gateway import Route
from .newsroom import EDITOR, INTERN, Newsroom

pytestmark = pytest.mark.aws

ARTICLE: Final = {
    "id": "e2e-chu-ky",
    "title": "Bài viết chỉ biên tập viên được sửa",
    "body": "Không ai khác được đăng, sửa hay gỡ bài này.",
    "published_at": "2026-06-15T08:30:00+07:00",
}
OTHER: Final = json.dumps(ARTICLE | {"title": "Bài viết của kẻ lạ"}, ensure_ascii=False).encode()
LATER: Final = timedelta(minutes=5, seconds=1)


def address(route: Route) -> str:
    """An address that the route takes, of something that is there where it can be."""
    return re.sub(r"\{\w+\}", str(ARTICLE["id"]), route.path)


def unsigned(newsroom: Newsroom, route: Route) -> httpx.Request:
    headers = {"Content-Type": "application/json"}
    return newsroom.client.build_request(route.method, address(route), content=OTHER, headers=headers)


def signed(newsroom: Newsroom, route: Route, **changes: Any) -> httpx.Request:
    return newsroom.request(route.method, address(route), OTHER, **changes)


def with_headers(request: httpx.Request, **headers: str) -> httpx.Request:
    request.headers.update(headers)
    return request


def forged(newsroom: Newsroom, route: Route) -> httpx.Request:
    """Claims in every place where somebody might believe them."""
    claim = json.dumps({"iam": EDITOR.authorizer()})
    names = ("requestContext", "authorizer", "X-Amzn-Request-Context", "X-Apigateway-Event", "X-Forwarded-User")
    return with_headers(unsigned(newsroom, route), **dict.fromkeys(names, claim))


def tampered(newsroom: Newsroom, route: Route) -> httpx.Request:
    taken = signed(newsroom, route)
    body = OTHER.replace("kẻ lạ".encode(), "kẻ khác".encode())
    headers = {name: value for name, value in taken.headers.items() if name != "content-length"}
    return newsroom.client.build_request(route.method, address(route), content=body, headers=headers)


def moved(newsroom: Newsroom, route: Route) -> httpx.Request:
    """The signature of another request."""
    other = newsroom.request(route.method, "/v1/articles/another", OTHER)
    return newsroom.client.build_request(route.method, address(route), content=OTHER, headers=other.headers)


FORGERIES: Final[dict[str, Callable[[Newsroom, Route], httpx.Request]]] = {
    "no signature": unsigned,
    "a token": lambda newsroom, route: with_headers(unsigned(newsroom, route), Authorization="Bearer secret"),
    "claims in headers": forged,
    "an unknown key": lambda newsroom, route: signed(newsroom, route, by=replace(EDITOR, access_key="AKIANOBODY")),
    "a wrong secret": lambda newsroom, route: signed(newsroom, route, by=replace(EDITOR, secret="guessed")),
    "no permission": lambda newsroom, route: signed(newsroom, route, by=INTERN),
    "another body": tampered,
    "another request's signature": moved,
}


def bucket_versions(cloud: Cloud, prefix: str = "") -> list[tuple[str, str]]:
    """Every version of every object that the bucket has ever been given."""
    pages = cloud.client("s3").get_paginator("list_object_versions").paginate(Bucket=BUCKET, Prefix=prefix)
    return sorted((one["Key"], one["VersionId"]) for page in pages for one in page.get("Versions", []))


@pytest.fixture(scope="module")
def published(cloud: Cloud, newsroom: Newsroom) -> None:
    newsroom.put(ARTICLE)
    until_true(lambda: cloud.ingest.left() == 0, 20, "it is in the index")


@pytest.fixture
def routes(cloud: Cloud) -> list[Route]:
    """The editors' routes of the template: all that write, and those that show re-indexes."""
    editors = [route for route in cloud.shape.routes if route.function == "EditorFunction"]
    assert {route.method for route in cloud.shape.routes if route not in editors} == {"GET"}
    assert len(editors) >= 11
    return editors


@pytest.fixture
def unchanged(cloud: Cloud) -> Callable[[], None]:
    """Asserts that nothing has been written since the test began."""
    before = bucket_versions(cloud)

    def check() -> None:
        assert bucket_versions(cloud) == before
        assert not cloud.client("stepfunctions").list_executions(
            stateMachineArn=cloud.state_machine, statusFilter="RUNNING"
        )["executions"]

    return check


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_who_is_no_editor_changes_nothing(
    newsroom: Newsroom, routes: list[Route], unchanged: Callable[[], None], forgery: str
) -> None:
    for route in routes:
        answer = newsroom.send(FORGERIES[forgery](newsroom, route))
        assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"}), route.key
    unchanged()


@pytest.mark.usefixtures("published")
def test_a_signature_that_is_sent_again_later_is_worth_nothing(
    cloud: Cloud, newsroom: Newsroom, routes: list[Route], unchanged: Callable[[], None]
) -> None:
    taken = [signed(newsroom, route) for route in routes]
    cloud.gateway.clock = lambda: datetime.now(UTC) + LATER
    try:
        statuses = [newsroom.send(request).status_code for request in taken]
    finally:
        cloud.gateway.clock = lambda: datetime.now(UTC)
    assert statuses == [403] * len(routes)
    unchanged()


@pytest.mark.usefixtures("published")
def test_within_five_minutes_the_same_request_is_taken_again_and_changes_nothing(
    cloud: Cloud, newsroom: Newsroom
) -> None:
    """AWS remembers no signatures: who breaks TLS may send a request again, and gets what it has already done."""
    before = bucket_versions(cloud, "articles/")
    same = newsroom.request("PUT", f"/v1/articles/{ARTICLE['id']}", json.dumps(ARTICLE, ensure_ascii=False).encode())
    for _ in range(2):
        answer = newsroom.send(same)
        assert (answer.status_code, answer.json()["outcome"]) == (202, "unchanged")
    assert bucket_versions(cloud, "articles/") == before


def test_behind_the_gateway_the_function_asks_once_more(cloud: Cloud, routes: list[Route]) -> None:
    """A route whose authoriser somebody has removed from the template still lets nobody in."""
    for route in routes:
        event = {
            "version": "2.0",
            "routeKey": route.key,
            "rawPath": address(route),
            "rawQueryString": "",
            "headers": {"content-type": "application/json"},
            "requestContext": {"http": {"method": route.method, "path": address(route)}, "stage": "$default"},
            "body": OTHER.decode(),
            "isBase64Encoded": False,
        }
        # Parameters that must be there are looked at before credentials.
        assert cloud.functions[route.function](event)["statusCode"] in (401, 422), route.key
