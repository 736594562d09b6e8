"""Who uses the deployment: an editor's CMS, which signs what it sends, and readers, who need not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from .signing import signed_headers
from .sigv4 import Identity

EDITOR: Final = Identity("AKIAEDITOR0000000000", "the editor's secret", "editor", allowed=())
# Somebody of the same account whom nobody has given the editors' policy.
INTERN: Final = Identity("AKIAINTERN0000000000", "the intern's secret", "intern", allowed=())
SECONDS: Final = 60.0
LINES: Final = 25


def identities(editors: Sequence[str]) -> dict[str, Identity]:
    """Who may sign, by access key; ``editors``: the routes that the editors' policy allows."""
    return {EDITOR.access_key: replace(EDITOR, allowed=editors), INTERN.access_key: INTERN}


class Newsroom:
    """An editor's client of the HTTP API, and a reader's."""

    def __init__(self, address: str, identity: Identity = EDITOR) -> None:
        self.address = address
        self.identity = identity
        self.client = httpx.Client(base_url=address, timeout=SECONDS, trust_env=False)

    def request(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json", by: Identity | None = None
    ) -> httpx.Request:
        """A signed request, to be sent as it is or after somebody has meddled with it; ``by`` another identity."""
        headers = signed_headers(by or self.identity, method, self.address + path, {"Content-Type": kind}, body)
        return self.client.build_request(method, path, content=body, headers=headers)

    def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        return self.client.send(request)

    def ask(self, method: str, path: str, document: object = None) -> Any:
        """The answer to a signed request with a JSON body, which must succeed."""
        body = b"" if document is None else json.dumps(document, ensure_ascii=False).encode()
        answer = self.send(self.request(method, path, body))
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def put(self, article: Mapping[str, object]) -> Any:
        """Publish or correct an article."""
        return self.ask("PUT", f"/v1/articles/{article['id']}", article)

    def try_put(self, article: Mapping[str, object]) -> int:
        """Publish or correct an article, whatever comes of it; returns the status."""
        body = json.dumps(article, ensure_ascii=False).encode()
        return self.send(self.request("PUT", f"/v1/articles/{article['id']}", body)).status_code

    def put_many(self, articles: Sequence[Mapping[str, object]]) -> None:
        """Publish many articles, a few at a time, and send again those that there was no time for."""
        waiting = list(articles)
        while waiting:
            sent = waiting[:LINES]
            body = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in sent).encode()
            answer = self.send(self.request("POST", "/v1/articles", body, "application/x-ndjson"))
            assert answer.is_success, answer.text
            statuses = [json.loads(line)["status"] for line in answer.text.splitlines()]
            assert set(statuses) <= {202, 503}, answer.text
            waiting = waiting[LINES:] + [one for one, status in zip(sent, statuses, strict=True) if status == 503]

    def take_down(self, article_id: str) -> Any:
        """Take an article down."""
        return self.ask("DELETE", f"/v1/articles/{article_id}")

    def get(self, path: str, **parameters: object) -> httpx.Response:
        """What a reader is answered."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        return self.client.get(path + query)

    def found(self, query: str, **parameters: object) -> list[str]:
        """The ids that a reader's search finds."""
        answer = self.get("/v1/search", q=query, **parameters)
        assert answer.status_code == 200, answer.text
        return [hit["id"] for hit in answer.json()["hits"]]

    def matching(self, words: str) -> list[str]:
        """The ids of all articles that have these words, which are few."""
        return self.found(words, mode="lexical", size=50)

    def related(self, article_id: str) -> list[str]:
        """The ids of an article's related news."""
        answer = self.get(f"/v1/articles/{article_id}/related", size=50)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        shown = [*told["developments"], *told["background"]]
        return [one["id"] for one in shown] + [copy for one in shown for copy in one["copies"]]

    def close(self) -> None:
        """Close the connections."""
        self.client.close()
