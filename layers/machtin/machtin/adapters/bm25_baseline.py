"""Plain BM25 on one field of syllables: the baseline that every other figure is shown beside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import tantivy

from machtin.article import Article
from machtin.vietnamese import syllables

FIELD = "text"


class Bm25Baseline:
    """Title and body in one field, lower-case syllables, k1 = 1.2, b = 0.75; nothing else. Lives in memory."""

    def __init__(self, articles: Iterable[Article]) -> None:
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw")
        schema.add_text_field(FIELD, tokenizer_name="whitespace", index_option="freq")
        self._index = tantivy.Index(schema.build())
        writer = self._index.writer(heap_size=64_000_000, num_threads=1)
        for article in articles:
            text = " ".join(syllables(f"{article.title}\n{article.sapo}\n{article.body}"))
            writer.add_document(tantivy.Document(id=article.id, text=text))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def rank(self, query: str, size: int) -> Sequence[str]:
        """Ids best first."""
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self._index.schema, FIELD, token))
            for token in syllables(query)
        ]
        if not terms:
            return []
        hits = self._searcher.search(tantivy.Query.boolean_query(terms), size, count=False).hits
        return [str(self._searcher.doc(address)["id"][0]) for _, address in hits]
