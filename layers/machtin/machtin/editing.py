"""What is done on somebody's behalf: articles put and taken down, re-indexes begun and ended, each on record."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from machtin.answers import AuditAnswer, AuditEntry, WriteAnswer
from machtin.article import Article
from machtin.audit import ITSELF, Action, AuditLog, AuditRecord, By, Outcome
from machtin.errors import MachtinError, NotFound
from machtin.reindex_record import ReindexRecord
from machtin.store_port import ArticleStore, NotAllStored, Receipt, Scheduled
from machtin.visibility import is_visible

if TYPE_CHECKING:
    from machtin.reindexing import Reindexer

log = logging.getLogger(__name__)


class ArticleEditing:
    """Does it to articles, and leaves a record of who did it in the audit log.

    An article is changed first and recorded then, since its record names the revision. Where the log can't be written
    StoreUnavailable is raised; who does the same again finds the article unchanged, and is recorded for its revision.
    """

    def __init__(self, store: ArticleStore, audit_log: AuditLog, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._audit = audit_log
        self._clock = clock

    def put(self, articles: Sequence[Article], by: By = ITSELF, seen: int | None = None) -> list[WriteAnswer]:
        """Store articles, one answer each, in order; see ArticleStore.put."""
        try:
            receipts = self._store.put(articles, seen)
        except NotAllStored as error:
            self._recorded("put", error.receipts, by)
            raise
        answers = self._recorded("put", receipts, by)
        return [self._with_moment(one, answer) for one, answer in zip(articles, answers, strict=True)]

    def _with_moment(self, article: Article, answer: WriteAnswer) -> WriteAnswer:
        moment = article.publish_at
        if moment is None or is_visible(article, self._clock()):
            return answer
        return replace(answer, publish_at=moment.isoformat())

    def take_down(self, article_id: str, by: By = ITSELF, seen: int | None = None) -> WriteAnswer:
        """Replace an article by a tombstone; see ArticleStore.delete."""
        return self._recorded("take_down", [self._store.delete(article_id, seen)], by)[0]

    def release(self, one: Scheduled, by: By) -> WriteAnswer | None:
        """Publish a scheduled article whose moment has come; None where it no longer waits for it."""
        receipt = self._store.release(one)
        return None if receipt is None else self._recorded("release", [receipt], by)[0]

    def trail(self, article_id: str) -> AuditAnswer:
        """What was done to an article, taken down or not, in order. Raises NotFound where there never was one."""
        records = self._audit.of_article(article_id)
        if not records and not self._store.get([article_id]):
            raise NotFound(f"there is no article {article_id}")
        return AuditAnswer([_entry(record) for record in records])

    def _recorded(self, action: Action, receipts: Sequence[Receipt], by: By) -> list[WriteAnswer]:
        now = self._clock()
        self._audit.append(
            [
                AuditRecord(
                    kind="article",
                    id=receipt.id,
                    action=action,
                    outcome=receipt.outcome,
                    when=now,
                    who=by.who,
                    request_id=by.request_id,
                    reason=by.reason,
                    before=receipt.before,
                    after=receipt.revision,
                )
                for receipt in receipts
            ]
        )
        return [WriteAnswer(one.id, one.revision, one.outcome) for one in receipts]


class Editing(ArticleEditing):
    """Articles and re-indexes. A re-index is recorded first, since what was begun can't be begun again."""

    def __init__(
        self, store: ArticleStore, reindexer: Reindexer, audit_log: AuditLog, clock: Callable[[], datetime]
    ) -> None:
        super().__init__(store, audit_log, clock)
        self._reindexer = reindexer

    def begin_reindex(self, force: str | None = None, by: By = ITSELF) -> ReindexRecord:
        """See Reindexer.begin."""
        reindex_id = self._reindexer.next_id()
        with self._asked("begin_reindex", reindex_id, replace(by, reason=force)):
            return self._reindexer.begin(force, reindex_id)

    def cancel_reindex(self, reindex_id: str, by: By) -> ReindexRecord:
        """See Reindexer.cancel."""
        self._reindexer.show(reindex_id)
        with self._asked("cancel_reindex", reindex_id, by):
            return self._reindexer.cancel(reindex_id)

    def promote_reindex(self, reindex_id: str, reason: str, by: By) -> ReindexRecord:
        """See Reindexer.promote_refused."""
        self._reindexer.show(reindex_id)
        with self._asked("promote_reindex", reindex_id, replace(by, reason=reason)):
            return self._reindexer.promote_refused(reindex_id, reason)

    def roll_back_reindex(self, reindex_id: str, by: By) -> ReindexRecord:
        """See Reindexer.roll_back."""
        self._reindexer.show(reindex_id)
        with self._asked("roll_back_reindex", reindex_id, by):
            return self._reindexer.roll_back(reindex_id)

    def latest(self, size: int) -> AuditAnswer:
        """What was done last in the whole house, newest first."""
        return AuditAnswer([_entry(record) for record in self._audit.latest(size)])

    def trail_of_reindexes(self) -> AuditAnswer:
        """What editors did to re-indexes, in order."""
        return AuditAnswer([_entry(record) for record in self._audit.of_reindexes()])

    @contextmanager
    def _asked(self, action: Action, reindex_id: str, by: By) -> Iterator[None]:
        """Record what is asked for, and where nothing came of it, that too."""
        self._audit.append([self._of_reindex(action, reindex_id, "asked", by)])
        try:
            yield
        except Exception:
            try:
                self._audit.append([self._of_reindex(action, reindex_id, "failed", by)])
            except MachtinError as error:
                log.error("it is not on record that %s of %s has failed: %s", action, reindex_id, error)
            raise

    def _of_reindex(self, action: Action, reindex_id: str, outcome: Outcome, by: By) -> AuditRecord:
        return AuditRecord(
            kind="reindex",
            id=reindex_id,
            action=action,
            outcome=outcome,
            when=self._clock(),
            who=by.who,
            request_id=by.request_id,
            reason=by.reason,
        )


def _entry(record: AuditRecord) -> AuditEntry:
    return AuditEntry(
        id=record.id,
        kind=record.kind,
        action=record.action,
        outcome=record.outcome,
        when=record.when.isoformat(),
        who=record.who,
        request_id=record.request_id,
        reason=record.reason,
        before=record.before,
        after=record.after,
    )
