"""A reader and nothing else, in a process of its own: opens an index, searches, and prints its peak memory in MB."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.embedding import StaticEmbedder
from machtin.search import search
from machtin.search_request import SearchRequest
from machtin.settings import Settings


def main(folder: str, version: str) -> None:
    """Answer a few searches."""
    embedder = StaticEmbedder.load(Settings().model)
    index = EmbeddedCatalog(Path(folder)).open(version)
    for query in ("vùng kinh tế trọng điểm", "thanh pho ho chi minh", "bão số 3", "giá vàng hôm nay"):
        search(index, embedder, SearchRequest(q=query))
    print(round(peak_kilobytes() / 1024, 1))


def peak_kilobytes() -> int:
    """Of this program alone; what getrusage tells on Linux begins with the memory of the process that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
