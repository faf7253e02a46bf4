"""The shapes of the endpoints about following."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from quartier.contracts.words import Quote
from quartier.web import Body, Out
from quartier_notify.subscriptions.model import FollowState


class FollowIn(Body):
    """A wish to follow a request. The ticket comes from accounts, so that no address passes here."""

    contact_ticket: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    subject_kind: Literal["request"] = "request"
    subject_id: UUID


class FollowAsked(Out):
    """The same answer for every address, known or not, following or not."""

    detail: str = "If this address does not follow the request yet, a mail with a link to confirm is on its way to it."


class SubscriptionOut(Out):
    """What is followed, and since when."""

    id: UUID
    version: int
    subject_kind: str
    subject_id: UUID
    ref: str | None = None
    title: Quote | None = None
    channel: str
    state: FollowState
    confirmed_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None


class SubscriptionsOut(Out):
    """A page of subscriptions."""

    items: list[SubscriptionOut]
    next: str | None
