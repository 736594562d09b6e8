"""Related news of the sample articles, which are dated: each part holds what belongs there, so far as it ever did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.model_loading import load_model
from machtin.beir import read_judged
from machtin.evaluation_run import index_corpus
from machtin.related import related
from machtin.related_answers import RelatedAnswer
from machtin.settings import BUNDLED_MODEL

from .sample_news import EVENTS, sample_articles

SHOWN = 6
DEVELOPMENT, BACKGROUND = 2, 1
Answers = dict[str, RelatedAnswer]


@pytest.fixture(scope="module")
def judged() -> dict[str, dict[str, int]]:
    read = read_judged(EVENTS / "golden" / "related")
    assert read is not None
    return read[1]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answers]:
    """What a reader is shown beside each."""
    embedder, articles = load_model(BUNDLED_MODEL), sample_articles()
    index = EmbeddedCatalog(tmp_path_factory.mktemp("related")).create(embedder.model_version, embedder.dimensions)
    index_corpus(index, embedder, articles, lambda *_: None)
    vectors = embedder.embed_articles(articles)
    yield {one.id: related(index, one, vector, SHOWN) for one, vector in zip(articles, vectors, strict=True)}
    index.close()


def parts(answer: RelatedAnswer) -> dict[int, set[str]]:
    """What is folded, or told as a copy of the article itself, was found too."""
    developments = {found for one in answer.developments for found in (one.id, *one.copies)}
    background = {found for one in answer.background for found in (one.id, *one.copies)}
    return {DEVELOPMENT: {*developments, *answer.copies}, BACKGROUND: background}


@pytest.mark.parametrize(("part", "precision", "recall"), [(DEVELOPMENT, 0.83, 0.58), (BACKGROUND, 0.43, 0.21)])
def test_each_part_holds_what_belongs_there(
    answers: Answers, judged: dict[str, dict[str, int]], part: int, precision: float, recall: float
) -> None:
    """Half of what is judged to explain came later than the article, and is not shown under it."""
    pairs = [
        (parts(answers[name])[part], {one for one, grade in judged[name].items() if grade == part}) for name in judged
    ]
    right = sum(len(shown & true) for shown, true in pairs)
    measured = right / sum(len(shown) for shown, _ in pairs), right / sum(len(true) for _, true in pairs)
    print(measured)
    assert measured[0] >= precision
    assert measured[1] >= recall


def test_what_is_shown_has_to_do_with_the_article(answers: Answers, judged: dict[str, dict[str, int]]) -> None:
    shown = [(name, other) for name in judged for part in parts(answers[name]).values() for other in part]
    share = sum(other in judged[name] for name, other in shown) / len(shown)
    print(share)
    assert share >= 0.95


def test_most_articles_that_nothing_belongs_to_show_nothing(
    answers: Answers, judged: dict[str, dict[str, int]]
) -> None:
    alone = [answer for name, answer in answers.items() if name not in judged]
    empty = sum(not answer.developments and not answer.background for answer in alone)
    print(empty, len(alone))
    assert empty >= 0.85 * len(alone)


def test_developments_are_newest_first_and_background_is_older(answers: Answers) -> None:
    dates = {one.id: one.published_at for one in sample_articles()}
    for name, answer in answers.items():
        own = dates[name]
        moments = [moment for one in answer.developments if (moment := dates[one.id])]
        assert moments == sorted(moments, reverse=True)
        assert all(
            own is None or moment is None or (moment - own).days <= 1
            for moment in (dates[o.id] for o in answer.background)
        )
