"""The text of one index version in tantivy: what is written, and searches that answer with slots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from machtin.adapters.filter_keys import key, labels_of, labels_unwanted, labels_wanted
from machtin.adapters.lexical_terms import (
    CURRENT,
    Analysis,
    LexicalQuery,
    Term,
    lexical_query,
    phrase_query,
    rarity,
    text_fields,
)
from machtin.adapters.moments import HANOI, microseconds
from machtin.article import Article
from machtin.errors import IndexUnavailable
from machtin.ports import Filters, Sort

if TYPE_CHECKING:
    import tantivy

WRITER_HEAP: Final = 64_000_000
# More buckets than there can be sections and months in any newsroom.
MAX_BUCKETS: Final = 65_000
Slots = NDArray[np.int64]


@contextmanager
def tantivy_errors(path: Path, verb: str) -> Iterator[None]:
    """tantivy's errors in machtin's words; a panic in its Rust code is one of them."""
    try:
        yield
    except (ValueError, OSError, RuntimeError, SystemError) as error:
        raise IndexUnavailable(f"cannot {verb} {path}: {error}") from error
    except BaseException as error:
        # pyo3's PanicException can't be imported, and is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise IndexUnavailable(f"cannot {verb} {path}: {error}") from error


def create_text(path: Path) -> None:
    """An empty text index in a new folder."""
    import tantivy

    path.mkdir()
    schema = tantivy.SchemaBuilder()
    schema = schema.add_text_field("exact", tokenizer_name="whitespace", index_option="position")
    schema = schema.add_text_field("folded", tokenizer_name="whitespace", index_option="freq")
    schema = schema.add_text_field("bigram", tokenizer_name="whitespace", index_option="basic")
    schema = schema.add_text_field("label", tokenizer_name="raw", index_option="basic")
    schema = schema.add_text_field("section", tokenizer_name="raw", index_option="basic", fast=True)
    schema = schema.add_integer_field("month", fast=True)
    schema = schema.add_integer_field("published", indexed=True, fast=True)
    schema = schema.add_unsigned_field("slot", indexed=True, fast=True)
    with tantivy_errors(path, "create"):
        tantivy.Index(schema.build(), str(path))


class TextIndex:
    """An open text index; a view of it is a searcher that later writes don't change."""

    def __init__(self, path: Path, analysis: Analysis = CURRENT) -> None:
        import tantivy

        self._path = path
        self._analysis = analysis
        with tantivy_errors(path, "open"):
            self._index = tantivy.Index.open(str(path))
            self._index.config_reader("manual")

    def view(self) -> TextView:
        """The latest commit."""
        with tantivy_errors(self._path, "read"):
            self._index.reload()
            return TextView(self._path, self._index.schema, self._index.searcher(), self._analysis)

    def replace(
        self, articles: Iterable[tuple[int, Article]], gone: Iterable[int], committed: Callable[[], None]
    ) -> None:
        """Take out some slots and put in others, in one commit; ``committed`` is called as soon as it is durable.

        Then the merging that the commit made due is waited for: left to itself it would be broken off with the
        writer, begun again by every later write, and never be done.
        """
        import tantivy

        with tantivy_errors(self._path, "write"):
            writer = self._index.writer(WRITER_HEAP, 1)
            try:
                # What a killed writer left would be in the way: tantivy gives the same names to the same deletions.
                writer.garbage_collect_files()
                if retired := list(gone):
                    # By query: tantivy-py looks up the terms of unsigned fields as signed ones, and finds none.
                    writer.delete_documents_by_query(tantivy.Query.term_set_query(self._index.schema, "slot", retired))
                for slot, article in articles:
                    writer.add_document(_document(slot, article, self._analysis))
                writer.commit()
                committed()
                writer.wait_merging_threads()
            finally:
                # An error's traceback would keep it, and tantivy's own lock with it.
                del writer


class TextView:
    """One state of the text index. Hits are slots; whoever holds the rows knows whose they are."""

    def __init__(
        self, path: Path, schema: tantivy.Schema, searcher: tantivy.Searcher, analysis: Analysis = CURRENT
    ) -> None:
        self._path = path
        self._schema = schema
        self._searcher = searcher
        self._analysis = analysis

    def query(self, text: str, filters: Filters) -> tantivy.Query:
        """``text`` within ``filters``, which add nothing to the score; "" matches all."""
        from tantivy import FieldType, Occur, Query

        with tantivy_errors(self._path, "read"):
            conditions = [Query.term_query(self._schema, "label", name, "basic") for name in labels_wanted(filters)]
            if filters.since or filters.until:
                since = microseconds(filters.since) if filters.since else None
                until = microseconds(filters.until) if filters.until else None
                conditions.append(
                    Query.range_query(
                        self._schema, "published", FieldType.Integer, since, until, include_upper=until is None
                    )
                )
            conditions += [self._phrase(phrase) for phrase in filters.phrases]
            unwanted = [Query.term_query(self._schema, "label", name, "basic") for name in labels_unwanted(filters)]
            unwanted += [self._phrase(phrase) for phrase in filters.without]
            asked = self._asked(lexical_query(text, self, self._analysis)) if text else Query.all_query()
            if not conditions and not unwanted:
                return asked
            silent = [(Occur.Must, Query.const_score_query(condition, 0.0)) for condition in conditions]
            return Query.boolean_query([(Occur.Must, asked), *silent, *((Occur.MustNot, one) for one in unwanted)])

    def having(self, phrase: str) -> Slots:
        """The slots of all articles in one of whose fields a phrase stands."""
        with tantivy_errors(self._path, "search"):
            asked = phrase_query(phrase, self._analysis)
            most = min(map(self.of, asked.terms)) if asked else 0
            found = self._searcher.search(self._phrase(phrase), max(1, most))
            slots = self._searcher.fast_field_values("slot", [address for _, address in found.hits])
        return np.array(slots, dtype=np.int64)

    def _phrase(self, text: str) -> tantivy.Query:
        from tantivy import Occur, Query

        phrase = phrase_query(text, self._analysis)
        if phrase is None or not all(map(self.of, phrase.terms)):
            return Query.empty_query()
        parts = [Query.term_query(self._schema, term.field, term.token, "freq") for term in phrase.terms]
        if phrase.row:
            in_a_row = Query.regex_phrase_query if any(word.forgiving for word in phrase.row) else Query.phrase_query
            parts.append(in_a_row(self._schema, "exact", [word.token for word in phrase.row]))
        return Query.boolean_query([(Occur.Must, part) for part in parts])

    @property
    def articles(self) -> int:
        """How many articles there are, those that were replaced lately included."""
        return self._searcher.num_docs

    def of(self, term: Term) -> int:
        """How many of them have the term."""
        return self._searcher.doc_freq(term.field, term.token)

    def learn(self, terms: Sequence[Term]) -> None:
        """Nothing to prepare: asking is quick."""

    def _asked(self, asked: LexicalQuery) -> tantivy.Query:
        from tantivy import Occur, Query

        def scored(term: Term) -> Query:
            if term.field == "bigram":
                pair = Query.term_query(self._schema, term.field, term.token, "basic")
                return Query.const_score_query(pair, term.weight * rarity(self.of(term), self.articles))
            return Query.boost_query(Query.term_query(self._schema, term.field, term.token, "freq"), term.weight)

        def should(terms: Sequence[Term]) -> list[tuple[Occur, Query]]:
            return [(Occur.Should, scored(term)) for term in terms]

        if not asked.required:
            return Query.empty_query()
        required, optional = should(asked.required), should(asked.optional)
        if asked.needed == len(required):
            return Query.boolean_query([(Occur.Must, query) for _, query in required] + optional)
        if asked.needed == 1 and not optional:
            return Query.boolean_query(required)
        return Query.boolean_query([(Occur.Must, Query.boolean_query(required, asked.needed)), *optional])

    def within(self, query: tantivy.Query, slots: list[int]) -> int:
        """How many of these slots match."""
        from tantivy import Query

        if not slots:
            return 0
        return self.count(query.and_must_match(Query.term_set_query(self._schema, "slot", slots)))

    def count(self, query: tantivy.Query) -> int:
        """How many match."""
        with tantivy_errors(self._path, "search"):
            return _count(self._searcher.search(query, 1))

    def best(self, query: tantivy.Query, window: int) -> tuple[NDArray[np.float64], Slots, int]:
        """Scores and slots of the ``window`` best, all that tie with the last of them included, and how many match."""
        return self._first(query, window, None)

    def by_date(self, query: tantivy.Query, window: int, sort: Sort) -> tuple[NDArray[np.int64], Slots, int]:
        """Keys (smallest first) and slots of the first ``window`` by date, ties included, and how many match.

        Undated articles come last whichever way is asked for.
        """
        from tantivy import Occur, Order, Query

        exists = Query.exists_query("published")
        dated = Query.boolean_query([(Occur.Must, query), (Occur.Must, Query.const_score_query(exists, 0.0))])
        total = self.count(query)
        moments, slots, found = self._first(dated, window, Order.Asc if sort == "oldest" else Order.Desc)
        keys = moments if sort == "oldest" else -moments
        if found < min(window, total):
            undated = Query.boolean_query([(Occur.Must, query), (Occur.MustNot, exists)])
            rest = self._first(undated, total - found, None)[1]
            keys = np.append(keys, np.full(len(rest), np.iinfo(np.int64).max))
            slots = np.append(slots, rest)
        return keys, slots, total

    def facets(self, query: tantivy.Query) -> tuple[dict[str, int], dict[str, int]]:
        """Matches by section key, and by month in Hanoi ("2026-03")."""
        fields = ("section", "month")
        wanted = {name: {"terms": {"field": name, "size": MAX_BUCKETS, "shard_size": MAX_BUCKETS}} for name in fields}
        with tantivy_errors(self._path, "count"):
            counted: Mapping[str, Any] = self._searcher.aggregate(query, wanted)
        section, month = ({one["key"]: one["doc_count"] for one in counted[name]["buckets"]} for name in fields)
        return section, {f"{int(at) // 100:04d}-{int(at) % 100:02d}": n for at, n in month.items()}

    def _first(self, query: tantivy.Query, window: int, order: tantivy.Order | None) -> tuple[NDArray[Any], Slots, int]:
        """Values and slots of the first hits, at least ``window`` where there are so many, no tie cut apart."""
        limit = window + 1
        with tantivy_errors(self._path, "search"):
            while True:
                if order is None:
                    found = self._searcher.search(query, limit)
                else:
                    found = self._searcher.search(query, limit, order_by_field="published", order=order)
                total, hits = _count(found), found.hits
                if len(hits) < limit or hits[window - 1][0] != hits[-1][0]:
                    break
                limit = min(4 * limit, total + 1)
            slots = self._searcher.fast_field_values("slot", [address for _, address in hits])
        values = np.array([value for value, _ in hits], dtype=np.float64 if order is None else np.int64)
        return values, np.array(slots, dtype=np.int64), total


def _count(found: tantivy.SearchResult) -> int:
    count: int = found.count  # type: ignore[attr-defined]  # missing in tantivy's stub
    return count


def _document(slot: int, article: Article, analysis: Analysis) -> tantivy.Document:
    import tantivy

    document = tantivy.Document()
    fields = text_fields(article, analysis)
    for value in fields.exact:
        document.add_text("exact", value)
    document.add_text("folded", fields.folded)
    document.add_text("bigram", fields.bigram)
    for name in labels_of(article):
        document.add_text("label", name)
    if section_key := key(article.section or ""):
        document.add_text("section", section_key)
    if article.published_at:
        local = article.published_at.astimezone(HANOI)
        document.add_integer("month", local.year * 100 + local.month)
        document.add_integer("published", microseconds(article.published_at))
    document.add_unsigned("slot", slot)
    return document
