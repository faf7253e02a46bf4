"""The shapes of the list of awaited datasets."""

from datetime import date
from uuid import UUID

from quartier.contracts.words import Precision, Quote
from quartier.web import Out


class AwaitedOut(Out):
    """A dataset that the city has promised: for which request, until when, and how often that date has moved."""

    request_id: UUID
    ref: str
    title: Quote | None
    expected_on: date
    precision: Precision
    first_expected_on: date
    moves: int
    slip_days: int
    is_passed: bool


class AwaitedListOut(Out):
    """A page of awaited datasets."""

    items: list[AwaitedOut]
    next: str | None
