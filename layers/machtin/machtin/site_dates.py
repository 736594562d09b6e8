"""Days and hours of the readers' site: those of Vietnam, absolute and relative to now, as browsers write them.

What ``dates.js`` says by the browser's ``Intl`` is said here in the same words, so that nothing changes on the page
when its script takes over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from math import floor
from typing import Final, Literal

from machtin.markup import Markup, el
from machtin.site_address import HANOI
from machtin.words import Lang, say

Style = Literal["near", "full", "exact", "day"]
_WEEKDAYS: Final[Mapping[Lang, tuple[str, ...]]] = {
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")
_LONG_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
Unit = Literal["minute", "hour", "day", "week", "month", "year"]
_UNITS: Final[Mapping[Unit, str]] = {
    "minute": "phút", "hour": "giờ", "day": "ngày", "week": "tuần", "month": "tháng", "year": "năm",
}  # fmt: skip
# Where a language has a word of its own for a unit so far away.
_NAMED: Final[Mapping[Lang, Mapping[tuple[Unit, int], str]]] = {
    "vi": {
        ("day", -2): "hôm kia", ("day", -1): "hôm qua", ("day", 0): "hôm nay", ("day", 1): "ngày mai",
        ("day", 2): "ngày kia", ("week", -1): "tuần trước", ("week", 1): "tuần sau", ("month", -1): "tháng trước",
        ("month", 0): "tháng này", ("month", 1): "tháng sau", ("year", -1): "năm ngoái", ("year", 0): "năm nay",
        ("year", 1): "năm sau",
    },
    "en": {
        ("day", -1): "yesterday", ("day", 0): "today", ("day", 1): "tomorrow", ("week", -1): "last week",
        ("week", 1): "next week", ("month", -1): "last month", ("month", 0): "this month", ("month", 1): "next month",
        ("year", -1): "last year", ("year", 0): "this year", ("year", 1): "next year",
    },
}  # fmt: skip
# Up to how many days away which unit is told, and how many days it has.
_STEPS: Final[tuple[tuple[int, float, Unit], ...]] = ((7, 1, "day"), (30, 7, "week"), (365, 30.44, "month"))


def time_of(lang: Lang, published: str | None, now: datetime, style: Style = "near") -> Markup | None:
    """A ``<time>`` of an RFC 3339 string, None for none.

    ``near``: the day, and how long ago; ``full``: with weekday and hour as well; ``exact``: day and hour; ``day``.
    """
    if not published:
        return None
    moment = datetime.fromisoformat(published).astimezone(HANOI)
    whole = f"{_WEEKDAYS[lang][moment.weekday()]}, {_day(lang, moment)}, {moment:%H:%M}"
    shown = {"full": whole, "exact": f"{_day(lang, moment)}, {moment:%H:%M}"}.get(style) or _day(lang, moment)
    if style in ("near", "full"):
        shown = say(lang, "date.near", day=shown, near=_relative(lang, moment, now.astimezone(HANOI)))
    return el("time", {"datetime": published, "title": whole}, shown)


def day_name(lang: Lang, day: str) -> str:
    """A day of the calendar, ``2026-03-15``."""
    return _day(lang, datetime.fromisoformat(day))


def month_name(lang: Lang, month: str) -> str:
    """A month of the calendar, ``2026-03``."""
    year, _, number = month.partition("-")
    name = _LONG_MONTHS[int(number) - 1] if lang == "en" else number
    return say(lang, "filters.month", month=str(int(number)), year=year, name=name)


def days_of_month(month: str) -> tuple[str, str]:
    """First and last day of a month ``2026-03``."""
    first = date.fromisoformat(f"{month}-01")
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.isoformat(), last.isoformat()


def _day(lang: Lang, moment: datetime) -> str:
    if lang == "vi":
        return f"{moment.day}/{moment.month}/{moment.year}"
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _relative(lang: Lang, moment: datetime, now: datetime) -> str:
    """How long ago, days counted by the calendar."""
    seconds = (now - moment).total_seconds()
    if abs(seconds) < 60:
        return say(lang, "date.now")
    if abs(seconds) < 3600:
        return _far(lang, "minute", -floor(seconds / 60 + 0.5))
    if 0 < seconds < 12 * 3600:
        return _far(lang, "hour", -floor(seconds / 3600 + 0.5))
    days = (moment.date() - now.date()).days
    for most, each, unit in _STEPS:
        if abs(days) < most:
            return _far(lang, unit, int(days / each))
    return _far(lang, "year", int(days / 365.25))


def _far(lang: Lang, unit: Unit, count: int) -> str:
    if named := _NAMED[lang].get((unit, count)):
        return named
    number = abs(count)
    if lang == "vi":
        return f"{number} {_UNITS[unit]} trước" if count < 0 else f"sau {number} {_UNITS[unit]} nữa"
    counted = f"{number} {unit}" if number == 1 else f"{number} {unit}s"
    return f"{counted} ago" if count < 0 else f"in {counted}"
