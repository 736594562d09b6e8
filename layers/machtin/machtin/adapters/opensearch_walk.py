"""Walking through all of an index in a stable order: a point in time, and after each page the place where it ended.

A place is the point in time and the sort values of the last hit. Points in time live for some minutes after each page.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from machtin.adapters.opensearch_client import OpenSearchClient
from machtin.adapters.opensearch_query import Body
from machtin.errors import IndexRefused, InvalidInput, NotFound
from machtin.ports import Page

KEPT: Final = "5m"
STRETCH: Final = 10_000
# Reading a stretch of ten thousand takes longer than a reader's question may.
STRETCH_SECONDS: Final = 30.0


def walk(client: OpenSearchClient, name: str, body: Body, after: str | None) -> Page:
    """One page; raises InvalidInput (field ``cursor``) for a place that is forgotten or was never given."""
    if after is None:
        point, values = _begin(client, name), None
    else:
        point, values = _place(after)
    asked = body | {"pit": {"id": point, "keep_alive": KEPT}}
    if values is not None:
        asked["search_after"] = values
    try:
        answer = client.request("POST", "/_search", body=asked)
    except (NotFound, IndexRefused) as error:
        if after is None:
            raise
        _refuse(error)
    hits, total = answer["hits"]["hits"], answer["hits"]["total"]["value"]
    ended = len(hits) < body["size"] or not hits
    if ended:
        _end(client, answer["pit_id"])
    following = None if ended else _written(answer["pit_id"], hits[-1]["sort"])
    return Page(tuple(hit["sort"][-1] for hit in hits), total, following)


def walk_revisions(client: OpenSearchClient, name: str) -> Iterator[tuple[str, int]]:
    """Ids and revisions of all live articles as of one moment, by id."""
    point = _begin(client, name)
    body: dict[str, Any] = {
        "size": STRETCH,
        "_source": False,
        "stored_fields": "_none_",
        "docvalue_fields": ["revision"],
        "query": {"bool": {"filter": {"term": {"live": True}}}},
        "sort": [{"id": "asc"}],
    }
    try:
        while True:
            asked = body | {"pit": {"id": point, "keep_alive": KEPT}}
            answer = client.request("POST", "/_search", body=asked, seconds=STRETCH_SECONDS)
            hits, point = answer["hits"]["hits"], answer["pit_id"]
            yield from ((hit["sort"][0], int(hit["fields"]["revision"][0])) for hit in hits)
            if len(hits) < STRETCH:
                return
            body["search_after"] = hits[-1]["sort"]
    finally:
        _end(client, point)


def _begin(client: OpenSearchClient, name: str) -> str:
    answer = client.request("POST", f"/{name}/_search/point_in_time", params={"keep_alive": KEPT})
    return str(answer["pit_id"])


def _end(client: OpenSearchClient, point: str) -> None:
    """Points that are over cost the cluster memory until they are forgotten; one that is gone already is no matter."""
    try:
        client.request("DELETE", "/_search/point_in_time", body={"pit_id": [point]})
    except (NotFound, IndexRefused):
        return


def _written(point: str, values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([point, values], separators=(",", ":")).encode()).decode("ascii")


def _place(after: str) -> tuple[str, list[Any]]:
    try:
        point, values = json.loads(base64.b64decode(after, altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error) as error:
        _refuse(error)
    if not isinstance(point, str) or not isinstance(values, list):
        _refuse(None)
    return point, values


def _refuse(cause: Exception | None) -> NoReturn:
    raise InvalidInput.of("cursor", "is not one that was given here, or is forgotten; begin again with *") from cause
