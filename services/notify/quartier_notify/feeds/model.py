"""One public event of a request, kept as the facts that a feed shows in either language."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from quartier.database import Utc, json_field


class FeedEntry(SQLModel, table=True):
    """An entry; its id is the event's, so that a reader never sees it twice. `at` is business time."""

    __tablename__ = "feed_entry"
    __table_args__ = (Index("feed_entry_of_subject", "subject_id", "at"),)

    event_id: UUID = Field(primary_key=True)
    subject_kind: str
    subject_id: UUID
    kind: str
    at: Utc
    facts: dict[str, Any] = json_field(default_factory=dict)
