"""Pages of a running site: milliseconds and compressed bytes of each, beside the API's answers that it is made of."""

from __future__ import annotations

import sys
from functools import partial
from http.client import HTTPConnection
from statistics import median
from typing import Final
from urllib.parse import urlsplit

from timing import milliseconds

ROUNDS: Final = 40
WARM_UP: Final = 5
ARTICLE: Final = "khoi-cong-cau-linh-nam-noi-bat-trang"
QUERY: Final = "q=cau+linh+nam"
RESOURCE: Final = f"/v1/articles/{ARTICLE}"
PAGES: Final = {
    "/": ["/v1/search?size=10&facets=true"],
    f"/?{QUERY}": [f"/v1/search?{QUERY}&size=10&facets=true"],
    f"/articles/{ARTICLE}": [RESOURCE, f"{RESOURCE}/summary", f"{RESOURCE}/related", f"{RESOURCE}/thread"],
    f"/articles/{ARTICLE}?view=digest": [f"/v1/digests?article={ARTICLE}"],
}


def main(address: str) -> None:
    """Prints a row for each page of the sample articles at ``address``."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
    print(f"{'page':52} {'bytes':>7} {'ms':>7} {'API ms':>7}")
    for page, asked in PAGES.items():
        times: dict[str, list[float]] = {page: [], "answers": []}
        for turn in range(ROUNDS + WARM_UP):
            own = milliseconds(partial(ask, connection, page))
            answers = sum(milliseconds(partial(ask, connection, one)) for one in asked)
            if turn >= WARM_UP:
                times[page].append(own)
                times["answers"].append(answers)
        sent = ask(connection, page)
        print(f"{page:52} {sent:7,} {median(times[page]):7.1f} {median(times['answers']):7.1f}")


def ask(connection: HTTPConnection, path: str) -> int:
    """How many bytes the answer has, as sent."""
    connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Accept": "text/html"})
    return len(connection.getresponse().read())


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080")
