"""How often terms occur in an OpenSearch index: asked of the server for many at once, and remembered for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from machtin.adapters.lexical_terms import Term
from machtin.adapters.opensearch_client import OpenSearchClient
from machtin.adapters.opensearch_query import FIELDS, spaced

# Shares of a whole archive, which a few minutes' news do not change.
REMEMBERED_SECONDS: Final = 300.0
REMEMBERED_TERMS: Final = 200_000


class IndexFrequencies:
    """Implements lexical_terms.Frequencies for one index. Threads may share it.

    With several shards one of them answers for all: frequency and number of articles are both its own, and their ratio
    is what counts.
    """

    def __init__(self, client: OpenSearchClient, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._path = f"/{name}/_termvectors"
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], int] = {}
        self._since = clock()
        self.articles = 0

    def of(self, term: Term) -> int:
        """How many articles have the term; 0 for one that was not learnt."""
        return self._known.get((term.field, term.token), 0)

    def learn(self, terms: Sequence[Term]) -> None:
        """One request for all that is not known yet."""
        with self._lock:
            if self._clock() - self._since > REMEMBERED_SECONDS or len(self._known) > REMEMBERED_TERMS:
                self._known, self._since = {}, self._clock()
            new = [term for term in terms if (term.field, term.token) not in self._known]
        if not new:
            return
        body = {
            "doc": {"text": [spaced(term) for term in new]},
            "fields": list(FIELDS.values()),
            "term_statistics": True,
            "positions": False,
            "offsets": False,
        }
        vectors = self._client.request("POST", self._path, body=body)["term_vectors"]
        with self._lock:
            for term in new:
                found = vectors.get(FIELDS[term.field], {}).get("terms", {}).get(term.token, {})
                self._known[term.field, term.token] = found.get("doc_freq", 0)
            self.articles = vectors.get("text", {}).get("field_statistics", {}).get("doc_count", 0)
