"""The interface as it is described against the handlers as they are: generated requests, by the shipped document."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import settings
from schemathesis.specs.openapi import checks

from machtin import bootstrap
from machtin.errors import StoreUnavailable
from machtin.web_files import FOLDER

from .asgi_site import ARTICLE, Site, open_site, problem_of

DOCUMENT: dict[str, Any] = json.loads((FOLDER / "openapi.json").read_text(encoding="utf-8"))
BASE = "http://machtin.test"
OPERATIONS = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]
schema = schemathesis.openapi.from_dict(DOCUMENT)
Case = schemathesis.Case[Any]

EXCLUDED: list[Any] = [
    # Some rules no JSON Schema can say: from + size, until after since, a sapo or a body, no date in the future.
    checks.positive_data_acceptance,
    # It sends requests of its own, over the network; what it asks is asked below.
    checks.ignored_auth,
]


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context: Any, value: Any) -> bytes:
    """Text goes as it is; whatever else is generated goes as one line."""
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def site(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("interface") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def statuses() -> Iterator[Counter[tuple[str, str, int]]]:
    """How often each operation answered with each status; a generator whose requests are all refused tests nothing."""
    counted: Counter[tuple[str, str, int]] = Counter()
    yield counted
    for method, path in OPERATIONS:
        seen = {status for asked, at, status in counted if (asked, at) == (method, path)}
        names = "{" in path or path == "/v1/digests"  # articles, which need not be there
        assert not seen or seen & ({200, 202, 404, 409, 410} if names else {200, 201, 202}), (method, path, seen)


def send(site: Site, case: Case, *, token: bool) -> httpx.Response:
    """Exactly the request that the case describes, signed or not."""
    prepared = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
    # As bytes: what is generated for a header has other letters than ASCII's, too.
    headers = {
        name: value if isinstance(value, bytes) else value.encode("latin-1")
        for name, value in prepared.headers.items()
        if name.lower() != "authorization"
    }
    return site.ask(str(prepared.method), str(prepared.url), token=token, content=prepared.body, headers=headers)


@schema.parametrize()
@settings(max_examples=40, database=None, derandomize=True)
def test_generated_requests_are_answered_as_described(
    case: Case, site: Site, statuses: Counter[tuple[str, str, int]]
) -> None:
    answer = send(site, case, token=True)
    statuses[case.method.lower(), case.path, answer.status_code] += 1
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        problem_of(answer)
    # Refusals that schemathesis does not take for such: 413, and those of single lines.
    refused = answer.status_code == 413 or answer.headers.get("content-type") == "application/x-ndjson"
    # Whatever is generated is a text.
    unrefusable = refused or str(case.media_type).startswith("text/")
    case.validate_response(answer, excluded_checks=EXCLUDED + [checks.negative_data_rejection] * unrefusable)


@schema.parametrize()
@settings(max_examples=5, database=None, derandomize=True)
def test_editors_operations_are_closed_to_others(case: Case, site: Site) -> None:
    guarded = "security" in DOCUMENT["paths"][case.path].get(case.method.lower(), {})
    before = site.stored()
    answer = send(site, case, token=False)
    if guarded:
        # Parameters are looked at before credentials.
        assert answer.status_code in (401, 404, 422)
    assert site.stored() == before


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_the_examples_work(site: Site, method: str, path: str) -> None:
    """Each operation with its own examples, as a reader of the documentation would try it."""
    operation = DOCUMENT["paths"][path][method]
    if path.startswith(("/v1/articles/{", "/v1/digests")):
        assert site.put(ARTICLE, "gia-gao-xuat-khau").status_code == 202
    parameters = {one["name"]: one["example"] for one in operation.get("parameters", ()) if "example" in one}
    address = path.format(**parameters)
    query = {name: value for name, value in parameters.items() if "{" + name + "}" not in path}
    content = headers = None
    for media, described in operation.get("requestBody", {}).get("content", {}).items():
        example = described["example"]
        content = example if isinstance(example, str) else json.dumps(example)
        headers = {"Content-Type": media}
    answer = site.ask(method.upper(), address, params=query, content=content, headers=headers)
    # Re-indexes, golden queries and refused input have ids that nobody chooses: here there are none.
    unknown = "{" in path and not path.startswith("/v1/articles/")
    assert answer.status_code in ((404, 409) if unknown else (200, 201, 202, 409)), answer.text
    assert answer.headers["content-type"] in operation["responses"][str(answer.status_code)]["content"]


def test_health_tells_which_part_does_not_answer(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> int:
        raise StoreUnavailable("cannot read the store")

    monkeypatch.setattr(bootstrap.service().store, "count", away)
    answer = site.ask("GET", "/v1/health", token=False)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/json"
    health = answer.json()
    assert health["status"] == "degraded"
    assert health["parts"]["store"] == {"ok": False, "detail": "cannot read the store"}
    assert health["parts"]["model"]["ok"] is True
    described = DOCUMENT["paths"]["/v1/health"]["get"]["responses"]["503"]["content"]
    assert described["application/json"]["schema"] == {"$ref": "#/components/schemas/HealthAnswer"}
