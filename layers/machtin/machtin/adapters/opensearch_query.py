"""Questions to an index as bodies of OpenSearch's search API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from machtin.adapters.filter_keys import labels_unwanted, labels_wanted
from machtin.adapters.lexical_terms import Analysis, Frequencies, LexicalQuery, Term, lexical_query, phrase_query
from machtin.adapters.moments import microseconds
from machtin.ports import Classes, Filters, Retrieval, Sort, Vectors

FIELDS: Final = {"exact": "text", "folded": "text.folded", "bigram": "text.bigram"}
# Equally near articles beyond the last one wanted, so that the order of ids decides among them.
TIES: Final = 20
# The most neighbours that the k-NN plugin gives.
MOST_NEIGHBOURS: Final = 10_000
# The name by which hits of the vector leg tell that they match the words too.
WORDS: Final = "words"
# Words that one without marks may stand for, at most; Vietnamese has fewer.
MOST_FORMS: Final = 500
MOST_SECTIONS: Final = 10_000
MOST_MONTHS: Final = 5_000
# Ids and scores come with the sort values; nothing has to be read from the stored documents.
_IDS_ALONE: Final[dict[str, Any]] = {"_source": False, "stored_fields": "_none_"}
_BY_ID: Final = {"id": "asc"}
Body = dict[str, Any]


def conditions(filters: Filters, analysis: Analysis) -> list[Body]:
    """The filters as clauses, all of which must hold and none of which scores."""
    clauses: list[Body] = [{"term": {"labels": name}} for name in labels_wanted(filters)]
    published = {}
    if filters.since:
        published["gte"] = microseconds(filters.since)
    if filters.until:
        published["lt"] = microseconds(filters.until)
    if published:
        clauses.append({"range": {"published": published}})
    for phrase in filters.phrases:
        clauses += _phrase(phrase, analysis)
    unwanted: list[Body] = [{"term": {"labels": name}} for name in labels_unwanted(filters)]
    unwanted += [{"bool": {"filter": _phrase(phrase, analysis)}} for phrase in filters.without]
    return [*clauses, {"bool": {"must_not": unwanted}}] if unwanted else clauses


def _phrase(text: str, analysis: Analysis) -> list[Body]:
    """Clauses that all hold where a phrase stands in one value of the text; a phrase of nothing stands nowhere."""
    phrase = phrase_query(text, analysis)
    if phrase is None:
        return [{"match_none": {}}]
    terms: list[Body] = [{"match": {FIELDS[term.field]: spaced(term)}} for term in phrase.terms]
    if not phrase.row:
        return terms
    if not any(word.forgiving for word in phrase.row):
        return [*terms, {"match_phrase": {"text": " ".join(word.token for word in phrase.row)}}]
    row = [
        {"regexp": {"pattern": word.token, "max_expansions": MOST_FORMS}}
        if word.forgiving
        else {"match": {"query": word.token}}
        for word in phrase.row
    ]
    return [*terms, {"intervals": {"text": {"all_of": {"mode": "ordered", "max_gaps": 0, "intervals": row}}}}]


def matching_query(text: str, filters: Filters, frequencies: Frequencies, analysis: Analysis) -> Body:
    """Whatever matches ``text`` lexically within the filters; "" matches all."""
    if not text:
        return {"bool": {"filter": [{"term": {"live": True}}, *conditions(filters, analysis)]}}
    asked = lexical_query(text, frequencies, analysis)
    if not asked.required:
        return {"match_none": {}}
    return {"bool": _scored(asked) | {"filter": conditions(filters, analysis)}}


def _scored(asked: LexicalQuery) -> Body:
    required, optional = _should(asked.required), _should(asked.optional)
    if asked.needed == len(required):
        return {"must": required, "should": optional}
    if not optional:
        return {"should": required, "minimum_should_match": asked.needed}
    return {"must": [{"bool": {"should": required, "minimum_should_match": asked.needed}}], "should": optional}


def _should(terms: Sequence[Term]) -> list[Body]:
    # A match, not a term query: the server folds some letters further than fold does (ß, æ), in texts and so here.
    return [{"match": {FIELDS[term.field]: {"query": spaced(term), "boost": round(term.weight, 6)}}} for term in terms]


def spaced(term: Term) -> str:
    """A term as it would stand in a text."""
    return term.token.replace("_", " ")


def order(text: str, sort: Sort) -> list[Body | str]:
    """Sort keys, the id last, so that every order is one order."""
    if sort != "relevance":
        direction = "asc" if sort == "oldest" else "desc"
        return [{"published": {"order": direction, "missing": "_last"}}, _BY_ID]
    return ["_score", _BY_ID] if text else [_BY_ID]


def lexical_body(question: Retrieval, query: Body) -> Body:
    """The lexical leg, with facets where they are asked for."""
    keys = order(question.text or "", question.sort)
    if question.text and question.classes:
        query, keys = _classed(query, question.classes), ["_score", *keys]
    body = {
        **_IDS_ALONE,
        "size": question.size,
        "from": question.offset,
        "track_total_hits": True,
        "query": query,
        "sort": keys,
    }
    return body | {"aggs": _FACETS} if question.facets else body


def _classed(query: Body, classes: Classes) -> Body:
    """Matches and what is listed besides; the score is the class, 1 or 0."""

    def listed(ids: Sequence[str], score: float) -> Body:
        return {"constant_score": {"filter": {"terms": {"id": list(ids)}}, "boost": score}}

    either = [query, listed(classes.strong, 2 * classes.least), listed(classes.fair, 0.0)]
    found = {"bool": {"should": either, "minimum_should_match": 1, "filter": {"term": {"live": True}}}}
    script = {"source": "_score >= params.least ? 1 : 0", "params": {"least": classes.least}}
    return {"script_score": {"query": found, "script": script}}


_FACETS: Final[Body] = {
    "section": {
        "terms": {"field": "section_key", "size": MOST_SECTIONS},
        "aggs": {"spelling": {"terms": {"field": "section", "size": 1}}},
    },
    "month": {"terms": {"field": "month", "size": MOST_MONTHS, "order": {"_key": "desc"}}},
}


def nearest_body(vector: Vectors, within: list[Body], size: int, words: Body | None = None) -> Body:
    """The vector leg: an approximate search of Lucene's graph, exact where the filters leave little.

    ``within``: conditions that all must hold.
    ``words``: a lexical query; each hit then tells whether it matches that as well, which adds nothing to its score.
    """
    wanted = min(size + TIES, MOST_NEIGHBOURS)
    near: Body = {"vector": [round(float(value), 7) for value in vector], "k": wanted}
    if within:
        near["filter"] = {"bool": {"filter": within}}
    query: Body = {"knn": {"vector": near}}
    if words is not None:
        named = {"bool": {"must": [words], "_name": WORDS, "boost": 0.0}}
        query = {"bool": {"must": [query], "should": [named]}}
    return {**_IDS_ALONE, "size": size, "query": query, "sort": ["_score", _BY_ID]}


def embedded_body(within: list[Body]) -> Body:
    """How many articles with a vector pass the filters; the server remembers the answer until something is written."""
    clauses = [{"term": {"embedded": True}}, *within]
    return {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": clauses}}}


def walk_body(text: str, query: Body, sort: Sort, size: int) -> Body:
    """A stretch of all matches; where it begins is added by whoever knows."""
    return {**_IDS_ALONE, "size": size, "track_total_hits": True, "query": query, "sort": order(text, sort)}
