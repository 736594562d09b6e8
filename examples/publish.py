"""Publishes an article, waits until it is found, corrects it, takes it down: MACHTIN_TOKEN=… python publish.py."""

import os
import sys
import time

import requests

SERVER = os.environ.get("MACHTIN_URL", "http://127.0.0.1:8080")
ADDRESS = f"{SERVER}/v1/articles/vi-du-dang-bai"

editor = requests.Session()
editor.headers["Authorization"] = f"Bearer {os.environ['MACHTIN_TOKEN']}"


def done(answer):
    """What was stored; a refusal names each field and its mend."""
    told = answer.json()
    if not answer.ok:
        sys.exit("\n".join([told["detail"], *(f"{one['field']}: {one['message']}" for one in told["errors"])]))
    print(told["outcome"], told["revision"])
    return told


article = {"title": "Ví dụ: cầu mới thông xe", "body": "Cầu mới thông xe sáng nay, sớm hai tháng."}
done(editor.put(ADDRESS, json=article, timeout=30))

# 202 says that it is stored; the index hears of it a moment later.
for _ in range(50):
    hits = requests.get(f"{SERVER}/v1/search", params={"q": article["title"], "size": 1}, timeout=10).json()["hits"]
    if hits and hits[0]["id"] == "vi-du-dang-bai":
        print("found")
        break
    time.sleep(0.2)

corrected = article | {"body": "Cầu mới thông xe sáng nay, sớm ba tháng."}
done(editor.put(ADDRESS, params={"reason": "sai số tháng"}, json=corrected, timeout=30))
done(editor.delete(ADDRESS, params={"reason": "ví dụ"}, timeout=30))
print(requests.get(ADDRESS, timeout=10).status_code)
