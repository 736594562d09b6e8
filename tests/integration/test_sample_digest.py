"""The digest of an event of the sample articles has what an editor would want of it, and says nothing twice."""

from __future__ import annotations

from itertools import chain, pairwise

from machtin.adapters.model_loading import load_model
from machtin.digest import EventDigester
from machtin.settings import BUNDLED_MODEL
from machtin.summary_scoring import SentenceScorer
from machtin.vietnamese import syllables

from .sample_news import sample_articles

EVENT = {
    "168-nguoi-nhap-vien-sau-khi-an-banh-mi-quang-ngai",
    "an-banh-mi-o-quang-ngai-168-nguoi-cap-cuu",
    "salmonella-trong-cha-lua-tiem-bay-lanh",
    "lo-cha-khong-phep-sau-vu-banh-mi-quang-ngai",
    "khoi-to-chu-lo-cha-vu-ngo-doc-banh-mi",
}
FACTS = ["168 người", "Salmonella", "ông Hạp", "31 nạn nhân", "tù"]


def test_the_digest_of_a_sample_event() -> None:
    articles = [one for one in sample_articles() if one.id in EVENT]
    assert len(articles) == len(EVENT)

    digest = EventDigester(SentenceScorer.load(), load_model(BUNDLED_MODEL)).digest(articles, None, 250)

    texts = [one.text for one in digest.sentences]
    assert [fact for fact in FACTS if not any(fact in text for text in texts)] == []
    assert len({one.source.id for one in digest.sentences}) >= 4
    pairs = list(chain.from_iterable(set(pairwise(syllables(text))) for text in texts))
    assert len(set(pairs)) >= 0.95 * len(pairs)
    assert digest.contradictions == []
