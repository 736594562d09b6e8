"""The audit trail in the bucket, written by the real handlers: one version of each record, and nothing secret in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from machtin import bootstrap
from machtin.adapters.local_functions import local_functions
from machtin.adapters.local_http import LocalContext
from machtin.adapters.s3_bucket import Bucket
from machtin.adapters.token_file import make_token

from .conftest import Event, Invoke, sample_event


@pytest.fixture
def token(tmp_path: Path) -> str:
    return make_token(tmp_path / "data" / "token")


@pytest.fixture
def editor(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Invoke]:
    """The editor function on the bucket."""
    monkeypatch.setenv("MACHTIN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MACHTIN_STORE", "s3")
    monkeypatch.setenv("MACHTIN_BUCKET", bucket.name)
    monkeypatch.delenv("MACHTIN_INDEX", raising=False)
    bootstrap.service.cache_clear()
    editor = local_functions().editor
    yield lambda event: editor(event, LocalContext("editor_api", "test"))
    bootstrap.service().catalog.close()
    bootstrap.service.cache_clear()


@pytest.fixture
def versions(bucket: Bucket) -> Callable[[str], list[tuple[str, bytes]]]:
    """Every version of every object below a prefix, deleted ones too, as key and body."""

    def read(prefix: str) -> list[tuple[str, bytes]]:
        found = bucket.client.list_object_versions(Bucket=bucket.name, Prefix=prefix)
        assert "DeleteMarkers" not in found
        return [
            (
                one["Key"],
                bucket.client.get_object(Bucket=bucket.name, Key=one["Key"], VersionId=one["VersionId"])["Body"].read(),
            )
            for one in found.get("Versions", [])
        ]

    return read


def with_token(event: Event, token: str) -> Event:
    del event["requestContext"]["authorizer"]
    event["headers"]["authorization"] = f"Bearer {token}"
    return event


def test_each_action_is_an_object_of_its_own_that_is_written_once(
    editor: Invoke, token: str, versions: Callable[[str], list[tuple[str, bytes]]]
) -> None:
    for event in ("http-put-article", "http-put-article", "http-post-articles", "http-delete-article"):
        assert editor(with_token(sample_event(event), token))["statusCode"] in (200, 202)
    kept = versions("audit/articles/example-article/")
    assert len({key for key, _ in kept}) == len(kept) == 2, "the same in the same request is one action"
    records: list[dict[str, Any]] = [json.loads(content) for _, content in sorted(kept)]
    assert [(one["action"], one["outcome"], one["who"]) for one in records] == [
        ("put", "created", "token"),
        ("take_down", "deleted", "token"),
    ]
    shown = json.loads(editor(sample_event("http-audit"))["body"])["records"]
    assert [one["after"] for one in shown] == [one["after"] for one in records]
    for _, content in kept:
        for secret in (token, "Bearer", "quy hoạch"):
            assert secret not in content.decode()


def test_reindexes_are_on_record_in_the_bucket(
    editor: Invoke, versions: Callable[[str], list[tuple[str, bytes]]]
) -> None:
    begun = json.loads(editor(sample_event("http-force-reindex"))["body"])
    ((key, content),) = versions("audit/reindexes/")
    assert key.startswith(f"audit/reindexes/{begun['id']}/")
    record = json.loads(content)
    assert (record["action"], record["outcome"]) == ("begin_reindex", "asked")
    assert record["reason"] == json.loads(sample_event("http-force-reindex")["body"])["force"]


def test_when_the_bucket_is_away_the_editor_is_told_to_come_again(
    editor: Invoke, monkeypatch: pytest.MonkeyPatch, versions: Callable[[str], list[tuple[str, bytes]]]
) -> None:
    from machtin.adapters import s3_audit_log
    from machtin.errors import StoreUnavailable

    def away(log: object, record: object) -> None:
        raise StoreUnavailable("S3 answered 503 SlowDown")

    with monkeypatch.context() as patch:
        patch.setattr(s3_audit_log.S3AuditLog, "_append", away)
        assert editor(sample_event("http-put-article"))["statusCode"] == 503
    assert versions("audit/") == []
    assert json.loads(editor(sample_event("http-put-article"))["body"])["outcome"] == "unchanged"
    ((_, content),) = versions("audit/articles/")
    assert json.loads(content)["who"] == "arn:aws:iam::123456789012:user/editor"
