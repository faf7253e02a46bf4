"""Subscriptions, from the wish through the confirmation to the end, and what can be followed at all."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from quartier import clock
from quartier.contracts.words import Quote
from quartier.database import Entity, Utc, json_field
from quartier_notify.problems import ConfirmationExpired, FollowOver

LINK_LIFE = timedelta(hours=72)
ONE_MAIL_IN = timedelta(hours=24)


class FollowState(StrEnum):
    """Where a subscription stands."""

    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"


class Followable(SQLModel, table=True):
    """A request that everybody may see, as its public events tell it; other requests have no row."""

    __tablename__ = "followable"

    subject_id: UUID = Field(primary_key=True)
    subject_kind: str = "request"
    ref: str
    title: dict[str, Any] | None = json_field(default=None)
    state: str

    @property
    def quote(self) -> Quote | None:
        """The title in the requester's own words, cleared for the public."""
        return Quote.model_validate(self.title) if self.title else None


class Subscription(Entity, table=True):
    """One person's wish to hear of one subject. It counts only once she has confirmed it from her own mailbox."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("person_id", "subject_kind", "subject_id", name="subscription_once"),)

    person_id: UUID = Field(index=True)
    subject_kind: str
    subject_id: UUID = Field(index=True)
    channel: str = "email"
    state: str = FollowState.PENDING
    asked_at: Utc | None = None
    confirmed_at: Utc | None = None
    ended_at: Utc | None = None
    ended_by: str | None = None
    proof: dict[str, Any] | None = json_field(default=None)

    def ask(self, now: datetime) -> bool:
        """Note that somebody typed the address; True when a confirmation mail is due: at most one in 24 hours."""
        if self.state == FollowState.ACTIVE:
            return False
        self.state = FollowState.PENDING
        if self.asked_at is not None and now - self.asked_at < ONE_MAIL_IN:
            return False
        self.asked_at = now
        return True

    def confirm(self, wording: str) -> bool:
        """Begin, with the time and the wording as proof; False when it had begun before.

        Raises ConfirmationExpired after 72 hours, FollowOver when it was ended meanwhile.
        """
        if self.state == FollowState.ACTIVE:
            return False
        if self.state == FollowState.ENDED:
            raise FollowOver("It was ended after this mail was sent. To follow the request again, ask on its page.")
        now = clock.wall()
        if self.asked_at is None or now - self.asked_at > LINK_LIFE:
            raise ConfirmationExpired("It was good for 72 hours. To follow the request, ask again on its page.")
        self.state, self.confirmed_at, self.ended_at, self.ended_by = FollowState.ACTIVE, now, None, None
        self.proof = {"at": now.isoformat(), "wording": wording}
        return True

    def end(self, by: str) -> bool:
        """Stop; False when there was nothing to stop. Whoever wants to follow again may be written to at once."""
        if self.state == FollowState.ENDED:
            return False
        self.state, self.ended_at, self.ended_by, self.asked_at = FollowState.ENDED, clock.wall(), by, None
        return True
