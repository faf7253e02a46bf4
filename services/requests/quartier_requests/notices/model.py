"""One message that is owed, and what became of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from quartier import ids
from quartier.contracts.notices import NoticeKind
from quartier.database import Utc, json_field


class NoticeState(StrEnum):
    """What is known about a message."""

    OWED = "owed"
    SENT = "sent"
    BOUNCED = "bounced"
    FAILED = "failed"
    UNKNOWN = "unknown"
    BY_HAND = "by_hand"


class Notice(SQLModel, table=True):
    """What one person is owed about one command. `unreached_because` stands there from the alarm until she is told."""

    __tablename__ = "owed_notice"
    __table_args__ = (UniqueConstraint("person_id", "request_id", "correlation_id", name="owed_notice_one_a_command"),)

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    request_id: UUID = Field(foreign_key="request.id", index=True)
    person_id: UUID
    correlation_id: UUID
    notice_class: str
    kinds: list[str] = json_field(default_factory=list)
    event_ids: list[str] = json_field(default_factory=list)
    state: str = NoticeState.OWED
    owed_at: Utc
    informed_at: Utc | None = None
    unreached_because: str | None = Field(default=None, index=True)
    unreached_since: Utc | None = None
    told_how: str | None = Field(default=None, sa_type=Text)

    @property
    def kind(self) -> NoticeKind:
        """The kind that names the message."""
        return NoticeKind(self.kinds[0])

    @property
    def has_arrived(self) -> bool:
        return self.state in (NoticeState.SENT, NoticeState.BY_HAND)

    def arrive(self, state: NoticeState, at: datetime) -> None:
        """She was told, by mail or in person."""
        self.state, self.informed_at = state, at
        self.unreached_because = self.unreached_since = None

    def miss(self, because: str, at: datetime) -> bool:
        """She was not told. True when this is news, so that an alarm is raised once and not for each further report."""
        is_news = self.unreached_because is None
        if is_news:
            self.unreached_since = at
        self.unreached_because = because
        self.informed_at = None
        return is_news
