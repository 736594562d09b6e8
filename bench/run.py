"""Speed and scale in one command: a table for people, JSON for programs. `make bench`, or --quick for a look."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from pathlib import Path
from typing import Any

import ingest_speed
import search_speed
import startup


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 and 10,000 articles instead of up to 100,000")
    parser.add_argument("--only", choices=["startup", "search", "ingest"])
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    sizes = [1_000, 10_000] if options.quick else [1_000, 10_000, 100_000]
    figures: dict[str, Any] = {"python": platform.python_version(), "machine": platform.machine()}
    if options.only in (None, "startup"):
        figures["startup"] = startup.measure()
        show("Startup", figures["startup"])
    if options.only in (None, "search"):
        figures["search"] = []
        for size in sizes:
            figures["search"].append(search_speed.measure(size))
            show(f"Search over {size:,} articles", figures["search"][-1])
    if options.only in (None, "ingest"):
        figures["ingest"] = ingest_speed.measure(sizes[-1])
        show("Ingest", figures["ingest"])
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def show(title: str, figures: dict[str, Any], depth: int = 0) -> None:
    """Print nested figures as an indented table."""
    print("  " * depth + title)
    for name, value in figures.items():
        if isinstance(value, dict):
            show(name, value, depth + 1)
        else:
            print("  " * (depth + 1) + f"{name:<34} {value}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
