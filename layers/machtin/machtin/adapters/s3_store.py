"""The article store on S3: one object an article, changed by conditional writes, announced by the bucket itself.

An article's object holds its JSON and its revision, a tombstone's the revision alone, so that a listing tells by the
size what is published. The revision stands in the metadata too, where it can be read without the text. The bucket
keeps earlier versions. Its notifications come at least once, and whoever brings a change to the index writes the
journal first. An article that waits for its moment says so in its metadata, and a marker is there before it, which a
listing by time shows (s3_schedule).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from typing import Any, Final

from machtin.adapters.s3_bucket import Bucket, Changed, Listed, StoredObject
from machtin.adapters.s3_schedule import Schedule
from machtin.article import Article
from machtin.article_keys import ARTICLES, article_key, id_of_key, is_article_key
from machtin.errors import BrokenArticle, Conflict, NotFound, Unavailable
from machtin.store_port import (
    NO_ARTICLE,
    Change,
    NotAllStored,
    Receipt,
    Scheduled,
    Stored,
    StoreOutcome,
    readable,
    require_seen,
)
from machtin.visibility import milliseconds, release_moment

JOURNAL: Final = "changes/"
# Ids in one entry of the journal: few, so that whoever replays it never has too many at once.
ENTRY: Final = 100
# In the metadata of an article that waits, the millisecond until which it does.
WAITS: Final = "waits"
# Articles that are read at a time while all are walked through.
PAGE: Final = 500
# No article is as short, no revision as long.
TOMBSTONE_BYTES: Final = 32
# Two writers of one article alternate; more than a few rounds means that something writes all the time.
ATTEMPTS: Final = 10
# An entry is seen when its request has ended, which takes at most 21 s; the rest is for clocks that differ.
LATE: Final = 60_000
# A listing shows whole seconds of S3's own clock.
LISTING_SLACK: Final = timedelta(minutes=2)


class S3Store:
    """Implements ports.ArticleStore. Positions in the journal are milliseconds."""

    late = LATE

    def __init__(self, bucket: Bucket, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``clock`` tells what is public at once and what waits; revisions are of this machine's own."""
        self._bucket = bucket
        self._schedule = Schedule(bucket)
        self._clock = clock

    def put(self, articles: Sequence[Article], seen: int | None = None) -> list[Receipt]:
        groups: dict[str, list[tuple[int, Article]]] = {}
        for number, article in enumerate(articles):
            groups.setdefault(article.id, []).append((number, article))

        receipts: dict[int, Receipt] = {}

        def put_in_turn(group: list[tuple[int, Article]]) -> Unavailable | Conflict | None:
            try:
                for number, article in group:
                    receipts[number] = self._put(article, seen)
            except (Unavailable, Conflict) as error:
                return error
            return None

        failures = [one for one in self._bucket.each(put_in_turn, list(groups.values())) if one]
        stored = [receipts[number] for number in sorted(receipts)]
        if failures:
            raise NotAllStored(stored, str(failures[0])) from failures[0]
        return stored

    def _put(self, article: Article, seen: int | None) -> Receipt:
        moment = release_moment(article, self._clock())
        return self._changed(article.id, article.to_json(), article.content_hash, seen, moment)

    def delete(self, article_id: str, seen: int | None = None) -> Receipt:
        return self._changed(article_id, {}, None, seen)

    def _changed(
        self,
        article_id: str,
        document: dict[str, Any],
        content_hash: str | None,
        seen: int | None,
        moment: int | None = None,
    ) -> Receipt:
        """Bring an article to this state, a tombstone without a hash; whoever else writes it meanwhile goes before.

        ``seen``: as in ``put``; ``moment``: the millisecond until which it waits.
        """
        key, tried = article_key(article_id), None
        for _ in range(ATTEMPTS):
            before = self._bucket.head(key)
            if before is None and content_hash is None:
                raise NotFound(f"there is no article {article_id}")
            found = _revision(before) if before else None
            if before and found and before.metadata.get("hash") == content_hash:
                # It may be this very change, when the answer to it was lost and it was sent again.
                own = tried is not None and tried.revision == found
                return tried if tried and own else Receipt(article_id, _revision(before), "unchanged", found)
            require_seen(article_id, seen, found if before and found and "hash" in before.metadata else NO_ARTICLE)
            tried = Receipt(article_id, _next_revision(before), _outcome(before, content_hash), found)
            # With the revision in it no two states of an article have the same etag, not even when a text comes back.
            body = json.dumps({"revision": tried.revision, **document}, ensure_ascii=False).encode()
            metadata = _metadata(tried.revision, content_hash)
            if moment is not None:
                metadata[WAITS] = str(moment)
                self._schedule.add(Scheduled(moment, article_id))
            elif content_hash is None and before and WAITS in before.metadata:
                metadata[WAITS] = before.metadata[WAITS]
            try:
                if before is None:
                    self._bucket.create(key, body, metadata)
                else:
                    self._bucket.replace(key, body, before.etag, metadata)
            except Changed:
                continue
            if moment is not None and moment <= milliseconds(self._clock()):
                self._schedule.add(Scheduled(moment, article_id))  # the one of before may have been taken for settled
            return tried
        raise Conflict(f"article {article_id} is being changed by others all the time; try again later")

    def release(self, one: Scheduled) -> Receipt | None:
        key, now, tried = article_key(one.id), milliseconds(self._clock()), None
        for _ in range(ATTEMPTS):
            before = self._bucket.get(key)
            if before and tried and _revision(before) == tried.revision:
                return tried  # the answer to it was lost and it was sent again
            if before is None or not _is_due(before, now):
                self._schedule.settle(one, now)
                return None
            state, content_hash = _stored(before), before.metadata.get("hash")
            if state.article is None or content_hash is None:
                return None
            tried = Receipt(one.id, _next_revision(before), "updated", state.revision)
            body = json.dumps({"revision": tried.revision, **state.article.to_json()}, ensure_ascii=False).encode()
            try:
                self._bucket.replace(key, body, before.etag, _metadata(tried.revision, content_hash))
            except Changed:
                continue
            return tried
        return None  # others are at it all the time; it is due the next time too

    def scheduled(self, until: int | None = None) -> list[Scheduled]:
        return list(self._schedule.until(until))

    def get(self, article_ids: Sequence[str]) -> dict[str, Stored]:
        found = self._bucket.get_all([article_key(one) for one in dict.fromkeys(article_ids)])
        return {id_of_key(one.key): _stored(one) for one in found if one is not None}

    def states(self, after: str = "") -> Iterator[Stored]:
        listed = (id_of_key(one.key) for one in self._listed(article_key(after) if after else ""))
        while page := list(islice(listed, PAGE)):
            yield from readable(self, page)

    def journal(self, states: Sequence[Stored]) -> None:
        for start in range(0, len(states), ENTRY):
            ids = [one.id for one in states[start : start + ENTRY]]
            self._bucket.put(f"{JOURNAL}{_now():013d}-{uuid.uuid4().hex}", json.dumps(ids).encode())

    def changes(self, after: int) -> Iterator[Change]:
        entries = self._bucket.listed(JOURNAL, f"{JOURNAL}{after + 1:013d}" if after else "")
        for position, same_moment in groupby(entries, _moment):
            found = self._bucket.get_all([one.key for one in same_moment])
            ids = dict.fromkeys(article_id for one in found if one is not None for article_id in json.loads(one.body))
            states = readable(self, list(ids))
            # Whoever stops within an entry comes back to all of it.
            for number, state in enumerate(states, start=1):
                yield Change(position if number == len(states) else after, state)
            after = position

    def position(self) -> int:
        return _now() - self.late

    def ids(self) -> Iterator[str]:
        return (id_of_key(one.key) for one in self._published())

    def revisions(self, since: datetime | None = None) -> Iterator[tuple[str, int]]:
        earliest = since - LISTING_SLACK if since else None
        listed = (one.key for one in self._published() if earliest is None or one.modified >= earliest)
        while page := list(islice(listed, PAGE)):
            heads = self._bucket.each(self._bucket.head, page)
            yield from ((id_of_key(one.key), _revision(one)) for one in heads if one and _is_shown(one))

    def count(self) -> int:
        return sum(1 for _ in self._published())

    def health(self) -> str:
        next(self._bucket.listed(ARTICLES, most=1), None)
        return f"bucket {self._bucket.name}"

    def _published(self) -> Iterator[Listed]:
        marked = list(dict.fromkeys(article_key(one.id) for one in self.scheduled()))
        waiting = {one.key for one in self._bucket.each(self._bucket.head, marked) if one and WAITS in one.metadata}
        return (one for one in self._listed() if one.size > TOMBSTONE_BYTES and one.key not in waiting)

    def _listed(self, after: str = "") -> Iterator[Listed]:
        """What somebody else has put beside the articles is left alone."""
        return (one for one in self._bucket.listed(ARTICLES, after) if is_article_key(one.key))


def _now() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)


def _next_revision(before: StoredObject | None) -> int:
    """Grows with each change of an article, also where another machine's clock was ahead of this one."""
    return max(_now(), _revision(before) + 1 if before else 0)


def _metadata(revision: int, content_hash: str | None) -> dict[str, str]:
    return {"revision": str(revision), **({"hash": content_hash} if content_hash else {})}


def _is_shown(stored: StoredObject) -> bool:
    return "hash" in stored.metadata and WAITS not in stored.metadata


def _is_due(stored: StoredObject, now: int) -> bool:
    """Whether it waits for a moment that has come; a tombstone waits for none."""
    waits = stored.metadata.get(WAITS, "")
    return "hash" in stored.metadata and waits.isascii() and waits.isdigit() and int(waits) <= now


def _outcome(before: StoredObject | None, content_hash: str | None) -> StoreOutcome:
    if content_hash is None:
        return "deleted"
    return "updated" if before and "hash" in before.metadata else "created"


def _revision(stored: StoredObject) -> int:
    """0 where somebody else has written it: any change of machtin's is newer."""
    revision = stored.metadata.get("revision", "")
    return int(revision) if revision.isascii() and revision.isdigit() else 0


def _stored(one: StoredObject) -> Stored:
    try:
        document = json.loads(one.body)
        revision = document.pop("revision")
        article = Article.from_json(document) if document else None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenArticle(f"{one.key} in the bucket is not an article as machtin writes them; put it anew") from error
    if revision != _revision(one) or (article is not None and article.id != id_of_key(one.key)):
        raise BrokenArticle(f"{one.key} in the bucket was not written by machtin; put it anew, or drop it under inbox/")
    return Stored(id_of_key(one.key), revision, article, waits=WAITS in one.metadata)


def _moment(entry: Listed) -> int:
    return int(entry.key.removeprefix(JOURNAL).partition("-")[0])
