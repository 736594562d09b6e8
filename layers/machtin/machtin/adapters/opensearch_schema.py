"""The settings and mapping of one index version in OpenSearch.

Syllables come from ``machtin.vietnamese``, parted by spaces, so that numbers, tone places and full-width letters of
Vietnamese text are known alike on both engines; folding and pairing are the server's own, in sub-fields of one text.
"""

from __future__ import annotations

from typing import Any, Final

# 2: words of several spellings by one key, with positions; beginnings of headlines. 3: the pieces of a text. 4: which
# summarizer made the summary. What was written before goes on without.
FORMAT: Final = 4
OLDEST: Final = 1
SPELLINGS: Final = 2
PIECES: Final = 3
SUMMARIZER: Final = 4
# HNSW of Lucene: https://docs.opensearch.org (k-NN index, methods and engines); why this engine also on domains is
# told in docs/decisions/0009-opensearch.md.
KNN_METHOD: Final = {
    "name": "hnsw",
    "engine": "lucene",
    "space_type": "cosinesimil",
    "parameters": {"m": 16, "ef_construction": 128},
}
COPIES: Final = {"index.auto_expand_replicas": "0-1", "index.refresh_interval": "1s"}
BUILDING: Final = {
    "index.auto_expand_replicas": "false",
    "index.number_of_replicas": "0",
    "index.refresh_interval": "-1",
}
_SPELT: Final = ["lowercase"]
_FOLDED: Final = [*_SPELT, "asciifolding"]
ANALYSIS: Final[dict[str, Any]] = {
    # Ð (U+00D0) lower-cases to ð, which is no đ: whoever searches the index by hand types either.
    "char_filter": {"eth": {"type": "mapping", "mappings": ["Ð => Đ", "ð => đ"]}},
    "filter": {
        "pairs": {
            "type": "shingle",
            "min_shingle_size": 2,
            "max_shingle_size": 2,
            "output_unigrams": False,
            "token_separator": "_",
        }
    },
    "analyzer": {
        name: {"type": "custom", "char_filter": ["eth"], "tokenizer": "whitespace", "filter": filters}
        for name, filters in (("exact", _SPELT), ("folded", _FOLDED), ("bigram", [*_FOLDED, "pairs"]))
    },
}


def index_body(model_version: str, dimensions: int, *, building: bool) -> dict[str, Any]:
    """What an index version is created with."""
    return {
        "settings": {
            "index.knn": True,
            # One: several would each have their own BM25 statistics, and a newsroom's archive fits (decision 9).
            "index.number_of_shards": 1,
            **(BUILDING if building else COPIES),
            "analysis": ANALYSIS,
        },
        "mappings": mapping(model_version, dimensions),
    }


def mapping(model_version: str, dimensions: int) -> dict[str, Any]:
    """The fields; ``_meta`` says whose vectors they hold."""

    def text(analyzer: str) -> dict[str, Any]:
        # Phrases are sought among the words as spelt alone; pairs have a field of their own.
        return {"type": "text", "analyzer": analyzer, "index_options": "positions" if analyzer == "exact" else "freqs"}

    def begun(analyzer: str) -> dict[str, Any]:
        # The beginnings of words are terms too: else only some of the words that a letter begins would be looked at.
        return {"type": "text", "analyzer": analyzer, "index_prefixes": {"min_chars": 1, "max_chars": 5}}

    keyword = {"type": "keyword"}
    # Without frequencies and norms BM25 is the rarity alone.
    pairs = {"type": "text", "analyzer": "bigram", "index_options": "docs", "norms": False}
    return {
        "dynamic": "strict",
        "_meta": {"format": FORMAT, "model_version": model_version, "dimensions": dimensions},
        # Everything is rebuilt from the store: what is only searched need not be kept twice.
        "_source": {"excludes": ["text", "vector", "headline", "opening", "title", "pieces"]},
        "properties": {
            "id": keyword,
            "revision": {"type": "long"},
            "live": {"type": "boolean"},  # false: a tombstone
            "embedded": {"type": "boolean"},
            "text": {**text("exact"), "fields": {"folded": text("folded"), "bigram": pairs}},
            "headline": {**begun("folded"), "fields": {"spelt": begun("exact")}},
            "opening": keyword,  # the headline, folded, as one word that may be begun
            "title": {"type": "keyword", "index": False},
            "labels": keyword,
            "section": keyword,
            "section_key": keyword,
            "month": keyword,
            "published": {"type": "long"},  # microseconds since 1970, UTC
            "vector": {"type": "knn_vector", "dimension": dimensions, "method": KNN_METHOD},
            # The same vector as little-endian float32, a third of its length in JSON.
            "embedding": {"type": "binary"},
            # Apart, to be read without the rest: little-endian int32.
            "pieces": {"type": "binary", "store": True},
            "article": {"type": "object", "enabled": False},
            "summary": {"type": "object", "enabled": False},
            "summarizer": {"type": "keyword", "index": False, "doc_values": False},
        },
    }
