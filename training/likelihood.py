"""Learns ``machtin.summary_likelihood``: which terms editors take up, counted, and a logistic regression beside it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from machtin.summary_likelihood import KINDS, OF_PAIRS, OF_SYLLABLES, LikelihoodModel, TermModel
from machtin.summary_terms import ArticleTerms, Floats

LEAST_ARTICLES = {"syllables": 40, "pairs": 80}
"""Terms of fewer articles are rare: one figure stands for all of them."""
SMOOTHING = 20
RIDGE = 3.0
ROUNDS = 7


@dataclass(frozen=True)
class Example:
    """An article's title and sentences, and the sapo that an editor wrote, as syllables."""

    title: Sequence[str]
    tokens: Sequence[Sequence[str]]
    sapo: Sequence[str]


def learned(counted: Iterable[Example], examples: Sequence[Example]) -> LikelihoodModel:
    """Lifts of the articles ``counted``, weights of others."""
    model = lifted(counted)
    articles = [ArticleTerms.of(example.title, example.tokens) for example in examples]
    rows = [model.of_syllables(article) for article in articles]
    taken = [
        [name in said for name in article.names]
        for article, said in zip(articles, (set(example.sapo) for example in examples), strict=True)
    ]
    model = replace(model, syllables=fitted(model.syllables, rows, taken))
    rows = [
        model.of_pairs(article, model.syllables.log_odds(*own)) for article, own in zip(articles, rows, strict=True)
    ]
    taken = [
        [f"{article.names[one]} {article.names[other]}" in said for one, other in zip(*article.both, strict=True)]
        for article, said in zip(articles, (pairs_in(example.sapo) for example in examples), strict=True)
    ]
    return replace(model, pairs=fitted(model.pairs, rows, taken))


def lifted(counted: Iterable[Example]) -> LikelihoodModel:
    """How often a term of the body is in the sapo, as log-odds beside all terms; the weights are 0 yet."""
    articles = {name: Counter[str]() for name in LEAST_ARTICLES}
    taken = {name: Counter[str]() for name in LEAST_ARTICLES}
    for example in counted:
        for name, held, said in (
            ("syllables", {one for own in example.tokens for one in own}, set(example.sapo)),
            ("pairs", {" ".join(pair) for own in example.tokens for pair in pairwise(own)}, pairs_in(example.sapo)),
        ):
            articles[name].update(held)
            taken[name].update(held & said)
    models = {}
    for name, features in (("syllables", OF_SYLLABLES), ("pairs", OF_PAIRS)):
        usual = taken[name].total() / articles[name].total()
        rare = {term for term, count in articles[name].items() if count < LEAST_ARTICLES[name]}
        often = sum(taken[name][term] for term in rare) / sum(articles[name][term] for term in rare)
        lifts = {
            term: round(log_odds((taken[name][term] + SMOOTHING * usual) / (count + SMOOTHING)) - log_odds(usual), 2)
            for term, count in sorted(articles[name].items())
            if term not in rare
        }
        rarest = round(log_odds(often) - log_odds(usual), 2)
        models[name] = TermModel(lifts, rarest, np.zeros(KINDS), np.zeros(len(features)))
    return LikelihoodModel(models["syllables"], models["pairs"])


def fitted(
    model: TermModel, rows: Sequence[tuple[NDArray[np.intp], Floats]], taken: Sequence[Sequence[bool]]
) -> TermModel:
    """Ridge logistic regression by Newton's method, with an indicator of each kind."""
    kinds = np.concatenate([own for own, _ in rows])
    design = np.column_stack((np.eye(math.prod(KINDS))[kinds], np.concatenate([features for _, features in rows])))
    targets = np.concatenate([np.array(own, dtype=np.float64) for own in taken])
    weights = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        likely = 1 / (1 + np.exp(-design @ weights))
        curvature = (design * (likely * (1 - likely))[:, None]).T @ design + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(curvature, design.T @ (targets - likely) - RIDGE * weights)
    weights = np.round(weights, 4)
    count = math.prod(KINDS)
    return replace(model, kinds=weights[:count].reshape(KINDS), weights=weights[count:])


def pairs_in(tokens: Sequence[str]) -> set[str]:
    return {" ".join(pair) for pair in pairwise(tokens)}


def log_odds(share: float) -> float:
    return math.log(share / (1 - share))
