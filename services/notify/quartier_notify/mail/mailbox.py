"""The local mailbox: where mails lie in a city without a mail server, for its operators to read as their readers would."""

from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from quartier import clock, ids
from quartier.database import Utc


class MailboxMail(SQLModel, table=True):
    """One mail as it would have left: the envelope's address and the bytes. A test city's table, with invented people."""

    __tablename__ = "mailbox_mail"

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    recipient: str = Field(index=True)
    at: Utc = Field(default_factory=clock.wall)
    trace_id: str | None = None
    content: bytes = Field(sa_type=LargeBinary)
