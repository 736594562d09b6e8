"""Cosines of different models are brought to one scale, and texts to vectors in one way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from machtin.article import Article
from machtin.cosine_scale import LEAST_ARTICLES, rescaled, scale_of, unrelated_cosine
from machtin.embedding import Vectors
from machtin.errors import ModelError
from machtin.model_folder import CosineScale, Prompts
from machtin.ports import Leg
from machtin.transformer_embedding import TransformerEmbedder


class LetterEncoder:
    """Counts letters; remembers what it was asked."""

    def __init__(self, always: float = 0.0) -> None:
        self.always = always
        self.asked: list[tuple[str, str]] = []

    def encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        self.asked += [(prompt, text) for text in texts]
        counts = [[text.count(chr(97 + place)) for place in range(26)] for text in texts]
        return np.array(counts, dtype=np.float32) + np.float32(self.always)


def embedder(encoder: LetterEncoder, scale: CosineScale | None = None) -> TransformerEmbedder:
    return TransformerEmbedder(encoder, "letters-1", 26, Prompts("query: ", "article: "), scale)


ARTICLES = [Article(id=f"a{n}", title=chr(97 + n % 26) * 3, body=chr(97 + n % 26) * 9) for n in range(LEAST_ARTICLES)]


def test_queries_and_articles_come_with_the_prompt_that_the_model_wants() -> None:
    encoder = LetterEncoder()
    embedder(encoder).embed(["giá gạo"])
    embedder(encoder).embed_articles([Article(id="a", title="Một", sapo="Hai", body="Ba")])
    assert encoder.asked == [("query: ", "giá gạo"), ("article: ", "Một\nHai\nBa")]


def test_vectors_have_length_one_and_a_blank_text_has_none() -> None:
    encoder = LetterEncoder()
    vectors = embedder(encoder).embed(["abc", " \n", "", "abca\ud800"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 0, 0, 1], atol=1e-6)
    assert len(encoder.asked) == 2, "blank texts are not run"
    assert embedder(encoder).embed([]).shape == (0, 26)


def test_decomposed_letters_are_composed_for_the_model() -> None:
    encoder = LetterEncoder()
    embedder(encoder).embed(["đa\u0323"])
    assert encoder.asked == [("query: ", "đạ")]


def test_a_cut_is_a_prefix_of_length_one() -> None:
    whole = embedder(LetterEncoder(), CosineScale(0.5, 0.2))
    cut = whole.cut(3)
    assert (cut.model_version, cut.dimensions, cut.cosine_scale) == ("letters-1@3", 3, CosineScale(0.5, 0.2))
    np.testing.assert_allclose(cut.embed(["aabz"]), [[2 / 5**0.5, 1 / 5**0.5, 0]], atol=1e-6)
    assert whole.cut(26) is whole
    with pytest.raises(ModelError, match="has 26 dimensions, it can't be cut to 27"):
        whole.cut(27)


def test_a_model_that_finds_all_texts_alike_is_brought_to_the_scale_of_one_that_does_not() -> None:
    plain = unrelated_cosine(embedder(LetterEncoder()), ARTICLES)
    alike = unrelated_cosine(embedder(LetterEncoder(always=1.0)), ARTICLES)
    assert plain is not None
    assert alike is not None
    assert alike > plain + 0.3
    scale = CosineScale(alike, plain)
    assert [scale.of(one) for one in (alike, 1.0, -1.0)] == pytest.approx([plain, 1.0, -1.0])
    steps = [scale.of(one / 10) for one in range(-10, 11)]
    assert steps == sorted(set(steps)), "the order stays"


def test_too_few_articles_tell_nothing() -> None:
    assert unrelated_cosine(embedder(LetterEncoder()), ARTICLES[1:]) is None


def test_a_leg_keeps_its_order_and_gets_the_scale_of_the_limits() -> None:
    leg = Leg(ids=("a", "b"), scores=(0.9, 0.5), total=2)
    assert rescaled(leg, CosineScale(0.5, 0.2)).scores == pytest.approx((0.84, 0.2))
    assert rescaled(leg, None) is leg
    assert scale_of(embedder(LetterEncoder(), CosineScale(0.5, 0.2))) == CosineScale(0.5, 0.2)
    assert scale_of(None) is None
