"""Requests as their events tell of them: enough to name one by its reference, and to say which dataset is awaited when."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from quartier.contracts.requests import (
    PublicationDatePassed,
    PublicationRescheduled,
    PublicationScheduled,
    RequestFact,
    TriageStarted,
    Visibility,
)
from quartier.database import json_field

ENDED = frozenset({"published", "answered_closed", "withdrawn"})
"""States in which nothing is awaited any more."""


class Awaited(SQLModel, table=True):
    """One request, with the date that the city promised for it, if it did."""

    __tablename__ = "awaited"

    request_id: UUID = Field(primary_key=True)
    ref: str = Field(unique=True, max_length=30)
    visibility: str = Field(max_length=20)
    sequence: int
    title: dict[str, Any] | None = json_field(default=None)
    expected_on: date | None = Field(default=None, index=True)
    precision: str | None = Field(default=None, max_length=10)
    first_expected_on: date | None = None
    moves: int = 0
    slip_days: int = 0
    is_passed: bool = False

    @property
    def is_public(self) -> bool:
        """Whether everybody may know of it."""
        return self.visibility == Visibility.PUBLIC

    def take(self, event: RequestFact, sequence: int) -> None:
        """Bring the row to where the request stands after an event; one that is older than the row changes nothing."""
        if sequence <= self.sequence:
            return
        self.sequence, self.visibility = sequence, event.visibility.value
        match event:
            case TriageStarted():
                self.title = event.title.model_dump(mode="json") if event.title else None
            case PublicationScheduled():
                self.expected_on, self.precision, self.is_passed = event.expected_on, event.precision.value, False
                self.first_expected_on = self.first_expected_on or event.expected_on
            case PublicationRescheduled():
                self.expected_on, self.precision, self.is_passed = event.expected_on, event.precision.value, False
                self.moves += 1
                self.slip_days += event.days
            case PublicationDatePassed():
                self.is_passed = True
            case _ if event.state in ENDED:
                self.expected_on = None
