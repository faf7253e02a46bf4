"""The city's calendar: working days, the end of a promised period, and the instant at which a day is over.

Days are the city's own dates; they become instants as late as possible, because the clocks change inside a quarter.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from quartier.contracts.words import Precision
from quartier.settings import Settings

SPELLINGS = {
    Precision.DAY: re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)", re.ASCII),
    Precision.MONTH: re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)(-(?P<day>\d\d))?", re.ASCII),
    Precision.QUARTER: re.compile(r"(?P<year>\d{4})-(Q(?P<quarter>[1-4])|(?P<month>\d\d)-(?P<day>\d\d))", re.ASCII),
}


def local_day(instant: datetime, settings: Settings) -> date:
    """The city's date at that instant."""
    return instant.astimezone(ZoneInfo(settings.zone)).date()


def end_of(day: date, settings: Settings) -> datetime:
    """The first instant after that day in the city."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings.zone)).astimezone(UTC)


def add_working_days(start: date, count: int, settings: Settings) -> date:
    """The last of that many working days after `start`, which itself does not count."""
    calendar, day = _calendar(settings.country), start
    while count:
        day += timedelta(days=1)
        count -= _is_working_day(day, calendar)
    return day


def working_days_between(start: date, end: date, settings: Settings) -> int:
    """How many working days lie after `start`, up to and including `end`."""
    calendar = _calendar(settings.country)
    return sum(_is_working_day(start + timedelta(days=n), calendar) for n in range(1, (end - start).days + 1))


def is_working_day(day: date, settings: Settings) -> bool:
    """Whether the city works on that day: no week-end and no public holiday."""
    return _is_working_day(day, _calendar(settings.country))


def period_end(text: str, precision: Precision) -> date:
    """The last day of a promised period, written 2026-11-30, 2026-11 or 2026-Q4; any of its days names a month or quarter too.

    Raises ValueError with what a person should write instead.
    """
    found = SPELLINGS[precision].fullmatch(text)
    if found is None:
        raise ValueError({Precision.DAY: "Write a day, such as 2026-11-30.", Precision.MONTH: "Write a month, such as 2026-11.",
                          Precision.QUARTER: "Write a quarter, such as 2026-Q4."}[precision])
    parts = {name: int(value) for name, value in found.groupdict().items() if value}
    month = parts.get("month") or parts["quarter"] * 3
    try:
        day = date(parts["year"], month, parts.get("day", 1))
    except ValueError:
        raise ValueError("There is no such day in the calendar.") from None
    if precision == Precision.DAY:
        return day
    last = day.month if precision == Precision.MONTH else (day.month + 2) // 3 * 3
    return date(day.year + last // 12, last % 12 + 1, 1) - timedelta(days=1)


@lru_cache
def _calendar(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


def _is_working_day(day: date, calendar: holidays.HolidayBase) -> bool:
    return day.weekday() < 5 and day not in calendar
