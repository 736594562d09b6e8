"""Measures of rankings agree with trec_eval's, ROUGE with Google's own implementation."""

from __future__ import annotations

import hashlib
import itertools
import math
import random
from pathlib import Path

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import AP, RR, R, nDCG
from rouge_score.rouge_scorer import RougeScorer  # type: ignore[import-untyped]  # it carries no types
from rouge_score.tokenizers import Tokenizer  # type: ignore[import-untyped]  # it carries no types

from machtin.answers import SummarySentence
from machtin.article import Article
from machtin.errors import InvalidInput
from machtin.evaluation import (
    average_precision,
    corpus_sha256,
    evaluate_rankings,
    longest_common_subsequence,
    measure_rankings,
    ndcg,
    recall,
    reciprocal_rank,
    rouge,
)
from machtin.summary_evaluation import WrittenSummary, evaluate_summaries, read_summaries
from machtin.summary_request import GENERAL, Summary, SummaryRequest
from machtin.vietnamese import syllables

SYLLABLES = st.lists(st.sampled_from("phát triển các vùng kinh tế trọng điểm".split()), max_size=40)


def random_run(seed: int) -> tuple[dict[str, list[str]], dict[str, dict[str, int]]]:
    """Rankings of up to 150 of 200 passages for 20 queries, and graded judgements of some; one query finds nothing."""
    rng = random.Random(seed)
    passages = [f"p{number}" for number in range(200)]
    judgements = {
        f"q{query}": {"p0": 1} | {found: rng.choice([0, 0, 1, 1, 2, 3]) for found in rng.sample(passages, 30)}
        for query in range(20)
    }
    for grades in judgements.values():
        grades["p1"] = 2
    rankings = {query: rng.sample(passages, rng.randint(1, 150)) for query in judgements}
    rankings["q7"] = []
    return rankings, judgements


@pytest.mark.parametrize("seed", range(5))
def test_rankings_are_measured_as_by_trec_eval(seed: int) -> None:
    rankings, judgements = random_run(seed)
    run = {
        query: {found: 1 / rank for rank, found in enumerate(ranking, start=1)} for query, ranking in rankings.items()
    }

    theirs = ir_measures.calc_aggregate([nDCG @ 10, RR @ 10, R @ 100, AP], judgements, run)

    assert evaluate_rankings(rankings, judgements) == pytest.approx(
        {"ndcg@10": theirs[nDCG @ 10], "mrr@10": theirs[RR @ 10], "recall@100": theirs[R @ 100], "map": theirs[AP]}
    )


def test_gain_is_the_grade_itself() -> None:
    second = 1 / math.log2(3)

    assert ndcg(["b", "a"], {"a": 3, "b": 1}) == pytest.approx((1 + 3 * second) / (3 + second))


def test_a_perfect_ranking_scores_one_everywhere() -> None:
    perfect = {"ndcg@10": 1.0, "mrr@10": 1.0, "recall@100": 1.0, "map": 1.0}

    assert evaluate_rankings({"q": ["a", "b", "c"]}, {"q": {"a": 2, "b": 1}}) == perfect


def test_cutoffs_hide_what_stands_below_them() -> None:
    ranking = [f"p{number}" for number in range(200)]

    assert ndcg(ranking, {"p10": 1}) == 0
    assert reciprocal_rank(ranking, {"p10": 1}) == 0
    assert recall(ranking, {"p99": 1, "p100": 1}) == 0.5
    assert average_precision(ranking, {"p199": 1}) == pytest.approx(1 / 200)


def test_queries_without_a_relevant_passage_are_left_out_and_unanswered_ones_count_zero() -> None:
    judgements = {"answered": {"a": 1}, "unanswerable": {"a": 0}, "unanswered": {"a": 1}}

    assert evaluate_rankings({"answered": ["a"], "unanswerable": ["a"]}, judgements)["map"] == 0.5


def test_nothing_to_measure_is_an_error() -> None:
    with pytest.raises(ValueError, match="no query has a relevant passage"):
        evaluate_rankings({"q": ["a"]}, {"q": {"a": 0}})


def test_a_ranking_that_repeats_a_passage_is_refused() -> None:
    with pytest.raises(ValueError, match="'q' names a passage twice"):
        evaluate_rankings({"q": ["a", "a"]}, {"q": {"a": 1}})


class VietnameseTokenizer(Tokenizer):  # type: ignore[misc]  # rouge_score carries no types
    def tokenize(self, text: str) -> list[str]:
        return syllables(text)


@given(candidate=SYLLABLES, reference=SYLLABLES)
def test_rouge_equals_the_reference_implementation(candidate: list[str], reference: list[str]) -> None:
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], tokenizer=VietnameseTokenizer())

    theirs = scorer.score(" ".join(reference), " ".join(candidate))

    assert rouge(candidate, reference)._asdict() == pytest.approx({name: one.fmeasure for name, one in theirs.items()})


def test_rouge_counts_vietnamese_letters() -> None:
    assert rouge(syllables("má mạ mà"), syllables("ma mã mả")).rouge1 == 0


@given(first=SYLLABLES, second=SYLLABLES)
def test_longest_common_subsequence_is_that_of_the_table(first: list[str], second: list[str]) -> None:
    table = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for row, column in itertools.product(range(len(first)), range(len(second))):
        table[row + 1][column + 1] = (
            table[row][column] + 1
            if first[row] == second[column]
            else max(table[row][column + 1], table[row + 1][column])
        )

    assert longest_common_subsequence(first, second) == table[-1][-1]


def test_the_hash_is_that_of_the_files_one_after_the_other(tmp_path: Path) -> None:
    first, second = tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl"
    first.write_bytes(b"kinh")
    second.write_bytes(b"t\xe1\xba\xbf")

    assert corpus_sha256([first, second]) == hashlib.sha256("kinhtế".encode()).hexdigest()
    assert corpus_sha256([second, first]) != corpus_sha256([first, second])


class FirstSentence:
    """Summarizes every article by the first sentence of its body."""

    version = "first-1"

    def summarize(self, article: Article, request: SummaryRequest = GENERAL) -> Summary:
        end = article.body.index(".") + 1
        return Summary([SummarySentence(article.body[:end], "body", 0, end, 1.0)])


def test_summaries_are_measured_beside_the_first_sentences() -> None:
    row = WrittenSummary(title="Mưa lớn", body="Mưa rất lớn. Phố ngập sâu. Xe chết máy. Hết.", summary="phố ngập sâu")

    results = evaluate_summaries([row], FirstSentence())

    assert list(results) == ["machtin", "lead1", "lead2", "lead3"]
    assert results["machtin"] == results["lead1"] == {"rouge1": 0.0, "rouge2": 0.0, "rougeL": 0.0}
    assert results["lead2"] == pytest.approx({"rouge1": 200 / 3, "rouge2": 400 / 7, "rougeL": 200 / 3})
    assert results["lead3"] == pytest.approx({"rouge1": 50, "rouge2": 40, "rougeL": 50})


def test_written_summaries_are_read_from_jsonl(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"title": "a", "body": "b", "summary": "c", "id": 1}\n\n', encoding="utf-8")

    assert read_summaries(path) == [WrittenSummary("a", "b", "c")]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "is empty"),
        ('{"title": "a", "body": "b"}', ":1.*title, body and summary"),
        ('{"title": "a", "body": "b", "summary": "c"}\nnonsense', ":2.*title, body and summary"),
        ('{"title": "a", "body": null, "summary": "c"}', ":1.*strings"),
        ("[1]", ":1.*title, body and summary"),
    ],
)
def test_unreadable_summaries_are_refused_with_their_line(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(InvalidInput, match=complaint):
        read_summaries(path)


def test_summaries_in_another_encoding_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes('{"title": "Đà Lạt"}'.encode("utf-16"))

    with pytest.raises(InvalidInput, match="UTF-8"):
        read_summaries(path)


def test_each_query_has_its_own_figures_and_their_means_are_those_of_all() -> None:
    rankings, judgements = {"p": ["a", "b"], "q": ["x", "a"]}, {"p": {"a": 1}, "q": {"a": 1}, "r": {"a": 0}}
    measured = measure_rankings(rankings, judgements)
    assert list(measured) == ["p", "q"]
    assert (measured["p"]["mrr@10"], measured["q"]["mrr@10"]) == (1.0, 0.5)
    assert evaluate_rankings(rankings, judgements)["mrr@10"] == 0.75
