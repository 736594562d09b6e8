"""The dates that a page states about itself: day first, Vietnam time where no offset is given, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

from machtin.vietnamese import fold

VIETNAM_TIME: Final = timezone(timedelta(hours=7))
_LONGEST: Final = 160
_FIRST_YEAR: Final = 1900

_MONTHS: Final = {
    name: month
    for month, names in enumerate(
        ("mot gieng", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi", "muoi_mot", "muoi_hai chap"),
        start=1,
    )
    for name in names.split()
}
_DATE = re.compile(
    r"(?<!\d)(?:(?P<iso>\d{4})-(?P<iso_month>\d{2})-(?P<iso_day>\d{2})"
    r"|(?P<day>\d{1,2})\s*(?P<mark>[/.-])\s*(?P<month>\d{1,2})\s*(?P=mark)\s*(?P<year>\d{4})"
    r"|(?P<spelt_day>\d{1,2})\s+thang\s+(?P<spelt_month>\d{1,2}|muoi mot|muoi hai|[a-z]+)"
    r"(?:\s*,?\s*nam\s+|\s*[,/]\s*|\s+)(?P<spelt_year>\d{4}))(?!\d)"
)
_TIME = re.compile(
    r"(?<![\d/.:-])(?P<hour>\d{1,2})\s*(?::|h|gio)\s*(?P<minute>\d{2})?(?:\s*phut)?(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<half>am|pm|sa|ch|sang|chieu|toi)?(?![\w/])"
)
_ZONE = re.compile(
    r"\(?\s*(?:gmt|utc)?\s*(?P<sign>[+-])\s*(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?\s*\)?|\(?\bgmt\b\)?"
)
_WEEKDAY = re.compile(r"\b(?:thu\s+(?:hai|ba|tu|nam|sau|bay|[2-7])|chu\s+nhat|t[2-7]|cn)\b")
_UPDATED = re.compile(r"\b(?:cap nhat|chinh sua|sua doi|last updated|updated|modified)\b")
_LABEL = re.compile(
    r"\b(?:cap nhat(?: lan cuoi)?|chinh sua|sua doi|last updated|updated|modified|thoi gian(?: dang)?|ngay xuat ban"
    r"|xuat ban|ngay dang(?: bai| tin)?|dang tai|dang ngay|dang|published|posted|on|at|vao|luc|ngay|date)\b"
)
_BETWEEN_PARTS = re.compile(r"\s*[|•·]\s*|\s+[-–—]\s+")
_LEFT_OVER = re.compile(r"[\s,;:|•·()\[\]–—-]*")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[Tt ]|$)")
_MONTH_OR_DAY_FIRST = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}.*\b[AaPp][Mm]\b")


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line that holds nothing but dates, times and short parts beside them.

    ``rest`` are those other parts ("Quỳnh Hoa" in "Quỳnh Hoa - 15/3/2026 08:30"). ``precise``: it names a weekday or
    an hour, as the line of a page does and a heading of a chronicle does not.
    """

    published_at: datetime | None
    modified_at: datetime | None
    rest: tuple[str, ...]
    precise: bool


def date_line(line: str) -> DateLine | None:
    """Read a line such as "Thứ Hai, 15/3/2026 - 08:30 (GMT+7)"; None when it is anything else.

    A date that does not exist (31/2/2026) makes a DateLine without a moment. "Cập nhật" makes ``modified_at``.
    """
    if len(line) > _LONGEST or not any(character.isdigit() for character in line):
        return None
    if _ISO.match(line.strip()) and (moment := _sane(_iso(line.strip()))):
        return DateLine(moment, None, (), precise=True)
    whole = _parts([line.strip()])
    read = whole if whole and not whole.rest else _parts(_BETWEEN_PARTS.split(line.strip()))
    return read.line() if read else None


def stated_moment(value: str) -> datetime | None:
    """The moment in a page's own data: ISO 8601, RFC 5322 or day first; None for anything unclear.

    "5/3/2026 8:30 AM" is unclear: programs that write AM and PM put the month first as often as the day.
    """
    value = value.strip()[:_LONGEST]
    if _ISO.match(value):
        return _sane(_iso(value))
    if _MONTH_OR_DAY_FIRST.match(value):
        return None
    if read := date_line(value):
        return None if read.rest else read.published_at or read.modified_at
    try:
        return _sane(parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _iso(value: str) -> datetime | None:
    value = re.sub(r"(\.\d{1,6})\d*", r"\1", value)
    value = re.sub(r"\s+(?=[+-]\d|[Zz]$)", "", value)
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        return None


def _sane(moment: datetime | None) -> datetime | None:
    """Vietnam time where none is given; the zero dates that programs write (0001-01-01) are no dates."""
    if moment is None or moment.year < _FIRST_YEAR:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM_TIME)
    try:
        moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return moment


@dataclass(slots=True)
class _Statement:
    updated: bool = False
    date: re.Match[str] | None = None
    time: re.Match[str] | None = None
    zone: re.Match[str] | None = None


@dataclass(slots=True)
class _Read:
    statements: list[_Statement]
    rest: tuple[str, ...]
    precise: bool

    def line(self) -> DateLine:
        moments = [(statement.updated, _moment(statement)) for statement in self.statements]
        return DateLine(
            next((moment for updated, moment in moments if moment and not updated), None),
            next((moment for updated, moment in moments if moment and updated), None),
            self.rest,
            self.precise,
        )


def _parts(parts: list[str]) -> _Read | None:
    statements: list[_Statement] = []
    rest, early_time, precise = [], None, False
    for part in parts:
        statement = _statement(part)
        if statement is None:
            rest.append(part)
            continue
        precise |= bool(statement.time or _WEEKDAY.search(fold(part)))
        if statement.date:
            statement.time = statement.time or early_time
            statements.append(statement)
        elif statements and not statements[-1].time:
            statements[-1].time, statements[-1].zone = statement.time, statement.zone
        else:
            early_time = statement.time
    return _Read(statements, tuple(part for part in rest if part), precise) if statements else None


def _statement(part: str) -> _Statement | None:
    """The date and time of one part, None when the part says anything else as well."""
    folded = fold(part).strip()
    found = _Statement(updated=bool(_UPDATED.search(folded)))
    found.date = _DATE.search(folded)
    if found.date:
        folded = _without(folded, found.date)
    found.time = _TIME.search(folded)
    if found.time:
        folded = _without(folded, found.time)
        found.zone = _ZONE.search(folded)
        if found.zone:
            folded = _without(folded, found.zone)
    folded = _LABEL.sub(" ", _WEEKDAY.sub(" ", folded))
    return found if _LEFT_OVER.fullmatch(folded) else None


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"


def _moment(statement: _Statement) -> datetime | None:
    if statement.date is None:
        return None
    year, month, day = _year_month_day(statement.date)
    hour, minute, second = _clock(statement.time)
    try:
        return _sane(datetime(year, month, day, hour, minute, second, tzinfo=_zone(statement.zone)))
    except ValueError:
        return None


def _year_month_day(date: re.Match[str]) -> Iterator[int]:
    if date["iso"]:
        return map(int, (date["iso"], date["iso_month"], date["iso_day"]))
    if date["year"]:
        return map(int, (date["year"], date["month"], date["day"]))
    spelt = date["spelt_month"]
    month = int(spelt) if spelt.isdigit() else _MONTHS.get(spelt.replace(" ", "_"), 0)
    return iter((int(date["spelt_year"]), month, int(date["spelt_day"])))


def _clock(time: re.Match[str] | None) -> tuple[int, int, int]:
    if time is None:
        return 0, 0, 0
    hour = int(time["hour"])
    if time["half"] in {"pm", "ch", "chieu", "toi"} and hour < 12:
        hour += 12
    elif time["half"] in {"am", "sa", "sang"} and hour == 12:
        hour = 0
    return hour, int(time["minute"] or 0), int(time["second"] or 0)


def _zone(zone: re.Match[str] | None) -> timezone:
    if zone is None or not zone["sign"]:
        return UTC if zone else VIETNAM_TIME
    offset = timedelta(hours=int(zone["hours"]), minutes=int(zone["minutes"] or 0))
    if offset > timedelta(hours=14):
        return VIETNAM_TIME
    return timezone(offset if zone["sign"] == "+" else -offset)
