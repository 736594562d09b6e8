"""A bucket that fails: what S3 answers is told in machtin's words, and nobody waits for it beyond their time."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from machtin.adapters import s3_bucket
from machtin.adapters.s3_bucket import Bucket, Changed
from machtin.deadline import within
from machtin.errors import NotFound, StoreUnavailable


@pytest.fixture
def silent_s3(aws: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An S3 that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        s3_bucket._client.cache_clear()
        yield
    s3_bucket._client.cache_clear()


@pytest.mark.usefixtures("silent_s3")
def test_a_reader_does_not_wait_for_a_bucket_that_does_not_answer() -> None:
    started = time.monotonic()
    with within(2.8), pytest.raises(StoreUnavailable, match="S3 can't be asked"):
        Bucket("bao").get("articles/a.json")
    assert time.monotonic() - started < 8, "patience of its own would be 15 s"


def test_what_is_not_there_is_none_and_a_missing_bucket_is_named(bucket: Bucket) -> None:
    assert bucket.get("khong-co") is None
    assert bucket.head("khong-co") is None
    with pytest.raises(NotFound, match="khong-co-thung-nay"):
        Bucket("khong-co-thung-nay").get("a")


def test_a_conditional_write_changes_only_what_it_expects(bucket: Bucket) -> None:
    first = bucket.create("a", b"1")
    with pytest.raises(Changed):
        bucket.create("a", b"2")
    second = bucket.replace("a", b"2", first)
    with pytest.raises(Changed):
        bucket.replace("a", b"3", first)
    found = bucket.get("a")
    assert found is not None
    assert (found.body, found.etag) == (b"2", second)


def test_a_listing_goes_on_over_its_pages_and_from_any_key(bucket: Bucket) -> None:
    for number in range(7):
        bucket.put(f"a/{number}", b"." * number)
    bucket.put("b/0", b"")
    assert [one.size for one in bucket.listed("a/", most=2)] == list(range(7))
    assert [one.key for one in bucket.listed("a/", "a/4", most=2)] == ["a/5", "a/6"]
