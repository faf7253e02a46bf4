"""The acts of officers and approvers as the API takes them, and what the desk shows before one of them is sent."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from quartier.contracts.notices import Letter, NoticeKind
from quartier.contracts.requests import Ground, Outcome, Visibility
from quartier.contracts.words import Precision, Texts, Url
from quartier.web import Body, Out
from quartier_requests.texts import Line, Paragraphs, TextsIn

Promised = Annotated[str, Field(min_length=4, max_length=10, examples=["2026-11-30", "2026-11", "2026-Q4"],
                                description="A day, a month or a quarter; any day of it names the month or quarter too.")]


class StartTriage(Body):
    """The first look: someone has read the request and says who may see it."""

    event: Literal["triage.started"]
    visibility: Literal[Visibility.PUBLIC, Visibility.REQUESTER_ONLY]
    reason: Paragraphs | None = Field(None, description="Why only the requester may see it; for the staff.")


class Answer(Body):
    """The city answers at once: the data is there already, it is no request for data, or something was repaired."""

    event: Literal["request.answered"]
    outcome: Outcome
    answer: TextsIn
    links: list[Url] = Field(default_factory=list, max_length=20, description="The dataset, or the city service that helps.")


class TakeUp(Body):
    """The city works on it: a legal duty, a high-value dataset, or in work already."""

    event: Literal["request.taken_up"]
    motive: TextsIn


class Schedule(Body):
    """The city promises a date. When its period ends without the dataset, everybody reads so."""

    event: Literal["publication.scheduled"]
    date: Promised
    precision: Precision


class Reschedule(Body):
    """The promised date moves, and the reason is public."""

    event: Literal["publication.rescheduled"]
    date: Promised
    precision: Precision
    why: TextsIn


class Refuse(Body):
    """The city may not or cannot publish this: why, by which article, and how to appeal."""

    event: Literal["request.refused"]
    outcome: Outcome
    motive: TextsIn
    redress: TextsIn
    appeal_by: date
    ground: Ground | None = None
    article: Line | None = Field(None, max_length=300)


Act = Annotated[StartTriage | Answer | TakeUp | Schedule | Reschedule | Refuse, Field(discriminator="event")]


class FieldOut(Out):
    """One field of a form: what it is, whether it has to be filled in, and who reads what stands in it."""

    name: str
    kind: Literal["choice", "text", "texts", "links", "date", "outcome"]
    is_required: bool
    read_by: Literal["public", "internal"]
    choices: list[str]
    longest: int | None


class PossibleOut(Out):
    """One thing that this person may do with the request now."""

    event: str
    verb: str
    title: str
    to_state: str
    outcomes: list[Outcome]
    fields: list[FieldOut]
    owes: list[NoticeKind]
    refused_because: str | None = Field(None, description="Why this person may not, although her role does (four eyes).")
    json_schema: dict[str, Any] = Field(description="The body of the act, as JSON Schema.")


class PossibleListOut(Out):
    """Everything that this person may do with the request now; `version` is what `If-Match` has to name."""

    request_id: UUID
    version: int
    state: str
    items: list[PossibleOut]


class PreviewOut(Out):
    """What would be read if this act were sent: nothing has been changed."""

    public_sentence: Texts
    state: str
    label: str
    owed: list[NoticeKind]
    letter: Letter
    visible_to: Literal["requester", "everyone"]
    notes: list[str] = Field(description="What is allowed but may be a slip of the hand, such as a promise for a holiday.")
