"""The store against the index, read past all functions: the bucket itself, and the version that answers."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from machtin.adapters.opensearch_catalog import OpenSearchCatalog
from machtin.adapters.opensearch_client import OpenSearchClient
from machtin.adapters.s3_store import TOMBSTONE_BYTES
from machtin.settings import OpenSearchSettings

from .cloud import BUCKET, Cloud
from .event_source import until_true

ARTICLES = "articles/"


class State(NamedTuple):
    """One article: its revision and all of its content."""

    revision: int
    article: dict[str, Any]


def stored(cloud: Cloud) -> dict[str, State]:
    """What the bucket holds, taken-down articles left out."""
    s3, found = cloud.client("s3"), {}
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET, Prefix=ARTICLES):
        for entry in page.get("Versions", []):
            if entry["IsLatest"] and entry["Size"] > TOMBSTONE_BYTES:
                article_id = entry["Key"].removeprefix(ARTICLES).removesuffix(".json")
                found[article_id] = _version(cloud, s3, entry["Key"], entry["VersionId"])
    return found


def _version(cloud: Cloud, s3: Any, key: str, version: str) -> State:
    """A version of an object never changes, and so is read once."""
    if version not in cloud.versions:
        one = s3.get_object(Bucket=BUCKET, Key=key, VersionId=version)
        document = json.loads(one["Body"].read())
        cloud.versions[version] = State(document.pop("revision"), document)
    known: State = cloud.versions[version]
    return known


def indexed(cloud: Cloud) -> dict[str, State]:
    """What readers are answered from."""
    client = OpenSearchClient(OpenSearchSettings(url=cloud.cluster.url, timeout=10))
    try:
        live = OpenSearchCatalog(client, "machtin", live_seconds=0).live()
        revisions = list(live.revisions())
        entries = live.get([article_id for article_id, _ in revisions])
    finally:
        client.close()
    assert len(revisions) == len(entries), "an article is there twice"
    return {article_id: State(revision, entries[article_id].article.to_json()) for article_id, revision in revisions}


def settle(cloud: Cloud, seconds: float = 60.0) -> None:
    """Wait until the queue is empty; then store and index must be the same, and no message given up."""
    until_true(lambda: cloud.ingest.left() == 0, seconds, "the ingest queue is empty")
    assert cloud.ingest.dead() == 0, cloud.functions["IngestFunction"].log()[-4_000:]
    assert_same(cloud)


def assert_same(cloud: Cloud) -> None:
    """The index says what the store says, article by article."""
    truth, view = stored(cloud), indexed(cloud)
    assert truth.keys() == view.keys()
    assert {one: truth[one].revision for one in truth} == {one: view[one].revision for one in view}
    assert truth == view
