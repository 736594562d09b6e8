"""Hard cases of numbers that differ: small events, each with a contradiction in numbers or with a trap."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from machtin.article import Article
from machtin.errors import InvalidInput
from machtin.model_port import Digester

_START: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContradictionCase:
    """Articles of one event and the numbers that are to be shown side by side; ``kind`` names what they try.

    Args:
        articles: title, body, sapo where there is one, and hour: hours after the first report.
        differs: a list of numbers for each contradiction, in order of time; empty where there is none to be found.
    """

    id: str
    kind: str
    articles: Sequence[dict[str, Any]]
    differs: Sequence[Sequence[float]]

    def reports(self) -> list[Article]:
        """The articles, the latest first: their order is for the digester to find. Raises KeyError or TypeError."""
        return [
            Article(
                id=f"{self.id}-{at}",
                title=one["title"],
                sapo=one.get("sapo", ""),
                body=one["body"],
                published_at=_START + timedelta(hours=one["hour"]),
            )
            for at, one in enumerate(self.articles)
        ][::-1]


def read_contradiction_cases(path: Path) -> list[ContradictionCase]:
    """One JSON object a line, as ``ContradictionCase`` has them. Raises InvalidInput naming the file and the line."""
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            case = ContradictionCase(**json.loads(line))
            case.reports()
        except (json.JSONDecodeError, TypeError, KeyError, AttributeError) as error:
            where = f"{path}:{number}"
            raise InvalidInput.of(where, f"must be a JSON object with a case of numbers: {error!r}") from error
        cases.append(case)
    if not cases:
        raise InvalidInput.of(str(path), "is empty; give one JSON object a line with a case of numbers")
    return cases


def measure_contradictions(cases: Sequence[ContradictionCase], digester: Digester) -> dict[str, Any]:
    """The share of cases of each kind in which just those numbers are found, 0 to 1, and what is wrong with the others.

    "contradictions" are the cases that have one, "traps" those in which whatever is found is a false alarm.
    """
    wrong: dict[str, list[str]] = {}
    groups: dict[str, list[bool]] = {}
    for case in cases:
        found = digester.digest(case.reports(), None, None).contradictions
        numbers = sorted([report.value for report in one.reports] for one in found)
        right = numbers == sorted([float(value) for value in one] for one in case.differs)
        if not right:
            told = "; ".join(f"{one.about}: {', '.join(report.number for report in one.reports)}" for one in found)
            wrong[case.id] = [f"found {told or 'nothing'}"]
        for group in (case.kind, "contradictions" if case.differs else "traps", "all"):
            groups.setdefault(group, []).append(right)
    rates = {group: {"cases": float(len(right)), "fit": sum(right) / len(right)} for group, right in groups.items()}
    return {"rates": rates, "faults": wrong}
