"""Golden queries: what a newsroom holds to be right answers, measured by the gate of every re-index and by hand.

They lie in one folder: files that an editor keeps as tables (``*.csv``, see golden_csv), and a BEIR folder's own
(``queries.jsonl``, ``qrels/test.tsv``), whose corpus nobody needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from machtin.article import id_of_url
from machtin.beir import read_judged
from machtin.errors import InvalidInput
from machtin.golden_csv import Judgement, each_pair_once, read_golden_csv
from machtin.store_port import ArticleStore, readable

BEIR_FILES: Final = ("queries.jsonl", "qrels/test.tsv")
TABLES: Final = "*.csv"
# The table of what was judged one by one.
ADDED: Final = "added.csv"


@dataclass(frozen=True, slots=True)
class GoldenQueries:
    """Queries with their judgements, of articles that a store already holds."""

    queries: Mapping[str, str]
    judgements: Mapping[str, Mapping[str, int]]


def read_golden(folder: Path) -> GoldenQueries | None:
    """All queries and judgements of a folder; None where there are none. Raises InvalidInput naming file and line.

    A query that two files have is one; where they judge an article differently, the table counts, of two tables
    the one whose name comes last, and before all of them what was judged one by one.
    """
    judged = read_judged(folder)
    tables = [one for path in tables_of(folder) for one in read_table(path)]
    if judged is None and not tables:
        return None
    return golden_of_table(tables, *(judged or ()))


def golden_of_table(
    judged: Sequence[Judgement],
    queries: Mapping[str, str] | None = None,
    judgements: Mapping[str, Mapping[str, int]] | None = None,
) -> GoldenQueries:
    """The rows of tables as queries with judgements, added to those that there are."""
    texts = dict(queries or {})
    grades = {query: dict(known) for query, known in (judgements or {}).items()}
    names = {text: query for query, text in texts.items()}
    for one in judged:
        query = names.setdefault(one.query, _id_of_query(one.query))
        texts[query] = one.query
        grades.setdefault(query, {})[id_of_judged(one)] = one.grade
    return GoldenQueries(texts, grades)


def tables_of(folder: Path) -> list[Path]:
    """The tables of a folder, the one that counts most last; hidden ones, as macOS makes beside others, are none."""
    found = (path for path in folder.glob(TABLES) if not path.name.startswith("."))
    return sorted(found, key=lambda path: (path.name == ADDED, path.name))


def read_table(path: Path) -> list[Judgement]:
    """The rows of one table. Raises InvalidInput naming file and line."""
    try:
        return read_golden_csv(path.read_bytes(), path.name)
    except OSError as error:
        raise InvalidInput.of(str(path), f"can't be read: {error.strerror or error}") from error


def write_table(path: Path, content: bytes) -> None:
    """Put a table in its place, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(path.name + ".new")
    made.write_bytes(content)
    made.replace(path)


def named_by_id(judged: Sequence[Judgement], store: ArticleStore, *, search: bool) -> list[Judgement]:
    """The same with ids in the place of addresses, as far as the store has articles of these addresses.

    ``search``: every article is looked at for those whose id was not made from the address, which takes time.
    Raises InvalidInput where an article is named both ways, with two grades.
    """
    addresses = {one.article for one in judged if one.is_address}
    made = {id_of_url(address): address for address in addresses}
    ids = {made[state.id]: state.id for state in readable(store, sorted(made)) if state.public is not None}
    if search and addresses - ids.keys():
        ids |= {
            state.public.url: state.id
            for state in store.states()
            if state.public is not None and state.public.url in addresses
        }
    return each_pair_once(one._replace(article=ids.get(one.article, one.article)) for one in judged)


def unknown_articles(judged: Sequence[Judgement], store: ArticleStore) -> list[Judgement]:
    """Those whose article the store does not show: they count as soon as it does."""
    ids = sorted({id_of_judged(one) for one in judged})
    shown = {state.id for state in readable(store, ids) if state.public is not None}
    return [one for one in judged if id_of_judged(one) not in shown]


def id_of_judged(judged: Judgement) -> str:
    """The id of its article; of an address the one that would be made from it."""
    return id_of_url(judged.article) if judged.is_address else judged.article


def _id_of_query(text: str) -> str:
    return "csv-" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
