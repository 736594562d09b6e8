"""The tags of one index version: how many articles have each, and how they spell it."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Sequence

from machtin.adapters.filter_keys import SPELT_BY, usual_spelling


def counts(db: sqlite3.Connection, keys: Sequence[str]) -> dict[str, int]:
    """How many live articles have each of these tags; those that none has are absent."""
    query = (
        "WITH asked AS MATERIALIZED (SELECT value AS name FROM json_each(?)"
        " WHERE EXISTS (SELECT 1 FROM label WHERE label.name = json_each.value))"
        " SELECT name, (SELECT count(*) FROM label WHERE label.name = asked.name) FROM asked"
    )
    found = db.execute(query, (json.dumps([f"tag:{key}" for key in keys]),))
    return {name.removeprefix("tag:"): articles for name, articles in found}


def spellings(db: sqlite3.Connection, keys: Sequence[str]) -> dict[str, str]:
    """How the latest articles that have each of these tags mostly spell it."""
    query = (
        "SELECT packed FROM content WHERE slot IN (SELECT slot FROM label WHERE name = ? ORDER BY slot DESC LIMIT ?)"
    )
    usual = {}
    for key in keys:
        held = [json.loads(zlib.decompress(packed)) for (packed,) in db.execute(query, (f"tag:{key}", SPELT_BY))]
        usual[key] = usual_spelling(key, (tag for one in held for tag in one["article"]["tags"]))
    return {key: name for key, name in usual.items() if name is not None}
