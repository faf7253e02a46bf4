"""The shapes of the ledger's endpoints."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from quartier.contracts.notices import NoticeClass, NoticeKind
from quartier.contracts.words import readable
from quartier.web import Body, Out
from quartier_notify.ledger.model import Policy, State


class NoticeOut(Out):
    """One thing that a person was told, or is about to be told."""

    id: UUID
    subject_kind: str
    subject_id: UUID
    ref: str | None
    kinds: list[NoticeKind]
    notice_class: NoticeClass
    reasons: list[str] = Field(description="`owed`, or `follows/<subscription>`: why the person is told.")
    noted_at: datetime
    state: State
    told_at: datetime | None


class DeliveryOut(Out):
    """One message on its way, with the proof of what became of it. There is no address in it."""

    id: UUID
    version: int
    state: State
    channel: str
    policy: Policy
    notice_class: NoticeClass
    subject_kind: str
    subject_id: UUID
    ref: str | None
    kinds: list[NoticeKind]
    notice_ids: list[UUID]
    message_id: UUID = Field(description="The left part of the Message-ID, by which mail servers' logs are searched.")
    attempts: int
    queued_at: datetime
    next_at: datetime
    give_up_at: datetime
    claimed_until: datetime | None
    evidence: list[dict[str, Any]]
    trace_id: str | None


class NoticesOut(Out):
    """A page of notices."""

    items: list[NoticeOut]
    next: str | None


class DeliveriesOut(Out):
    """A page of deliveries."""

    items: list[DeliveryOut]
    next: str | None


class ResolutionOfDoubt(Body):
    """An officer's decision about a message of which nobody knows whether it arrived."""

    decision: Literal["count_as_sent", "send_again"]
    reason: Annotated[str, StringConstraints(min_length=3, max_length=1000), AfterValidator(readable)]


class WaitingOut(Out):
    """How many messages of a class wait, and for how long the oldest has."""

    notice_class: NoticeClass
    channel: str
    waiting: int
    oldest_seconds: int
