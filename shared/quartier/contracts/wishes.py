"""What was wished and what was given, compared cell by cell.

A requester's wishes and a dataset version's coverage use the same DCAT terms, so that "met" is computed, not claimed.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Property(StrEnum):
    """What a wish can be about (dct:spatial, dct:temporal, dct:accrualPeriodicity, …)."""

    AREA = "area"
    PERIOD = "period"
    SPATIAL_UNIT = "spatial_unit"
    FREQUENCY = "frequency"
    FORMAT = "format"
    LICENCE = "licence"
    COLUMN = "column"
    RESOLUTION = "resolution"
    OTHER = "other"


class Weight(StrEnum):
    """Whether the dataset is of use without it."""

    MUST = "must"
    NICE = "nice"


class Verdict(StrEnum):
    """What a dataset gives of a wish; `unknown` waits for a person who compares."""

    MET = "met"
    PARTLY = "partly"
    NOT = "not"
    UNKNOWN = "unknown"


class Wish(BaseModel):
    """One thing that a requester needs of the dataset."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    property: Property
    wanted: Word
    weight: Weight = Weight.MUST


class Coverage(BaseModel):
    """What a dataset version holds, as its publisher declares it; None means that nothing was declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    area: Word | None = None
    period: Word | None = Field(None, description="ISO 8601 interval of dates or years, such as 2019/2026 or 2024-03-01/..")
    spatial_unit: Word | None = None
    frequency: Word | None = None
    resolution: Word | None = None
    licence: Word | None = None
    columns: list[Word] = Field(default_factory=list, max_length=200)
    formats: list[Word] = Field(default_factory=list, max_length=20)


class WishCell(BaseModel):
    """One row of the table of what was wished and what was given."""

    model_config = ConfigDict(frozen=True)
    property: Property
    wanted: str
    weight: Weight
    given: str | None = None
    verdict: Verdict


FREQUENCIES = ("realtime", "hourly", "daily", "weekly", "monthly", "quarterly", "yearly", "once")
"""From fine to coarse: what is given is enough when it stands no later in this list than what was wanted."""


def compare(wishes: list[Wish], coverage: Coverage) -> list[WishCell]:
    """The table of a claimed request: each wish beside what the version declares.

    `met` is wanted or finer, `partly` the same property but coarser or smaller, `not` declared without it, `unknown` not
    comparable (free text that differs, or nothing declared).
    """
    return [_cell(wish, coverage) for wish in wishes]


def _cell(wish: Wish, coverage: Coverage) -> WishCell:
    match wish.property:
        case Property.COLUMN:
            given, verdict = _member(wish.wanted, coverage.columns)
        case Property.FORMAT:
            given, verdict = _member(wish.wanted, coverage.formats)
        case Property.FREQUENCY:
            given, verdict = coverage.frequency, _frequency(wish.wanted, coverage.frequency)
        case Property.PERIOD:
            given, verdict = coverage.period, _period(wish.wanted, coverage.period)
        case Property.OTHER:
            given, verdict = None, Verdict.UNKNOWN
        case _:
            given = getattr(coverage, wish.property.value)
            verdict = Verdict.MET if given and _same(wish.wanted, given) else Verdict.UNKNOWN
    return WishCell(property=wish.property, wanted=wish.wanted, weight=wish.weight, given=given, verdict=verdict)


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _member(wanted: str, declared: list[str]) -> tuple[str | None, Verdict]:
    if not declared:
        return None, Verdict.UNKNOWN
    found = next((word for word in declared if _same(wanted, word)), None)
    return found, Verdict.MET if found else Verdict.NOT


def _frequency(wanted: str, given: str | None) -> Verdict:
    if given is None or wanted.casefold() not in FREQUENCIES or given.casefold() not in FREQUENCIES:
        return Verdict.MET if given and _same(wanted, given) else Verdict.UNKNOWN
    return Verdict.MET if FREQUENCIES.index(given.casefold()) <= FREQUENCIES.index(wanted.casefold()) else Verdict.PARTLY


def _period(wanted: str, given: str | None) -> Verdict:
    """Compare two ISO 8601 intervals by their text, which sorts as dates do when both ends are equally precise."""
    if given is None:
        return Verdict.UNKNOWN
    ends = [part.split("/") for part in (wanted, given)]
    if any(len(pair) != 2 or not all(end[:4].isdigit() or end in ("", "..") for end in pair) for pair in ends):
        return Verdict.MET if _same(wanted, given) else Verdict.UNKNOWN
    (want_from, want_to), (give_from, give_to) = ends
    starts = give_from in ("", "..") or (want_from not in ("", "..") and give_from <= want_from)
    stops = give_to in ("", "..") or (want_to not in ("", "..") and give_to[:len(want_to)] >= want_to[:len(give_to)])
    if starts and stops:
        return Verdict.MET
    apart = (give_to not in ("", "..") and want_from not in ("", "..") and give_to < want_from) or (
        want_to not in ("", "..") and give_from not in ("", "..") and give_from > want_to)
    return Verdict.NOT if apart else Verdict.PARTLY
