"""Finds articles, then walks through all matches page by page: python search.py 'vải thiều'."""

import os
import sys

import requests

SERVER = os.environ.get("MACHTIN_URL", "http://127.0.0.1:8080")
query = sys.argv[1] if len(sys.argv) > 1 else "vải thiều"


def ask(path, **parameters):
    """The JSON answer of a reader's operation; a refusal says which parameter is wrong, and its mend."""
    answer = requests.get(SERVER + path, params=parameters, timeout=10)
    if not answer.ok:
        sys.exit(answer.json()["detail"])
    return answer.json()


best = ask("/v1/search", q=query, size=3)
print(f"{best['total']} found" + (f"; did you mean {best['suggestion']}?" if best["suggestion"] else ""))
for hit in best["hits"]:
    print(f"- {hit['title']} ({hit['id']})")

# Scores are for the best hits; a cursor is for all of them, in a stable order.
seen, cursor = 0, "*"
while cursor:
    page = ask("/v1/search", q=query, mode="lexical", sort="newest", size=20, cursor=cursor)
    seen, cursor = seen + len(page["hits"]), page["cursor"]
print(f"{seen} walked through")
