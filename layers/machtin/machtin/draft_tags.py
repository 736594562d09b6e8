"""Tags for a draft, of the archive's own: those of the articles nearest in content, and those that its text names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from machtin.article import Article
from machtin.draft_answers import DraftTag
from machtin.draft_text import DraftText, Near, Run
from machtin.ports import ArticleIndex
from machtin.vietnamese import canonical, fold

MOST: Final = 10
# Of what could be one, so many are looked at closely; each costs the reading of some articles.
FINALISTS: Final = 25
# The nearest articles whose tags count, and how fast that falls with the cosine.
NEIGHBOURS: Final = 20
STEEPNESS: Final = 6.0
# What it counts that the words of a tag stand in a field.
PLACES: Final[Mapping[str, float]] = {"title": 0.35, "sapo": 0.25, "body": 0.15}
# A tag of one small word ("nước") is in every other text: there it says little.
SMALL_WORD: Final = 0.3
LEAST: Final = 0.2


class Found(NamedTuple):
    """Where the words of a tag first stand in a draft."""

    text: DraftText
    run: Run


class ArchiveTag(NamedTuple):
    """A tag that the draft's text names, as the archive spells it, how many articles have it, and where it stands."""

    name: str
    articles: int
    places: list[Found]


class Suggested(NamedTuple):
    """The suggestions, and every tag of the archive that the text names."""

    tags: list[DraftTag]
    named: list[ArchiveTag]


def suggest_tags(
    index: ArticleIndex,
    draft: Article,
    texts: Sequence[DraftText],
    near: Sequence[Near],
    total: int,
) -> Suggested:
    """Best first. ``near``: the nearest of all ``total`` articles with their cosines, nearest first."""
    nearness, spelt = _of_neighbours(near[:NEIGHBOURS])
    counts = index.tag_counts(list(nearness.keys() | {key for text in texts for key in text.phrases()}))
    places = {key: [Found(text, run) for text in texts for run in text.places(key)] for key in counts}
    scores = {
        key: _score(nearness.get(key, 0.0), next(iter(places[key]), None), _rarity(articles, total))
        for key, articles in counts.items()
    }
    finalists = sorted(scores, key=lambda key: (-scores[key], key))[:FINALISTS]
    names = index.tag_spellings(finalists)
    own = {form for tag in draft.tags for form in (tag_key(tag), fold(tag_key(tag)))}
    best: dict[str, DraftTag] = {}
    named: dict[str, ArchiveTag] = {}
    for key in finalists:
        name = names.get(key) or spelt.get(key)
        if name is None:
            continue
        standing = [one for one in places[key] if _is_named(one, key, name)]
        found = standing[0] if standing else None
        spelling = tag_key(name)
        if standing and spelling not in named:
            named[spelling] = ArchiveTag(name, counts[key], standing)
        score = _score(nearness.get(key, 0.0), found, _rarity(counts[key], total))
        if score < LEAST or spelling in own or fold(spelling) in own:
            continue
        if spelling not in best or best[spelling].score < score:
            mention = found.text.mention(found.run) if found else None
            best[spelling] = DraftTag(name, round(score, 4), counts[key], mention)
    ranked = sorted(best.values(), key=lambda one: (-one.score, one.tag))
    return Suggested(ranked[:MOST], list(named.values()))


def tag_key(name: str) -> str:
    """Equal for tags that differ in case, Đ/Ð, composition, tone placement or spaces alone."""
    return " ".join(canonical(name).casefold().split())


def _of_neighbours(near: Sequence[Near]) -> tuple[dict[str, float], dict[str, str]]:
    """How much of the nearest articles' weight has each tag, 0 to 1, and a spelling of it."""
    weights: dict[str, float] = {}
    spelt: dict[str, str] = {}
    best = max((cosine for _, cosine in near), default=0.0)
    total = 0.0
    for article, cosine in near:
        weight = math.exp(STEEPNESS * (cosine - best))
        total += weight
        for key, tag in {tag_key(tag): tag for tag in article.tags}.items():
            weights[key] = weights.get(key, 0.0) + weight
            spelt.setdefault(key, tag)
    return {key: weight / total for key, weight in weights.items()}, spelt


def _rarity(articles: int, total: int) -> float:
    """From 0, where every article has it, to 1."""
    return min(1.0, math.log((total + 2) / (articles + 1)) / math.log(total + 2))


def _score(nearness: float, found: Found | None, rarity: float) -> float:
    place = PLACES[found.text.field] if found else 0.0
    if found and found.text.is_small(found.run):
        place *= SMALL_WORD
    likely = nearness * (0.5 + 0.5 * rarity)
    return likely + (1.0 - likely) * place * rarity


def _is_named(found: Found, key: str, name: str) -> bool:
    """Whether the text speaks of this tag: with its marks unless none were typed, its large letter, no longer name."""
    text, run = found
    if tag_key(name) != key and not text.bare:
        return False
    is_name = not name.split()[-1][:1].islower()
    has_capitals = text.canon.text != text.lower
    if is_name and has_capitals and not text.capitalised(run):
        return False
    return not text.in_other_name(run)
