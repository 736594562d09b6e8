"""Which sentences are chosen: one that leans comes with what it leans on, and what can't be shown alone not at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from machtin.summary_choice import Choice, Leaning, Offer, Selection, Together

SELECTION = Selection(redundancy=0.4)
TEXTS = ("mưa lớn ở hà nội", "tuy nhiên phố ngập sâu", "học sinh được nghỉ", "mai trời nắng ráo")


def choice(
    scores: Sequence[float],
    antecedents: Sequence[int | None] = (None, None, None, None),
    fit: Sequence[bool] = (True, True, True, True),
    leaning: Leaning = "with antecedent",
) -> Choice:
    offer = Offer([text.split() for text in TEXTS], np.array(scores), antecedents, fit)
    return Choice(offer, SELECTION, {}, leaning=leaning)


def sum_of(values: Sequence[float]) -> Together:
    """Sets that are worth what their sentences are."""
    return lambda sets: np.array([sum(values[at] for at in set(one)) for one in sets])


def test_the_best_come_first() -> None:
    chosen = choice((0.1, 0.4, 0.3, 0.2))

    chosen.take_up_to(2, None)

    assert chosen.taken == [1, 2]


def test_one_that_leans_comes_with_what_it_leans_on() -> None:
    chosen = choice((0.35, 0.9, 0.3, 0.2), antecedents=(None, 0, None, None))

    chosen.take_up_to(2, None)

    assert chosen.taken == [0, 1]


@pytest.mark.parametrize(("sentences", "syllables"), [(1, None), (2, 8)])
def test_without_room_for_both_another_comes(sentences: int, syllables: int | None) -> None:
    chosen = choice((0.1, 0.9, 0.3, 0.2), antecedents=(None, 0, None, None))

    chosen.take_up_to(sentences, syllables)

    assert 1 not in chosen.taken


def test_one_that_leans_on_nothing_or_on_another_that_leans_stays_out() -> None:
    chosen = choice((0.9, 0.8, 0.1, 0.2), antecedents=(0, 0, None, None))

    chosen.take_up_to(4, None)

    assert sorted(chosen.taken) == [2, 3]


def test_in_bullets_none_leans() -> None:
    chosen = choice((0.1, 0.9, 0.3, 0.2), antecedents=(None, 0, None, None), leaning="never")

    chosen.take_up_to(4, None)

    assert sorted(chosen.taken) == [0, 2, 3]


def test_what_is_unfit_comes_only_where_nothing_else_is() -> None:
    mixed = choice((0.1, 0.9, 0.3, 0.2), fit=(True, False, True, True))
    none_fit = choice((0.1, 0.9, 0.3, 0.2), fit=(False, False, False, False))

    mixed.take_up_to(4, None)
    none_fit.take_up_to(1, None)

    assert sorted(mixed.taken) == [0, 2, 3]
    assert none_fit.taken == [1]


def test_where_all_lean_the_best_is_shown() -> None:
    chosen = choice((0.1, 0.9, 0.3, 0.2), antecedents=(0, 0, 1, 2))

    chosen.take_usual(sum_of((0.1, 0.9, 0.3, 0.2)))

    assert 1 in chosen.taken


def test_the_usual_choice_is_the_set_that_is_worth_most() -> None:
    one, two = choice((0.5, 0.4, 0.1, 0.0)), choice((0.5, 0.4, 0.1, 0.0))

    one.take_usual(sum_of((0.5, -0.1, -0.2, -0.3)))
    two.take_usual(sum_of((0.5, -0.1, 0.3, -0.3)))

    assert (one.taken, two.taken) == ([0], [0, 2])


def test_sets_hold_what_can_be_shown_in_the_order_of_the_text() -> None:
    sets = choice((0.1, 0.9, 0.3, 0.2), antecedents=(None, 0, None, None), fit=(True, True, True, False)).sets()

    assert sets == [(2, 2), (0, 0), (0, 2), (0, 1)]


def test_sets_do_not_say_the_same_words_twice() -> None:
    offer = Offer([["mưa"], ["nắng"], ["mưa"]], np.array((0.1, 0.2, 0.3)), (None,) * 3, (True,) * 3)

    assert Choice(offer, SELECTION, {}).sets() == [(2, 2), (1, 1), (1, 2)]


def test_where_nothing_can_be_shown_the_usual_choice_is_empty() -> None:
    offer = Offer([["mưa"]], np.array((0.1,)), (None,), (False,))
    chosen = Choice(offer, SELECTION, {}, fall_back=False)

    chosen.take_usual(sum_of((1.0,)))

    assert chosen.taken == []
