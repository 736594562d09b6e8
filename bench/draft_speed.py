"""A draft's advice: milliseconds of the whole request, from event to answer, and of its parts.

    python bench/draft_speed.py 1000 10000 100000
    python bench/draft_speed.py 100000 --data FOLDER   # made there the first time, and kept

Drafts are articles that are not in the archive, cut to 3,000 characters. Articles of vietnews.train have no tags: each
gets names that stand in it as tags.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from articles import articles
from machtin import drafts
from machtin.adapters.local_functions import local_functions
from machtin.adapters.local_http import LocalContext
from machtin.article import Article
from machtin.bootstrap import service
from machtin.evaluation_run import index_corpus
from timing import Spread

CHARACTERS: Final = 3_000
DRAFTS: Final = 60
WARM_UP: Final = 5
# Articles behind those of the archive, of which long ones are the drafts.
BEHIND: Final = 1_500
PARTS: Final = ("related", "_nearest", "duplicates", "draft_texts", "suggest_tags", "suggest_links")


def main() -> None:
    """Print the figures of each size as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--data", type=Path, help="keep the archive here; for one size")
    options = parser.parse_args()
    for size in options.sizes:
        with tempfile.TemporaryDirectory(prefix="machtin-bench-") as folder:
            print(json.dumps(measure(size, options.data or Path(folder)), ensure_ascii=False, indent=1))


def measure(size: int, data: Path) -> dict[str, Any]:
    """Times over an archive of ``size`` articles."""
    os.environ["MACHTIN_DATA"] = str(data)
    service.cache_clear()
    made, origin = articles(size + BEHIND)
    index = service().live_index()
    if index.count() != size:
        index_corpus(index, service().models.current, [tagged(one) for one in made[:size]], lambda *_: None)
    sent = [draft(one) for one in made[size:] if len(text(one)) >= CHARACTERS][: DRAFTS + WARM_UP]
    parts: dict[str, list[float]] = defaultdict(list)
    timed(parts)
    wall, cpu, found = [], [], Counter[str]()
    for one in sent:
        event = request(one)
        for times in parts.values():
            times.append(0.0)
        began, spent = time.perf_counter(), time.process_time()
        answer = local_functions().editor(event, LocalContext("editor", "draft"))
        cpu.append((time.process_time() - spent) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
        told = json.loads(answer["body"])
        found.update({name: len(told[name]) for name in ("duplicates", "tags", "links")})
    return {
        "articles": size,
        "text": origin,
        "drafts": len(sent),
        "ms": Spread.of(wall[WARM_UP:])._asdict(),
        "processor ms": Spread.of(cpu[WARM_UP:])._asdict(),
        "processor ms of parts": {name: Spread.of(times[WARM_UP:])._asdict() for name, times in parts.items()},
        "found a draft": {name: round(count / len(sent), 1) for name, count in found.items()},
    }


def timed(parts: dict[str, list[float]]) -> None:
    """Let each part add its processor time, in milliseconds, to the last number of its list."""

    def wrapped(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            spent = time.process_time()
            try:
                return call(*given, **named)
            finally:
                parts[name][-1] += (time.process_time() - spent) * 1000

        return run

    for name in PARTS:
        parts[name] = []
        call = getattr(drafts, name)
        run = wrapped(name, getattr(call, "__wrapped__", call))
        run.__wrapped__ = getattr(call, "__wrapped__", call)  # type: ignore[attr-defined]
        setattr(drafts, name, run)


def tagged(article: Article) -> Article:
    """With the three names of two words that stand most often in it as tags."""
    words = article.body.split()
    names = Counter(" ".join(both) for both in pairwise(words) if all(one.istitle() and one.isalpha() for one in both))
    return replace(article, tags=tuple(name for name, _ in names.most_common(3)))


def text(article: Article) -> str:
    """All of it."""
    return "\n".join((article.title, article.sapo, article.body))


def draft(article: Article) -> Article:
    """Cut to the length."""
    room = CHARACTERS - len(article.title) - len(article.sapo) - 2
    return replace(article, body=article.body[: max(0, room)])


def request(article: Article) -> dict[str, Any]:
    """As API Gateway hands it on."""
    sample = Path(__file__).parent.parent / "events" / "http-draft-related.json"
    event: dict[str, Any] = json.loads(sample.read_text(encoding="utf-8"))
    fields = {"title": article.title, "sapo": article.sapo, "body": article.body, "section": article.section}
    return event | {"body": json.dumps(fields), "rawQueryString": "", "queryStringParameters": {}}


if __name__ == "__main__":
    main()
