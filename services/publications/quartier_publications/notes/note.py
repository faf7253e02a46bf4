"""A note as a pure function of facts: the same facts give the same bytes, whatever the order or repetition of their arrival.

No clock, no database, no language and no chance takes part. What a section says is in `sections`; how it reads in English and
French is in `page`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

from quartier_publications.notes import facts as known
from quartier_publications.notes.facts import Fact
from quartier_publications.notes.period import Period
from quartier_publications.notes.sections.asked import Asked, asked
from quartier_publications.notes.sections.dates import Dates, dates
from quartier_publications.notes.sections.published import Published, published
from quartier_publications.notes.sections.settled import Settled, settled
from quartier_publications.notes.sections.summary import Summary, summary
from quartier_publications.notes.sections.told import Told, told
from quartier_publications.notes.story import Part, Story


class Stretch(Part):
    """The period of a note: its first and last day in the city's zone, and its first instant and the one after it."""

    first_day: date
    last_day: date
    starts_at: datetime
    ends_at: datetime
    zone: str


class Basis(Part):
    """What the note was computed from: how many facts, when the day of the last began, and the SHA-256 of `facts.jsonl`."""

    count: int
    until: datetime | None
    sha256: str


class Note(Part):
    """A quarter's note on publication and improvement."""

    number: str
    state: Literal["draft"] = "draft"
    period: Stretch
    facts: Basis
    summary: Summary
    asked: Asked
    settled: Settled
    published: Published
    dates: Dates
    told: Told


def facts_of(facts: Iterable[Fact], period: Period) -> list[Fact]:
    """What a note of that period is computed from: all that happened before its end, in order, as the public may read it."""
    told = known.by_day((fact for fact in facts if fact.occurred_at < period.ends_at), period.zone)
    return known.released(known.ordered(told))


def build(facts: Iterable[Fact], period: Period) -> Note:
    """Compute the note. Facts from before the period count as its stock; later ones are left out."""
    basis = facts_of(facts, period)
    story = Story(basis, period)
    reached = told(story)
    return Note(
        number=period.number, period=_stretch(period), facts=_basis(basis), summary=summary(story, reached.unreached),
        asked=asked(story), settled=settled(story), published=published(story), dates=dates(story), told=reached)


def json_bytes(note: Note) -> bytes:
    """The note as canonical JSON: sorted, compact, ending in a newline."""
    return known.canonical_json(note.model_dump(mode="json"))


def _stretch(period: Period) -> Stretch:
    return Stretch(first_day=period.day(period.starts_at), last_day=period.last_day, zone=period.zone,
                   starts_at=period.starts_at, ends_at=period.ends_at)


def _basis(basis: list[Fact]) -> Basis:
    return Basis(count=len(basis), until=basis[-1].occurred_at if basis else None,
                 sha256=known.digest(known.canonical(basis)))
