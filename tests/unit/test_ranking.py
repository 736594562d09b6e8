"""Fusion of the two legs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtin.ports import EMPTY_LEG, Leg
from machtin.ranking import fuse


def leg(**scores: float) -> Leg:
    return Leg(tuple(scores), tuple(scores.values()), len(scores))


def test_fusion_weighs_both_legs_and_divides_bm25_by_the_best() -> None:
    fused = fuse(leg(a=20.0, b=10.0), leg(a=0.4, b=0.8, c=0.6), weight=0.5)
    assert [one.id for one in fused] == ["a", "b", "c"]
    assert [one.score for one in fused] == pytest.approx([0.7, 0.65, 0.3])


def test_a_cosine_that_was_not_returned_is_taken_to_lie_below_those_that_were() -> None:
    fused = {one.id: one for one in fuse(leg(a=20.0, b=10.0), leg(b=0.8, c=0.5), weight=0.5)}
    assert 0.0 < fused["a"].cosine < 0.5
    assert fused["c"].lexical == 0.0
    assert fuse(leg(a=20.0), EMPTY_LEG, weight=0.5)[0].cosine == 0.0
    assert fuse(leg(a=20.0), leg(b=-0.2), weight=0.5)[0].cosine == 0.0


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_one_leg_alone_keeps_its_order(weight: float) -> None:
    alone = leg(a=3.0, b=2.0, c=1.0)
    assert [one.id for one in fuse(alone, EMPTY_LEG, weight)] == ["a", "b", "c"]
    assert fuse(EMPTY_LEG, EMPTY_LEG, weight) == []


SCORES = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.floats(0.01, 50), max_size=8)


@given(SCORES, SCORES, st.floats(0, 1))
def test_fusion_keeps_everything_once_and_in_order(
    lexical: dict[str, float], nearest: dict[str, float], weight: float
) -> None:
    fused = fuse(leg(**lexical), leg(**nearest), weight)
    assert sorted(one.id for one in fused) == sorted(lexical | nearest)
    assert [one.score for one in fused] == sorted((one.score for one in fused), reverse=True)
