"""Notices, messages and deliveries, and the rules by which a delivery comes to its end.

A notice is owed once to a person about an event. A message is made of one notice or, for followers, of those of one command. A
delivery takes a message through a channel: queued, claimed by one sender for a while, then sent, bounced, failed, or unknown, which
a person decides. All instants here are machine time.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from quartier import clock, ids
from quartier.contracts.notices import NoticeClass, NoticeKind
from quartier.database import Entity, Utc, json_field
from quartier_notify.problems import NotInDoubt

LEASE = timedelta(minutes=2)
RETRY_AFTER = (60, 5 * 60, 15 * 60, 30 * 60)
"""Seconds to wait after the first failed attempts; later ones wait an hour each."""
THEN_EVERY = 60 * 60
GIVE_UP_AFTER = {NoticeClass.SECURITY: timedelta(hours=24), NoticeClass.OWNER: timedelta(hours=72),
                 NoticeClass.FOLLOWED: timedelta(hours=24)}
LANES = {NoticeClass.SECURITY: 0, NoticeClass.OWNER: 1, NoticeClass.FOLLOWED: 2}
"""Which deliveries go first: a lower lane is emptied before a higher one."""
EVIDENCE_KEPT = 50


class State(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    BOUNCED = "bounced"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Policy(StrEnum):
    """What happens when it cannot be known whether a message arrived: it goes out again, or a person decides."""

    RETRY = "retry"
    HOLD = "hold"


class Notice(SQLModel, table=True):
    """One person is owed word of one event. The unique key makes a second copy of the event harmless.

    `facts` holds the letter where the event itself told it; without it, the service that owes the notice is asked.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("recipient", "subject_id", "event_source", "event_id", name="notice_once"),)

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    recipient: UUID = Field(index=True)
    subject_kind: str
    subject_id: UUID = Field(index=True)
    ref: str | None = None
    event_source: str
    event_id: UUID
    kinds: list[str] = json_field(default_factory=list)
    notice_class: str
    reasons: list[str] = json_field(default_factory=list)
    correlation_id: UUID
    owed_by: str
    facts: dict[str, Any] | None = json_field(default=None)
    message_id: UUID = Field(foreign_key="message.id", index=True)
    noted_at: Utc = Field(default_factory=clock.wall)


class Message(SQLModel, table=True):
    """What one person is written at one time. Its words are not kept: kinds, language and facts make them again.

    `link_purpose` and `link_subject` say which secret link accounts is asked for; `root_id` is the first message that this
    person got about the subject, so that mail programs show them as one conversation.
    """

    __tablename__ = "message"
    __table_args__ = (Index("message_of_command", "subject_id", "correlation_id"),)

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    recipient: UUID = Field(index=True)
    subject_kind: str
    subject_id: UUID
    ref: str | None = None
    notice_class: str
    language: str | None = None
    correlation_id: UUID
    root_id: UUID | None = None
    link_purpose: str
    link_subject: str


class Delivery(Entity, table=True):
    """One message on its way through one channel, and the proof of what became of it.

    Attempts count only what a mail server was asked; waiting for a server that is down counts nothing. `epoch` grows with each
    claim; whoever comes back after his lease finds another `version` and changes nothing.
    """

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("message_id", "channel", name="delivery_once_a_channel"),
                      Index("delivery_due", "state", "lane", "next_at"))

    message_id: UUID = Field(foreign_key="message.id")
    channel: str = "email"
    state: str = State.QUEUED
    lane: int
    policy: str
    attempts: int = 0
    queued_at: Utc = Field(default_factory=clock.wall)
    next_at: Utc = Field(default_factory=clock.wall)
    give_up_at: Utc
    claimed_until: Utc | None = None
    epoch: int = 0
    evidence: list[dict[str, Any]] = json_field(default_factory=list)
    traceparent: str | None = None

    @classmethod
    def queue(cls, message: Message, kinds: list[NoticeKind], traceparent: str | None) -> "Delivery":
        """The delivery of a new message: due at once, to be given up when its class says so.

        A refusal to the person who asked opens her time to appeal, so nobody guesses whether it arrived.
        """
        formal = message.notice_class == NoticeClass.OWNER and NoticeKind.REFUSED in kinds
        return cls(message_id=message.id, lane=LANES[message.notice_class], policy=Policy.HOLD if formal else Policy.RETRY,
                   give_up_at=clock.wall() + GIVE_UP_AFTER[message.notice_class], traceparent=traceparent)

    def claim(self) -> None:
        """Take it for one sender, until the lease ends."""
        self.state, self.epoch, self.claimed_until = State.CLAIMED, self.epoch + 1, clock.wall() + LEASE

    def release(self, seconds: float) -> None:
        """Put it back: nothing was attempted, so nothing counts."""
        self.state, self.claimed_until = State.QUEUED, None
        self.next_at = clock.in_seconds(ids.jitter(seconds))

    def try_again(self) -> None:
        """An attempt that certainly did not arrive, or may go out twice: wait longer each time, and give up in the end."""
        self.attempts += 1
        waits = RETRY_AFTER[self.attempts - 1] if self.attempts <= len(RETRY_AFTER) else THEN_EVERY
        self.release(waits)
        if clock.wall() >= self.give_up_at:
            self.end(State.FAILED)

    def in_doubt(self) -> None:
        """An attempt that may have arrived: by policy it goes out again under the same Message-ID, or waits for a person."""
        if self.policy == Policy.RETRY:
            self.try_again()
        else:
            self.attempts += 1
            self.end(State.UNKNOWN)

    def end(self, state: State) -> None:
        """Come to an end."""
        self.state, self.claimed_until = state, None

    def note(self, outcome: str, **proof: str | int | None) -> None:
        """Keep a piece of evidence. It never holds an address."""
        said = {"at": clock.wall().isoformat(), "outcome": outcome} | {key: value for key, value in proof.items() if value}
        self.evidence = [*self.evidence, said][-EVIDENCE_KEPT:]

    def require_doubt(self) -> None:
        """Raise NotInDoubt unless a person has to decide."""
        if self.state != State.UNKNOWN:
            raise NotInDoubt(f"It is {self.state}: there is nothing to decide.")

    @property
    def trace_id(self) -> str | None:
        """The trace of the act that it tells of."""
        return self.traceparent.split("-")[1] if self.traceparent else None

    @property
    def reason(self) -> str:
        """What the last piece of evidence says, for the event that tells of a failure."""
        last: dict[str, Any] = self.evidence[-1] if self.evidence else {}
        return str(last.get("reason") or last.get("reply") or last.get("outcome") or "no reason is known")[:500]
