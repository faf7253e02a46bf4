"""A dataset request, its public history, and the ledger of what was promised."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from quartier import ids
from quartier.contracts.requests import Outcome, Visibility
from quartier.contracts.wishes import Wish
from quartier.contracts.words import Language, Quote
from quartier.database import Entity, Utc, json_field
from quartier_requests.machine import MACHINE, By, State, Transition
from quartier_requests.problems import NotPossibleNow, NotYoursToDo


class Request(Entity, table=True):
    """What one person asked the city for, and where it stands. Who she is stays with accounts: here is an opaque id.

    `words` is title and body without differences of case and spelling variants, for searching; `twin_hash` is made of it.
    """

    __tablename__ = "request"
    __table_args__ = (Index("request_twin", "person_id", "twin_hash", unique=True, sqlite_where=text("settled_at IS NULL"),
                            postgresql_where=text("settled_at IS NULL")),)

    ref: str | None = Field(default=None, unique=True)
    person_id: UUID
    words: str = Field(sa_type=Text)
    twin_hash: str
    kind: str
    channel: str
    lang: str
    title: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    question: str | None = Field(default=None, sa_type=Text)
    area: str | None = Field(default=None, sa_type=Text)
    period: str | None = Field(default=None, sa_type=Text)
    reuse: str | None = Field(default=None, sa_type=Text)
    how_today: str | None = Field(default=None, sa_type=Text)
    useful_until: date | None = None
    wishes: list[dict[str, Any]] = json_field(default_factory=list)
    themes: list[str] = json_field(default_factory=list)

    state: str = Field(default=State.AWAITING_CONFIRMATION, index=True)
    state_since: Utc
    visibility: str = Field(default=Visibility.HELD, index=True)
    visibility_reason: str | None = Field(default=None, sa_type=Text)
    received_at: Utc
    confirmed_at: Utc | None = None
    first_look_due: date | None = None
    escalations: int = 0
    triaged_at: Utc | None = None
    triaged_by: UUID | None = None

    outcome: str | None = None
    settled_at: Utc | None = None
    answer: dict[str, Any] = json_field(default_factory=dict)
    expected_on: date | None = None
    precision: str | None = None
    has_passed: bool = False
    slips: int = 0
    informed_on: date | None = None
    is_unreached: bool = False

    @property
    def label(self) -> str:
        """What the public calls its state."""
        return MACHINE.states[self.state].label

    @property
    def is_settled(self) -> bool:
        return MACHINE.states[self.state].settled

    @property
    def is_public(self) -> bool:
        return self.visibility == Visibility.PUBLIC

    @property
    def quoted_title(self) -> Quote:
        """The title with the language it is written in."""
        return Quote(text=self.title, lang=Language(self.lang))

    @property
    def scope(self) -> str:
        """How secret links name it."""
        return f"request/{self.id}"

    def wanted(self) -> list[Wish]:
        """The wishes, in the terms in which datasets declare what they hold."""
        return [Wish.model_validate(wish) for wish in self.wishes]

    def move(self, event: str, by: set[By], at: datetime, *, outcome: Outcome | None = None) -> Transition:
        """Make one move of the machine. Raises NotYoursToDo when no such actor ever makes it, NotPossibleNow when the state,
        or the outcome in this state, does not allow it."""
        if MACHINE.actors_of(event).isdisjoint(by):
            raise NotYoursToDo.of(MACHINE.actors_of(event))
        row = MACHINE.find(event, self.state)
        if row is None or row.actors.isdisjoint(by) or (row.outcomes and outcome not in row.outcomes):
            raise NotPossibleNow.in_state(self.state, MACHINE.possible(self.state, by))
        self.outcome = outcome or self.outcome
        if row.target:
            self.state, self.state_since, self.escalations = row.target, at, 0
            self.settled_at = at if self.is_settled else None
        return row


class RequestEvent(SQLModel, table=True):
    """One line of a request's history, appended in the transaction of the act and never changed.

    Its id is that of the published event, its `facts` are what the letter about it says. `number` orders the lines of one request.
    """

    __tablename__ = "request_event"
    __table_args__ = (Index("request_event_order", "request_id", "number"),)

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    request_id: UUID = Field(foreign_key="request.id")
    number: int
    event: str
    at: Utc
    by: str
    from_state: str | None = None
    to_state: str
    is_public: bool = True
    facts: dict[str, Any] = json_field(default_factory=dict)


class Slip(SQLModel, table=True):
    """One line of the slip ledger: a date that was promised, moved, or passed."""

    __tablename__ = "slip"

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    request_id: UUID = Field(foreign_key="request.id", index=True)
    at: Utc
    kind: str
    old: date | None = None
    old_precision: str | None = None
    new: date | None = None
    new_precision: str | None = None
    days: int | None = None
    why: dict[str, str] | None = json_field(default=None)


class RequestNumber(SQLModel, table=True):
    """The last public number given in a year. Taken in the transaction of the confirmation, so that none is lost."""

    __tablename__ = "request_number"

    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last: int
