"""Walking through all of an index in a stable order: a point in time, and after each page the place where it ended.

A place is the point in time and the sort values of the last hit. Points in time live for a minute after each page.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final, NoReturn

from machtin.adapters.opensearch_client import Busy, OpenSearchClient
from machtin.adapters.opensearch_query import Body
from machtin.errors import IndexRefused, IndexUnavailable, InvalidInput, MachtinError, NotFound
from machtin.ports import Page

# Each walk that is left keeps a point in time for so long, and a node has room for 300.
KEPT: Final = "1m"
# An answer of some shards alone is none.
WHOLE: Final = {"allow_partial_search_results": "false"}
INTERNAL: Final = 500
STRETCH: Final = 10_000
# Reading a stretch of ten thousand takes longer than a reader's question may.
STRETCH_SECONDS: Final = 30.0


def walk(client: OpenSearchClient, name: str, body: Body, after: str | None) -> Page:
    """One page; raises InvalidInput (field ``cursor``) for a place that is forgotten or was never given."""
    point, values = (_begin(client, name), None) if after is None else _place(after, len(body["sort"]))
    asked = body | {"pit": {"id": point, "keep_alive": KEPT}} | ({"search_after": values} if values else {})
    try:
        answer = client.request("POST", "/_search", params=WHOLE, body=asked)
    except (NotFound, IndexRefused, Busy) as error:
        if after is None:
            _end(client, point)
            raise
        if isinstance(error, Busy) and error.status != INTERNAL:
            raise
        _refuse(error)
    except IndexUnavailable:
        if after is None:
            _end(client, point)
        raise
    hits, total = answer["hits"]["hits"], answer["hits"]["total"]["value"]
    ended = len(hits) < body["size"]
    if ended:
        _end(client, answer["pit_id"])
    following = None if ended else _written(answer["pit_id"], hits[-1]["sort"])
    return Page(tuple(hit["sort"][-1] for hit in hits), total, following)


def walk_revisions(client: OpenSearchClient, name: str) -> Iterator[tuple[str, int]]:
    """Ids and revisions of all live articles, by id; without a point in time, of which a cluster has few."""
    body: dict[str, Any] = {
        "size": STRETCH,
        "_source": False,
        "stored_fields": "_none_",
        "docvalue_fields": ["revision"],
        "query": {"bool": {"filter": {"term": {"live": True}}}},
        "sort": [{"id": "asc"}],
    }
    while True:
        answer = client.request("POST", f"/{name}/_search", params=WHOLE, body=body, seconds=STRETCH_SECONDS)
        hits = answer["hits"]["hits"]
        yield from ((hit["sort"][0], int(hit["fields"]["revision"][0])) for hit in hits)
        if len(hits) < STRETCH:
            return
        body["search_after"] = hits[-1]["sort"]


def _begin(client: OpenSearchClient, name: str) -> str:
    params = {"keep_alive": KEPT, "allow_partial_pit_creation": "false"}
    answer = client.request("POST", f"/{name}/_search/point_in_time", params=params)
    return str(answer["pit_id"])


def _end(client: OpenSearchClient, point: str) -> None:
    """Points that are over cost the cluster memory until they are forgotten; where it can't be told, time will."""
    with suppress(MachtinError):
        client.request("DELETE", "/_search/point_in_time", body={"pit_id": [point]})


def _written(point: str, values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([point, values], separators=(",", ":")).encode()).decode("ascii")


def _place(after: str, keys: int) -> tuple[str, list[Any]]:
    """The point in time and one value for each sort key: numbers, and the id last."""
    try:
        point, values = json.loads(base64.b64decode(after, altchars=b"-_", validate=True))
        *numbers, article_id = values
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        _refuse(error)
    whole = isinstance(point, str) and isinstance(article_id, str) and len(values) == keys
    if not whole or not all(type(number) in (int, float) for number in numbers):
        _refuse(None)
    return point, values


def _refuse(cause: Exception | None) -> NoReturn:
    raise InvalidInput.of("cursor", "is not one that was given here, or is forgotten; begin again with *") from cause
