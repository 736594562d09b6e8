"""Which sentences are chosen: one that leans comes with what it leans on, and what can't be shown alone not at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from machtin.summary_choice import Choice, Leaning, Offer, Selection

SELECTION = Selection(redundancy=0.4, drop=0.2, room=20)
TEXTS = ("mưa lớn ở hà nội", "tuy nhiên phố ngập sâu", "học sinh được nghỉ", "mai trời nắng ráo")


def choice(
    scores: Sequence[float],
    antecedents: Sequence[int | None] = (None, None, None, None),
    fit: Sequence[bool] = (True, True, True, True),
    leaning: Leaning = "with antecedent",
) -> Choice:
    offer = Offer([text.split() for text in TEXTS], np.array(scores), antecedents, fit)
    return Choice(offer, SELECTION, {}, leaning=leaning)


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

    chosen.take_usual()

    assert chosen.taken[0] == 1


def test_the_usual_choice_has_a_second_sentence_where_it_is_nearly_as_good() -> None:
    near, far = choice((0.5, 0.4, 0.0, 0.0)), choice((0.5, 0.2, 0.0, 0.0))

    near.take_usual()
    far.take_usual()

    assert (near.taken, far.taken) == ([0, 1], [0])


def test_what_is_alike_beyond_its_words_is_a_repeat() -> None:
    alike = np.zeros((4, 4))
    alike[0, 2] = alike[2, 0] = 1.0
    chosen = Choice(
        Offer(
            [text.split() for text in TEXTS],
            np.array((0.4, 0.1, 0.3, 0.2)),
            (None,) * 4,
            (True,) * 4,
            alike.__getitem__,
        ),
        SELECTION,
        {},
    )

    chosen.take_up_to(None, 100)

    assert chosen.taken == [0, 3, 1]
