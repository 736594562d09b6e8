"""How good the advice on a draft is, on the sample articles; see machtin.draft_evaluation.

python bench/draft_quality.py
"""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.model_loading import load_model
from machtin.adapters.sources import SourceDocument, read_sources
from machtin.article import Article
from machtin.article_reading import read_article
from machtin.draft_evaluation import duplicate_figures, left_out, link_figures, tag_figures
from machtin.evaluation_run import index_corpus
from machtin.settings import BUNDLED_MODEL

EVENTS: Final = Path(__file__).parent.parent / "events"
# Of so many articles one is edited.
EVERY: Final = 3


def main() -> None:
    """Print the figures as JSON."""
    read = json.loads((EVENTS / "golden" / "drafts" / "names.json").read_text(encoding="utf-8"))
    embedder = load_model(BUNDLED_MODEL)
    articles = samples()
    with tempfile.TemporaryDirectory(prefix="machtin-bench-") as folder:
        index = EmbeddedCatalog(Path(folder)).create(embedder.model_version, embedder.dimensions)
        index_corpus(index, embedder, articles, lambda *_: None)
        duplicates = duplicate_figures(index, embedder, articles[::EVERY])
        answers = list(left_out(index, embedder, articles))
        index.close()
    figures = {"duplicates": duplicates, "tags": tag_figures(answers, articles), "links": link_figures(answers, read)}
    print(json.dumps(figures, ensure_ascii=False, indent=1))


def samples() -> list[Article]:
    """The sample articles."""
    read = [one for one in read_sources([EVENTS / "articles"]) if isinstance(one, SourceDocument)]
    return [read_article(one.document, now=datetime.now(UTC)) for one in read]


if __name__ == "__main__":
    main()
