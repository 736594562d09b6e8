"""Which sources each picture of the README and of docs/ shows: docs/images/sources.json, written with the pictures.

A picture is stale when a file that its page had loaded has changed since, or what writes the pages, or how it is taken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
IMAGES: Final = ROOT / "docs" / "images"
RECORD: Final = IMAGES / "sources.json"
WEB: Final = ROOT / "layers" / "machtin" / "machtin" / "web"
LARGEST_BYTES: Final = 150_000
# What writes pages as HTML, whichever of them.
MAKERS: Final = (
    "functions/*_pages.py",
    "layers/machtin/machtin/markup.py",
    "layers/machtin/machtin/site_*.py",
    "layers/machtin/machtin/web_pages.py",
)
Record = dict[str, dict[str, str]]


def recorded() -> Record:
    """For each picture hashes by their names: its own, its recipe's, the makers' and those of files that it shows."""
    read: Record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    return read


def write(record: Record) -> None:
    """Record what the pictures show."""
    ordered = {name: dict(sorted(sources.items())) for name, sources in sorted(record.items())}
    RECORD.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")


def entry(name: str, recipe: str, loaded: Iterable[str]) -> dict[str, str]:
    """What is recorded of a picture whose page has loaded these files of the pages' folder."""
    hashed = hashlib.sha256(recipe.encode()).hexdigest()[:16]
    files = {f"web/{one}": digest(WEB / one) for one in loaded}
    return {"picture": digest(IMAGES / name), "recipe": hashed, "makers": makers(), **files}


def stale(name: str, recipe: str, record: Record) -> list[str]:
    """What has changed since a picture was taken: names of sources; empty where it shows what there is."""
    was = record.get(name, {})
    now = entry(name, recipe, [one.removeprefix("web/") for one in was if one.startswith("web/")])
    return [one for one, hashed in now.items() if was.get(one) != hashed]


def makers() -> str:
    """One hash for all files that make pages."""
    paths = sorted(path for pattern in MAKERS for path in ROOT.glob(pattern))
    return hashlib.sha256("".join(digest(path) for path in paths).encode()).hexdigest()[:16]


def digest(path: Path) -> str:
    """The hash of a file; empty where it is gone."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""
