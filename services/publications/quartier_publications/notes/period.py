"""The stretch of time that a note tells of: for now a calendar quarter in the city's zone."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

NUMBER = re.compile(r"([0-9]{4})-([1-4])")


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant (inclusive) to another (exclusive); `number` is how the note is called, `zone` whose days it counts."""

    number: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    previous: "Period | None" = None

    def holds(self, instant: datetime) -> bool:
        """Whether something that happened then belongs to this period."""
        return self.starts_at <= instant < self.ends_at

    @property
    def last_day(self) -> date:
        """The city's date just before the period ends."""
        return self.day(self.ends_at - timedelta(microseconds=1))

    def day(self, instant: datetime) -> date:
        """The city's date at that instant."""
        return instant.astimezone(ZoneInfo(self.zone)).date()


def quarter(number: str, zone: str) -> Period | None:
    """The quarter of a number such as 2026-4, or None when the number is none."""
    found = NUMBER.fullmatch(number)
    if found is None or not 1900 <= int(found[1]) <= 2999:
        return None
    ordinal = int(found[1]) * 4 + int(found[2]) - 1
    return _quarter(ordinal, zone, _quarter(ordinal - 1, zone, None))


def quarter_of(instant: datetime, zone: str) -> str:
    """The number of the quarter in which an instant lies."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local.year}-{(local.month + 2) // 3}"


def quarters_between(first: str, last: str) -> list[str]:
    """The numbers of all quarters from one to the other, the latest first."""
    ordinals = [int(year) * 4 + int(part) - 1 for year, part in (first.split("-"), last.split("-"))]
    return [_number(ordinal) for ordinal in range(ordinals[1], ordinals[0] - 1, -1)]


def _quarter(ordinal: int, zone: str, previous: Period | None) -> Period:
    return Period(_number(ordinal), _start(ordinal, zone), _start(ordinal + 1, zone), zone, previous)


def _number(ordinal: int) -> str:
    return f"{ordinal // 4}-{ordinal % 4 + 1}"


def _start(ordinal: int, zone: str) -> datetime:
    return datetime(ordinal // 4, ordinal % 4 * 3 + 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
