"""How a service says that a person is to be told something, and what notify asks it at the moment of sending.

The service that owes a notice emits `notice.owed`; notify resolves the person at accounts, asks the owing service for the
letter, sends, and answers with `notice.sent` or its like. No address, secret link or text travels in an event.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from quartier.contracts.wishes import WishCell
from quartier.contracts.words import Language, Precision, Quote, Texts
from quartier.events import Event


class NoticeClass(StrEnum):
    """What kind of duty a message is; it decides headers and lanes."""

    SECURITY = "security"
    OWNER = "owner"
    FOLLOWED = "followed"


class NoticeKind(StrEnum):
    """What a message tells. The first kind of a notice names it."""

    CONFIRM = "confirm"
    SIGN_IN = "sign-in"
    FOLLOW_CONFIRM = "follow-confirm"
    ACKNOWLEDGEMENT = "acknowledgement"
    ANSWERED = "answered"
    SELECTED = "selected"
    SCHEDULED = "scheduled"
    RESCHEDULED = "rescheduled"
    DATE_PASSED = "date_passed"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OPENED = "opened"


class Purpose(StrEnum):
    """What a secret link lets its bearer do, and nothing else."""

    CONFIRM = "confirm"
    STATUS = "status"
    UNSUBSCRIBE = "unsubscribe"
    SIGN_IN = "sign-in"
    NONE = "none"


class NoticeOwed(Event, topic=("quartier.requests", "quartier.accounts", "quartier.notify"),
                 type="org.quartier.notice.owed.v1", key="subject_id"):
    """A person is owed a message. One for each person and command, however many events the command emitted."""

    notice_id: UUID
    person_id: UUID
    subject_kind: str = Field(description="What the notice is about: request, sign-in or subscription.")
    subject_id: UUID
    ref: str | None = None
    notice_class: NoticeClass
    kinds: list[NoticeKind] = Field(min_length=1, max_length=10)
    event_ids: list[UUID] = Field(default_factory=list, max_length=20)


class Letter(BaseModel):
    """The facts of one message, asked of the service that owes it when the message is written.

    Served at `GET /api/<service>/v1/notices/{notice_id}/letter` to services alone. The wording stays in notify.
    """

    model_config = ConfigDict(extra="ignore")
    ref: str | None = None
    title: Quote | None = None
    state: str | None = None
    received_at: datetime | None = None
    first_look_due: date | None = None
    outcome: str | None = None
    answer: Texts | None = None
    links: list[str] = Field(default_factory=list, max_length=20)
    motive: Texts | None = None
    ground: str | None = None
    article: str | None = None
    redress: Texts | None = None
    appeal_by: date | None = None
    expected_on: date | None = None
    precision: Precision | None = None
    previous_on: date | None = None
    previous_precision: Precision | None = None
    dataset_title: Texts | None = None
    dataset_url: str | None = None
    wishes: list[WishCell] = Field(default_factory=list, max_length=20)


class ResolutionIn(BaseModel):
    """Whom notify is about to write to, and which secret link the message needs."""

    model_config = ConfigDict(extra="forbid")
    person_id: UUID
    purpose: Purpose
    subject: str = Field(max_length=100, description="What the link is for: `request/<id>`, `subscription/<id>`, `sign-in/<id>`.")


class Resolution(BaseModel):
    """Where and in which language a person is written to, with the link minted for this message. Never stored."""

    model_config = ConfigDict(extra="ignore")
    person_id: UUID
    address: str | None
    language: Language
    link: str | None
