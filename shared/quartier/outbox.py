"""Where events wait between the transaction that emitted them and the bus: the outbox table, and how rows are numbered.

The columns are those of Debezium's event router, so a city with Kafka Connect can switch our relay off. `seq` is drawn before
the commit, so on PostgreSQL a row with a lower one may appear after a row with a higher one: nobody may keep a cursor over it.
The relay gives numbers of its own (`relay_no`) to what it sees instead, and a row that commits late simply gets a later number.
"""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from quartier.database import Utc

BigNumber = BigInteger().with_variant(Integer(), "sqlite")
"""A number that a table draws itself; SQLite draws them for plain integers alone."""


class OutboxRow(SQLModel, table=True):
    """One event that was emitted, with what its envelope needs."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("aggregatetype", "aggregateid", "sequence", name="outbox_one_event_a_sequence"),
        Index("outbox_unnumbered", "seq", postgresql_where=text("relay_no IS NULL"), sqlite_where=text("relay_no IS NULL")),
        Index("outbox_refused", "topic", "aggregateid", postgresql_where=text("refused IS NOT NULL"),
              sqlite_where=text("refused IS NOT NULL")),
    )

    seq: int | None = Field(default=None, sa_column=Column(BigNumber, primary_key=True, autoincrement=True))
    id: UUID = Field(unique=True)
    aggregatetype: str
    aggregateid: str
    sequence: int | None = None
    type: str
    topic: str
    payload: bytes = Field(sa_type=LargeBinary)
    source: str
    dataschema: str
    occurred_at: Utc
    correlationid: str
    causationid: str | None = None
    tracingspancontext: str | None = None
    relay_no: int | None = Field(default=None, sa_type=BigInteger, unique=True)
    refused: str | None = Field(default=None, sa_type=Text)

    @property
    def written_at(self) -> datetime:
        """When the row was written, by the machine's clock, which the id holds; `occurred_at` is business time."""
        return datetime.fromtimestamp((self.id.int >> 80) / 1000, UTC)


class RelayState(SQLModel, table=True):
    """How far the relay has come: every number up to `published` is on the bus. One row."""

    __tablename__ = "relay_state"

    id: int = Field(default=1, primary_key=True)
    published: int = Field(default=0, sa_type=BigInteger)
