"""Articles as documents of OpenSearch, and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from machtin.adapters.filter_keys import key, labels_of
from machtin.adapters.lexical_terms import CURRENT, Analysis
from machtin.adapters.moments import HANOI, microseconds
from machtin.answers import SummarySentence
from machtin.article import Article
from machtin.ports import IndexEntry, IndexTombstone, Pieces, Vectors
from machtin.vietnamese import fold_syllables, syllables

# Seven decimals of a cosine are more than a float32 holds.
_DECIMALS: Final = 7


def bulk_lines(entry: IndexEntry | IndexTombstone, analysis: Analysis = CURRENT) -> bytes:
    """The two lines of a _bulk request that write an entry, unless the index has the same revision or a newer one."""
    action = {"index": {"_id": id_of(entry), "version": entry.revision, "version_type": "external"}}
    document = tombstone(entry) if isinstance(entry, IndexTombstone) else document_of(entry, analysis)
    return b"".join(_json(line) + b"\n" for line in (action, document))


def id_of(entry: IndexEntry | IndexTombstone) -> str:
    """The article's id."""
    return entry.id if isinstance(entry, IndexTombstone) else entry.article.id


def tombstone(entry: IndexTombstone) -> dict[str, Any]:
    """A document that is found by nothing but its id."""
    return {"id": entry.id, "revision": entry.revision, "live": False}


def document_of(entry: IndexEntry, analysis: Analysis = CURRENT) -> dict[str, Any]:
    """All that is searched, and all that is shown."""
    article = entry.article
    document: dict[str, Any] = {
        "id": article.id,
        "revision": entry.revision,
        "live": True,
        "embedded": entry.vector is not None,
        "text": analysis.values(article),
        "labels": sorted(labels_of(article)),
        "article": article.to_json(),
        "summary": [[one.text, one.field, one.start, one.end, one.score] for one in entry.summary],
    }
    if entry.vector is not None:
        document["vector"] = np.round(entry.vector.astype(np.float64), _DECIMALS).tolist()
        document["embedding"] = base64.b64encode(entry.vector.astype("<f4").tobytes()).decode("ascii")
    if entry.summarizer is not None:
        document["summarizer"] = entry.summarizer
    if entry.pieces is not None:
        document["pieces"] = base64.b64encode(entry.pieces.astype("<i4").tobytes()).decode("ascii")
    if section_key := key(article.section or ""):
        document |= {"section": article.section, "section_key": section_key}
    if article.published_at:
        document["published"] = microseconds(article.published_at)
        document["month"] = article.published_at.astimezone(HANOI).strftime("%Y-%m")
    # An index of an earlier format has no such fields, and completes nothing till made anew.
    if analysis == CURRENT and (headline := syllables(article.title)):
        document["headline"] = " ".join(headline)
        document["opening"] = " ".join(fold_syllables(headline))
        document["title"] = article.title
    return document


def entry_of(source: Mapping[str, Any]) -> IndexEntry:
    """The entry that a live document was made of."""
    held = source.get("embedding")
    vector: Vectors | None = None
    if held is not None:
        vector = np.frombuffer(base64.b64decode(held), dtype="<f4").astype(np.float32)
    return IndexEntry(
        Article.from_json(source["article"]),
        source["revision"],
        vector,
        tuple(SummarySentence(*one) for one in source["summary"]),
        summarizer=source.get("summarizer"),
    )


def pieces_of(stored: str) -> Pieces:
    """The pieces that a document was written with."""
    return np.frombuffer(base64.b64decode(stored), dtype="<i4").astype(np.int32, copy=False)


def _json(value: object) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        # A lone surrogate has no UTF-8; escaped it is the cluster's to take or to refuse, alone.
        return json.dumps(value, separators=(",", ":")).encode()
