"""What stands below an article, as HTML of one's own: python related.py [ID]."""

import os
import sys
from html import escape

import requests

SERVER = os.environ.get("MACHTIN_URL", "http://127.0.0.1:8080")


def ask(path, **parameters):
    answer = requests.get(SERVER + path, params=parameters, timeout=10)
    answer.raise_for_status()
    return answer.json()


article = sys.argv[1] if len(sys.argv) > 1 else ask("/v1/search", size=1)["hits"][0]["id"]
summary = ask(f"/v1/articles/{article}/summary", sentences=2)
related = ask(f"/v1/articles/{article}/related", size=4)

# Titles are text: whatever makes HTML of them escapes them.
print(f"<p>{escape(summary['text'])}</p>")
for part, heading in (("developments", "Diễn biến"), ("background", "Bối cảnh")):
    if related[part]:
        print(f"<h2>{heading}</h2>")
        for one in related[part]:
            address = one["url"] or f"{SERVER}/articles/{one['id']}"
            print(f'<p><a href="{escape(address)}">{escape(one["title"])}</a> {escape(one["reason"]["text"])}</p>')
