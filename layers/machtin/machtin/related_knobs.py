"""Every knob of related news, and what it does. Figures: docs/decisions/0026-related-news.md."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

# --- who is a candidate -----------------------------------------------------------------------------------------------

POOL: Final = 100
"""Neighbours that each leg gives: more find no report that fewer miss."""
COMPARED: Final = 50
"""Candidates whose texts are read and compared for copies; more than any list that is shown."""
SAME_TEXT: Final = 0.9
"""From this score on a candidate has the article's text, all but a few words. However many have, they take no other's
place, and are no crowd."""

# --- how candidates are ranked ----------------------------------------------------------------------------------------

WEIGHT: Final = 0.5
"""Share of the cosine beside BM25 as a share of the article's own score: a scale that is the same everywhere."""
HEADLINE_WEIGHT: Final = 0.65
"""The same where there is a headline alone, beside BM25 as a share of the best hit's."""
COMPANIONS: Final = 3
"""So many of the best pull up what is near to them: reports of one event are near to one another."""
PULL: Final = 0.2
PULL_OF_HEADLINE: Final = 0.6
"""How much they pull: more where there is little else to go by."""
PULL_FROM: Final = 0.1
PULL_FULLY: Final = 0.3
"""A companion counts from so much above the crowd on, and fully from so much: it must be surely related itself."""

# --- who is related at all --------------------------------------------------------------------------------------------

STANDING_OUT: Final = 0.12
"""Background stands so much above the candidate at CROWD_RANK: in a large archive everything resembles something."""
CROWD_RANK: Final = 20
UNRELATED: Final = 0.17
"""The crowd, where there are fewer candidates: what unrelated news of one newsroom usually has."""
ALIKE: Final = 0.4
"""From this score on it is related, whatever the crowd: an event may have more reports than CROWD_RANK."""
STORY_DAYS: Final = 75.0
CONTINUES: Final = 0.3
"""What stands out of the crowd within so many days of the article is a development from this likelihood on; elsewhere
from SAME_EVENT (machtin.event_model). A story's reports follow one another, with new names, places and numbers."""
COMES_OF_IT: Final = 0.1
"""The same for what is younger than the article, however much: whoever reads an old article wants to know what came
of it."""
EXPLAINING_DAYS: Final = 1.0
"""Background is older than the article, or at most so much younger: what comes later explains nothing."""

# --- which of them are shown ------------------------------------------------------------------------------------------

DIVERSITY: Final = 0.15
"""Price of being near to what stands in the list already (maximal marginal relevance, Carbonell & Goldstein, 1998)."""
SAME_AUTHOR: Final = 0.02
"""Price for each article by the same author that stands in the list already; the same for each of one publisher."""
FRESHNESS: Final = 0.2
"""Share of a score that fades as the days between the two articles go by, to the half after each half-life."""
HALF_LIFE: Final = 90.0
"""In days, where a section has none of its own."""
HALF_LIVES: Final[Mapping[str, float]] = {
    "thoi tiet": 7.0,
    "the thao": 30.0,
    "thi truong": 30.0,
    "giai tri": 60.0,
    "van hoa": 365.0,
    "giao duc": 365.0,
    "suc khoe": 365.0,
    "khoa hoc": 730.0,
    "phan tich": 730.0,
    "du lich": 730.0,
    "ho so": math.inf,
    "phong su": math.inf,
    "lich su": math.inf,
}
"""By section without marks: news fades in weeks, analysis in years, what is evergreen never."""
