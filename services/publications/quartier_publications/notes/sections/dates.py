"""Section 7: dates promised, moved and passed."""

from datetime import date
from typing import Literal

from quartier.contracts.requests import PublicationDatePassed, PublicationRescheduled, PublicationScheduled
from quartier.contracts.words import Precision, Quote, Texts
from quartier_publications.notes.story import Part, Row, Story

ACTS = {PublicationScheduled.event_type: "promised", PublicationRescheduled.event_type: "moved",
        PublicationDatePassed.event_type: "passed"}


class DateRow(Row):
    """A date that was promised, moved or passed for a public request; `on` is the day of that act."""

    act: Literal["promised", "moved", "passed"]
    expected_on: date
    precision: Precision
    previous_on: date | None = None
    previous_precision: Precision | None = None
    days: int | None = None
    why: Texts | None = None


class SlipRow(Part):
    """How far the promised date of one public request has moved: in this period, and since it was first promised."""

    ref: str
    title: Quote | None
    days: int
    total: int


class Dates(Part):
    """All acts on dates in the period; `slip_days` adds up every move, of requests that are not public too."""

    promised: int
    moved: int
    passed: int
    slip_days: int
    hidden: int
    rows: list[DateRow]
    slips: list[SlipRow]


def dates(story: Story) -> Dates:
    """A date that is moved forward counts as negative days."""
    facts = story.during(PublicationScheduled, PublicationRescheduled, PublicationDatePassed)
    public = story.public(facts)
    acts = [ACTS[fact.type] for fact in facts]
    moves = story.during(PublicationRescheduled)
    return Dates(
        promised=acts.count("promised"), moved=acts.count("moved"), passed=acts.count("passed"),
        slip_days=sum(fact.data["days"] for fact in moves), hidden=len(facts) - len(public),
        rows=[DateRow.model_validate(story.row(fact) | {"act": ACTS[fact.type]}) for fact in public], slips=_slips(story))


def _slips(story: Story) -> list[SlipRow]:
    slips: dict[str, SlipRow] = {}
    for fact in story.public(story.until_the_end(PublicationRescheduled)):
        row, days = story.row(fact), fact.data["days"]
        before = slips.get(fact.key)
        slips[fact.key] = SlipRow.model_validate(row | {
            "days": (before.days if before else 0) + (days if story.period.holds(fact.occurred_at) else 0),
            "total": (before.total if before else 0) + days})
    moved = {fact.key for fact in story.during(PublicationRescheduled)}
    return sorted((row for key, row in slips.items() if key in moved), key=lambda row: (-row.total, row.ref))
