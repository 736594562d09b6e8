"""What is done to an index now and then: the end of a build, and the purge of tombstones."""

from __future__ import annotations

import logging
import time
from typing import Any, Final

from machtin.adapters.opensearch_client import OpenSearchClient
from machtin.adapters.opensearch_schema import COPIES
from machtin.errors import IndexUnavailable, NotFound

SETTLING_SECONDS: Final = 30.0
MERGING_SECONDS: Final = 600.0
POLL: Final = "15s"
POLL_SECONDS: Final = 20.0
PAUSE_SECONDS: Final = 2.0

log = logging.getLogger(__name__)


def warm_up(client: OpenSearchClient, name: str, dimensions: int) -> None:
    """Restore copies and refreshes, make what was written visible, merge it, and ask the first questions.

    One segment has one graph to search instead of ten. Repeating it costs nothing: a merged index stays as it is.
    """
    # Refreshes begin again with the setting, and replicas are copied from merged segments.
    client.request("POST", f"/{name}/_refresh", seconds=SETTLING_SECONDS)
    _merge(client, name)
    client.request("PUT", f"/{name}/_settings", body=dict(COPIES), seconds=SETTLING_SECONDS)
    health = {"wait_for_status": "green", "timeout": "20s"}
    try:
        client.request("GET", f"/_cluster/health/{name}", params=health, seconds=SETTLING_SECONDS)
    except IndexUnavailable as error:
        log.warning("%s has not all its copies yet: %s", name, error)
    question: dict[str, Any] = {"vector": [1.0] + [0.0] * (dimensions - 1), "k": 100}
    for body in (
        {"size": 100, "query": {"knn": {"vector": question}}},
        {"size": 100, "query": {"match_all": {}}, "sort": [{"published": "desc"}, {"id": "asc"}]},
    ):
        client.request("POST", f"/{name}/_search", body=body, seconds=SETTLING_SECONDS)


def _merge(client: OpenSearchClient, name: str) -> None:
    params = {"max_num_segments": "1", "wait_for_completion": "false"}
    task = client.request("POST", f"/{name}/_forcemerge", params=params, seconds=SETTLING_SECONDS)["task"]
    deadline = time.monotonic() + MERGING_SECONDS
    waiting = {"wait_for_completion": "true", "timeout": POLL}
    while time.monotonic() < deadline:
        try:
            client.request("GET", f"/_tasks/{task}", params=waiting, seconds=POLL_SECONDS)
            return
        except NotFound:
            return  # the task is over and forgotten
        except IndexUnavailable as error:
            log.info("%s is still being merged: %s", name, error)
            time.sleep(PAUSE_SECONDS)
    log.warning("%s was not merged within %d s; it answers all the same, only slower", name, MERGING_SECONDS)


def purge_tombstones(client: OpenSearchClient, name: str, before: int) -> int:
    """Delete tombstones with a revision below ``before``; returns how many."""
    old = {"bool": {"filter": [{"term": {"live": False}}, {"range": {"revision": {"lt": before}}}]}}
    params = {"conflicts": "proceed", "refresh": "true"}
    answer = client.request("POST", f"/{name}/_delete_by_query", params=params, body={"query": old}, seconds=60.0)
    return int(answer["deleted"])
