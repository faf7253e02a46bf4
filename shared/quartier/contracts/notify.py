"""What became of each message, and who follows what. Topic `quartier.notify`; no address and no text, ever."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from quartier.contracts.notices import NoticeClass, NoticeKind
from quartier.events import Event


class NoticeEnd(Event):
    """The fields that all ends of a notice share; the key is the subject, so that its service reads them in order."""

    notice_id: UUID
    person_id: UUID
    subject_kind: str
    subject_id: UUID
    notice_class: NoticeClass
    kinds: list[NoticeKind] = Field(max_length=10)
    channel: str = "email"
    at: datetime = Field(description="When the outcome was known (machine time).")


class NoticeSent(NoticeEnd, topic="quartier.notify", type="org.quartier.notice.sent.v1", key="subject_id"):
    """The next mail server accepted the message."""


class NoticeBounced(NoticeEnd, topic="quartier.notify", type="org.quartier.notice.bounced.v1", key="subject_id"):
    """The receiving side refused the message for good."""


class NoticeFailed(NoticeEnd, topic="quartier.notify", type="org.quartier.notice.failed.v1", key="subject_id"):
    """The message could not be handed over within its time."""

    reason: str = Field(max_length=500)


class NoticeUnknown(NoticeEnd, topic="quartier.notify", type="org.quartier.notice.unknown.v1", key="subject_id"):
    """It is not known whether the message arrived: a person has to decide."""


class NoticeResolved(NoticeEnd, topic="quartier.notify", type="org.quartier.notice.resolved.v1", key="subject_id"):
    """An officer looked at the evidence and decided: the message counts as sent, or it goes out again."""

    counts_as_sent: bool


class FollowConfirmed(Event, topic="quartier.notify", type="org.quartier.follow.confirmed.v1", key="subscription_id"):
    """Somebody follows a subject from now on; who that is stays with notify."""

    subscription_id: UUID
    subject_kind: str
    subject_id: UUID


class FollowEnded(Event, topic="quartier.notify", type="org.quartier.follow.ended.v1", key="subscription_id"):
    """Somebody no longer follows a subject."""

    subscription_id: UUID
    subject_kind: str
    subject_id: UUID
    ended_by: str = Field(description="one-click, page or person")
