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
Key = tuple[str, str]


class IndexFrequencies:
    """What is remembered of one index. Threads may share it; each question takes its own ``Asked``."""

    def __init__(self, client: OpenSearchClient, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._path = f"/{name}/_termvectors"
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[Key, int] = {}
        self._since = clock()
        self._articles = 0

    def asked(self) -> Asked:
        """For one question."""
        return Asked(self)

    def look_up(self, terms: Sequence[Term]) -> tuple[dict[Key, int], int]:
        """The frequency of each, and the number of articles; one request for all that is not known yet."""
        with self._lock:
            if self._clock() - self._since > REMEMBERED_SECONDS or len(self._known) > REMEMBERED_TERMS:
                self._known, self._since = {}, self._clock()
            found = {key: self._known[key] for term in terms if (key := (term.field, term.token)) in self._known}
            articles = self._articles
        new = [term for term in terms if (term.field, term.token) not in found]
        if not new:
            return found, articles
        body = {
            "doc": {"text": [spaced(term) for term in new]},
            "fields": list(FIELDS.values()),
            "term_statistics": True,
            "positions": False,
            "offsets": False,
        }
        vectors = self._client.request("POST", self._path, body=body)["term_vectors"]
        for term in new:
            counted = vectors.get(FIELDS[term.field], {}).get("terms", {}).get(term.token, {})
            found[term.field, term.token] = counted.get("doc_freq", 0)
        articles = vectors.get("text", {}).get("field_statistics", {}).get("doc_count", 0)
        with self._lock:
            self._known |= found
            self._articles = articles
        return found, articles


class Asked:
    """Implements lexical_terms.Frequencies for one question, whatever is forgotten meanwhile."""

    def __init__(self, index: IndexFrequencies) -> None:
        self._index = index
        self._found: dict[Key, int] = {}
        self.articles = 0

    def of(self, term: Term) -> int:
        """How many articles have the term; 0 for one that was not learnt."""
        return self._found.get((term.field, term.token), 0)

    def learn(self, terms: Sequence[Term]) -> None:
        """Find out about all of these."""
        self._found, self.articles = self._index.look_up(terms)
