"""What tells two reports of one event from articles that are merely alike."""

from __future__ import annotations

import numpy as np

from machtin.article import Article
from machtin.event_features import FEATURES, LEAST_CROWD, PairWeights, pair_features
from machtin.ports import IndexEntry


def test_what_is_near_to_articles_further_away_than_those_read_is_told_so() -> None:
    entries = [IndexEntry(Article(id=str(at), title=f"Tin {at}", body="Một câu."), 1, None) for at in range(4)]
    between = np.zeros((4, 4))
    between[0, 3] = between[3, 0] = 0.8
    between[0, 1] = between[1, 0] = 0.9
    cosines = np.array([0.7, 0.6, 0.3, 0.2])
    read, rows = pair_features(
        Article(id="own", title="Tin", body="Một câu."), entries, cosines, between, PairWeights({}), 2
    )
    assert read.tolist() == [0, 1]
    assert rows[:, FEATURES.index("strangers")].tolist() == [0.8, LEAST_CROWD]
