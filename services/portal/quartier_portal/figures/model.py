"""One row a request, folded from its events: enough for counts, medians and the list of latest changes."""

from datetime import date
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from quartier.contracts.requests import Outcome, Visibility
from quartier.contracts.words import Language, Precision
from quartier.database import Utc


class RequestCard(SQLModel, table=True):
    """How one request stands, as the events have told it so far."""

    __tablename__ = "request_card"

    request_id: UUID = Field(primary_key=True)
    sequence: int
    ref: str
    state: str = Field(index=True)
    label: str
    visibility: Visibility = Field(sa_type=Text)
    title: str | None = None
    title_lang: Language | None = Field(default=None, sa_type=Text)
    received_at: Utc | None = None
    ended_at: Utc | None = None
    outcome: Outcome | None = Field(default=None, sa_type=Text)
    expected_on: date | None = None
    precision: Precision | None = Field(default=None, sa_type=Text)
    slips: int = 0
    changed_at: Utc = Field(index=True)
    changed_by: str = Field(description="The type of the latest event, such as request.answered.")
