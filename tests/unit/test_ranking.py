"""Fusion and near-duplicates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtin.ports import EMPTY_LEG, Leg
from machtin.ranking import fold_copies, fuse, is_copy, shingles

STORY = (
    "Sáng 15/3, thành phố khởi công cây cầu bắc qua sông Hồng với tổng mức đầu tư hơn tám nghìn tỷ đồng. "
    "Công trình dài 5,2 km, rộng sáu làn xe và dự kiến thông xe sau ba năm thi công liên tục."
)


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


def test_a_lightly_edited_copy_is_a_copy_and_another_report_is_not() -> None:
    edited = "Tin nhanh: " + STORY.replace("hơn tám nghìn tỷ đồng", "gần 8.100 tỷ đồng").replace("Ð", "Đ")
    later = (
        "Sau hai tháng thi công, nhà thầu cho biết trụ chính của cây cầu qua sông Hồng đã xong phần móng. "
        "Chủ đầu tư đề nghị thành phố bàn giao nốt mặt bằng phía Long Biên trước mùa mưa."
    )
    assert is_copy(shingles(STORY), shingles(edited))
    assert is_copy(shingles(STORY), shingles(STORY.split(". ")[0]))
    assert not is_copy(shingles(STORY), shingles(later))
    assert not is_copy(shingles(""), shingles(STORY))


def test_copies_are_folded_under_the_first() -> None:
    texts = {"a": STORY, "b": "Một tin hoàn toàn khác về bóng đá nữ ở Cần Thơ.", "c": STORY + " Theo TTXVN."}
    assert fold_copies([(key, shingles(text)) for key, text in texts.items()]) == [("a", ["c"]), ("b", [])]
