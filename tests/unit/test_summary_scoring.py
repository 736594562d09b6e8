"""What the scorer sees of an article, what it has learned, and files that it refuses."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from machtin.boosted_trees import BoostedTrees
from machtin.errors import ModelError
from machtin.summary_features import FEATURES, sentence_features, total_weight
from machtin.summary_scoring import MODEL_FILE, SentenceScorer
from machtin.summary_sets import SET_FEATURES
from machtin.summary_terms import ArticleTerms
from machtin.vietnamese import syllables

SCORER = SentenceScorer.load()
TITLE = syllables("Hà Nội ngập sâu sau trận mưa lớn nhất mùa hè")
SENTENCES = [
    syllables(text)
    for text in (
        "Trận mưa lớn sáng 5/7 khiến 32 tuyến phố ở Hà Nội ngập sâu, có nơi tới 80 cm.",
        "Công ty thoát nước đã huy động 1.500 công nhân.",
        "Trường tiểu học Minh Khai cho 900 học sinh nghỉ học vì sân trường ngập nước sau trận mưa lớn.",
        "Mưa sẽ giảm dần từ chiều nay.",
    )
]
TREES = BoostedTrees(
    base=1.0,
    slopes=np.array([0.0, 10.0]),
    columns=np.array([[0, 1], [1, 1]]),
    thresholds=np.array([[0.5, 2.0], [1.0, 3.0]]),
    leaves=np.array([[0.0, 0.1, 0.2, 0.3], [0.0, 1.0, 2.0, 3.0]]),
)


def test_trees_answer_every_question_from_the_first_on() -> None:
    values = TREES.values(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.5], [1.0, 9.0], [0.5, 2.0]]))

    assert values == pytest.approx([1.0, 1.2, 28.1, 94.3, 23.0])


def test_trees_that_are_written_can_be_read() -> None:
    again = BoostedTrees.read(json.loads(json.dumps(TREES.written())), features=2)

    rows = np.random.default_rng(1).normal(size=(20, 2))
    assert again.values(rows) == pytest.approx(TREES.values(rows))


@pytest.mark.parametrize(
    "broken",
    [
        {"columns": [[0, 2], [1, 1]]},
        {"columns": [[0, -1], [1, 1]]},
        {"columns": [0, 1]},
        {"thresholds": [[0.5], [1.0]]},
        {"leaves": [[0.0, 0.1], [0.0, 1.0]]},
        {"leaves": [[0.0, 0.1, 0.2, float("nan")], [0.0] * 4]},
        {"base": float("inf")},
        {"slopes": [0.0]},
    ],
)
def test_trees_that_do_not_fit_together_are_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"trees|unpack"):
        BoostedTrees.read({**TREES.written(), **broken}, features=2)


def test_terms_are_counted_where_they_stand() -> None:
    article = ArticleTerms.of(["mưa", "lớn"], [["mưa", "lớn", "mưa"], ["nắng", "mưa", "lớn"]])

    assert article.names == ["mưa", "lớn", "nắng"]
    assert article.syllables.count.tolist() == [3, 2, 1]
    assert article.syllables.first.tolist() == [0, 0, 1]
    assert article.syllables.spread.tolist() == [2, 2, 1]
    assert article.syllables.in_title.tolist() == [True, True, False]
    pairs = [(article.names[one], article.names[other]) for one, other in zip(*article.both, strict=True)]
    assert pairs == [("mưa", "lớn"), ("lớn", "mưa"), ("nắng", "mưa")], "none goes beyond its sentence"
    assert article.pairs.count.tolist() == [2, 1, 1]
    assert article.pairs.in_title.tolist() == [True, False, False]
    assert article.pairs.sums(np.array([1.0, 10.0, 100.0])).tolist() == [11, 101]
    assert article.pairs.held(np.array([1])).tolist() == [[True, False, True]]


def test_an_article_of_one_syllable_has_no_pairs() -> None:
    assert SCORER.scores([], [["mưa"]]).shape == (1,)
    assert SCORER.read(["mưa"], [["mưa"]]).together([(0, 0)]).shape == (1,)


def test_no_sentences_have_no_scores() -> None:
    assert SCORER.scores(TITLE, []).shape == (0,)


def test_what_the_title_says_is_likelier_to_be_taken_up() -> None:
    article = ArticleTerms.of(["ngập", "sâu"], [["phố", "ngập", "sâu", "trường", "nghỉ", "học"]])
    likely = SCORER.likelihood.likelihood(article)

    assert np.all((likely.syllables > 0) & (likely.syllables < 1))
    of_name = dict(zip(article.names, likely.syllables, strict=True))
    assert of_name["ngập"] > of_name["nghỉ"]
    assert likely.pairs[article.pairs.in_title].min() > likely.pairs[~article.pairs.in_title].max()


def test_features_have_one_row_a_sentence_and_stay_in_bounds() -> None:
    article = ArticleTerms.of(TITLE, SENTENCES)

    features = sentence_features(article, SCORER.likelihood.likelihood(article), {"và": 0.1})

    assert features.shape == (len(SENTENCES), len(FEATURES))
    shares = features[:, [at for at, name in enumerate(FEATURES) if name.endswith(("cosine", "recall", "precision"))]]
    assert np.all((shares >= 0) & (shares <= 1 + 1e-9))


def test_a_sentence_that_is_the_title_is_nearest_to_it() -> None:
    tokens = [syllables("Hà Nội ngập sâu"), syllables("Giá vàng tăng mạnh")]
    article = ArticleTerms.of(tokens[0], tokens)

    features = sentence_features(article, SCORER.likelihood.likelihood(article), {})

    by_name = dict(zip(FEATURES, features.T, strict=True))
    for name in ("title_recall", "title_precision", "title_bigram_f1"):
        assert by_name[name] == pytest.approx([1, 0]), name


def test_frequent_syllables_weigh_less() -> None:
    assert total_weight({"và", "ngập"}, {"và": 0.1}) == pytest.approx(1.1)


def test_what_the_title_announces_scores_highest() -> None:
    scores = SCORER.scores(TITLE, SENTENCES)

    assert scores.argmax() == 0
    assert scores.argmin() in (1, 3)
    assert np.all((scores > 0) & (scores < 2)), "ROUGE-1 + ROUGE-2"


def test_a_sentence_beside_its_repeat_makes_no_better_summary() -> None:
    reading = SCORER.read(TITLE, [SENTENCES[0], *SENTENCES])

    alone, repeated = reading.together([(0, 0), (0, 1)])

    assert alone > repeated
    rows = dict(zip(SET_FEATURES, reading.described([(0, 0), (0, 1)]).T, strict=True))
    assert rows["syllable_share"][0] == pytest.approx(rows["syllable_share"][1])
    assert rows["common_pairs"] == pytest.approx([0, 1])


def test_the_order_of_sets_does_not_matter() -> None:
    reading = SCORER.read(TITLE, SENTENCES)
    sets = [(0, 0), *pairwise(range(4)), (3, 3)]

    assert reading.together(sets) == pytest.approx(reading.together(sets[::-1])[::-1])


def test_the_shipped_model_says_where_it_comes_from() -> None:
    provenance = json.loads(MODEL_FILE.read_text(encoding="utf-8"))["provenance"]

    assert all(len(digest) == 64 for digest in provenance["data_sha256"].values())
    assert provenance["results"]["machtin"]["rouge1"] > provenance["results"]["lead2"]["rouge1"]
    assert MODEL_FILE.stat().st_size < 300_000


def test_a_model_that_is_written_scores_the_same(tmp_path: Path) -> None:
    path = tmp_path / "summary_model.json"
    path.write_text(json.dumps(SCORER.written()), encoding="utf-8")

    again = SentenceScorer.load(path)

    assert again.scores(TITLE, SENTENCES) == pytest.approx(SCORER.scores(TITLE, SENTENCES))
    assert again.selection == SCORER.selection


@pytest.mark.parametrize(
    "fault",
    ["missing", "no JSON", "a list", "other features", "no selection", "other kinds", "no lifts", "other trees"],
)
def test_a_broken_model_is_named(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "summary_model.json"
    document: dict[str, Any] = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    match fault:
        case "other features":
            document["set_features"].append("novelty")
        case "no selection":
            del document["selection"]
        case "other kinds":
            document["syllables"]["kinds"].pop()
        case "no lifts":
            document["pairs"]["lifts"] = []
        case "other trees":
            document["sentence_trees"]["columns"][0][0] = len(FEATURES)
    content = {"no JSON": "{", "a list": "[]"}.get(fault, json.dumps(document))
    if fault != "missing":
        path.write_text(content, encoding="utf-8")

    with pytest.raises(ModelError, match=r"summary_model\.json"):
        SentenceScorer.load(path)
