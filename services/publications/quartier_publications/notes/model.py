"""The table of facts: what a note can be computed from for ever, long after the bus has forgotten the events."""

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from quartier.database import Utc, json_field


class FactRow(SQLModel, table=True):
    """One copied event. Rows are added and never changed; an event that arrives twice is one row."""

    __tablename__ = "fact"
    __table_args__ = (Index("fact_occurred_at", "occurred_at"),)

    source: str = Field(primary_key=True, max_length=500)
    id: str = Field(primary_key=True, max_length=100)
    occurred_at: Utc
    key: str = Field(max_length=100)
    sequence: int | None = None
    type: str = Field(max_length=200)
    data: dict[str, Any] = json_field(nullable=False)
