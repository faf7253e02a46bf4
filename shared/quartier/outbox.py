"""Where events wait between the transaction that emitted them and the bus: the outbox table, and how rows are numbered.

The columns are those of Debezium's event router, so a city with Kafka Connect can switch our relay off. `seq` is drawn before
the commit, so on PostgreSQL a row with a lower one may appear after a row with a higher one: nobody may keep a cursor over it.
The relay gives numbers of its own (`relay_no`) to what it sees instead, and a row that commits late simply gets a later number.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    and_,
    delete,
    or_,
    text,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import clock, telemetry
from quartier.bus import Record, Refused
from quartier.cloudevents import Envelope, to_record
from quartier.database import Utc
from quartier.leadership import Leadership
from quartier.loops import Loop
from quartier.problems import NotFound

if TYPE_CHECKING:
    from quartier.service import Runtime

BATCH = 200
KEPT_FOR = timedelta(days=7)
"""How long what is published stays: after a loss of the broker, its last week is built again from here."""
PURGE_EVERY = 3600.0
PURGED_AT_ONCE = 1000

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
        """When the row was written, by the machine's clock; `occurred_at` is business time."""
        return _made_at(self.id)


class RelayState(SQLModel, table=True):
    """How far the relay has come: every number up to `published` is on the bus. One row."""

    __tablename__ = "relay_state"

    id: int = Field(default=1, primary_key=True)
    published: int = Field(default=0, sa_type=BigInteger)


def _made_at(id: UUID) -> datetime:
    """The instant that a UUIDv7 holds."""
    return datetime.fromtimestamp((id.int >> 80) / 1000, UTC)


def record_of(row: OutboxRow) -> Record:
    """What goes on the bus: the envelope around the payload, under the relay's number, so that a retry is stored once."""
    envelope = Envelope(
        id=str(row.id), source=row.source, type=row.type, subject=row.aggregateid, time=row.occurred_at, dataschema=row.dataschema,
        datacontenttype="application/json", partitionkey=row.aggregateid,
        sequence=row.sequence, correlationid=row.correlationid, causationid=row.causationid, traceparent=row.tracingspancontext,
        data=row.payload)
    record = to_record(envelope, row.topic)
    hop = telemetry.traceparent()
    headers = record.headers if hop is None else (*record.headers, ("traceparent", hop.encode()))
    return replace(record, headers=headers, producer=row.topic.removeprefix("quartier."), number=row.relay_no)


async def published(session: AsyncSession, *, lock: bool = False) -> int:
    """Up to which number everything is on the bus."""
    state = await session.get(RelayState, 1, with_for_update=lock)
    if state is None and lock:
        state = RelayState()
        session.add(state)
        await session.flush()
    return state.published if state else 0


async def unsent(session: AsyncSession) -> ColumnElement[bool]:
    """The condition for rows that are not on the bus yet, as far as we know, apart from those that the broker refused."""
    is_unnumbered = and_(OutboxRow.relay_no.is_(None), OutboxRow.refused.is_(None))
    return or_(is_unnumbered, OutboxRow.relay_no > await published(session))


async def send_again(session: AsyncSession, id: UUID) -> None:
    """Let the relay try a refused row, and what waits behind it, once more."""
    changed = await session.exec(update(OutboxRow).where(OutboxRow.id == id, OutboxRow.refused.is_not(None)).values(refused=None))
    if changed.rowcount == 0:
        raise NotFound("The bus refuses no event of this id.")


class Relay(Loop):
    """Sends what the outbox holds, in an order that keeps each key's. One leader a service."""

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__(f"{runtime.service.name} relay", runtime.bell)
        self.runtime = runtime
        self._database = runtime.database
        self._service = runtime.service.name
        self._leadership = Leadership(runtime.database, self._service, self._bell.ring)
        self._taken: Sequence[OutboxRow] = ()
        self._purge_at = 0.0

    async def step(self) -> int:
        """Publish one batch, then mark it and number the next one; 0 when there is no next one."""
        batch, self._taken = self._taken, ()
        if not await self._leadership.is_held():
            return 0
        batch = batch or await self.take()
        if not batch:
            await self._purge()
            return 0
        try:
            await self.publish(batch)
        except Refused as refused:
            await self.set_aside(batch[refused.index], str(refused))
            return len(batch)
        self._taken = await self.go_on(batch[-1].relay_no)
        return len(self._taken)

    async def take(self) -> Sequence[OutboxRow]:
        """The rows that have numbers and are not known to be published; where there are none, the next ones, numbered now."""
        async with self._database.session() as session:
            if (await session.exec(select(OutboxRow.seq).where(await unsent(session)).limit(1))).first() is None:
                return []
        async with self._database.transaction() as session:
            # The lock of the one row makes a leader that does not know yet that it lost the lead wait for its successor.
            return await self._behind(session, await published(session, lock=True))

    async def go_on(self, number: int | None) -> Sequence[OutboxRow]:
        """Note that everything up to this number is on the bus, and take what comes behind it."""
        async with self._database.transaction() as session:
            done = update(RelayState).where(RelayState.published < number).values(published=number).returning(RelayState.published)
            if (await session.exec(done)).first() is None:  # a successor has come further
                return ()
            return await self._behind(session, number or 0)

    async def _behind(self, session: AsyncSession, done: int) -> Sequence[OutboxRow]:
        """The numbers of an earlier try come first, so that a retry is the same batch; else what is new gets the next ones."""
        numbered = select(OutboxRow).where(OutboxRow.relay_no > done).order_by(OutboxRow.relay_no).limit(BATCH)
        if rows := (await session.exec(numbered)).all():
            return rows
        rows = (await session.exec(self._unnumbered())).all()
        for number, row in enumerate(rows, done + 1):
            row.relay_no = number
        return rows

    @staticmethod
    def _unnumbered() -> Any:
        """What became visible since the last time, in the order of writing; the keys of refused rows stand still."""
        refused = aliased(OutboxRow)
        is_stopped = select(refused.seq).where(refused.refused.is_not(None), refused.topic == OutboxRow.topic,
                                               refused.aggregateid == OutboxRow.aggregateid).exists()
        return select(OutboxRow).where(OutboxRow.relay_no.is_(None), OutboxRow.refused.is_(None), ~is_stopped).order_by(
            OutboxRow.seq).limit(BATCH)

    async def publish(self, batch: Sequence[OutboxRow]) -> None:
        """Hand a batch to the bus; returns when all of it is durable."""
        with telemetry.send_span(self._service, f"quartier.{self._service}", [row.tracingspancontext for row in batch]):
            await self.runtime.bus.publish([record_of(row) for row in batch])

    async def set_aside(self, row: OutboxRow, reason: str) -> None:
        """Mark a row that the broker refuses for good. Later rows of its key lose their numbers and wait; the others go on."""
        async with self._database.transaction() as session:
            key = (OutboxRow.topic == row.topic, OutboxRow.aggregateid == row.aggregateid)
            await session.exec(update(OutboxRow).where(*key, OutboxRow.relay_no >= row.relay_no).values(relay_no=None))
            await session.exec(update(OutboxRow).where(OutboxRow.seq == row.seq).values(refused=reason))

    async def _purge(self) -> None:
        """Delete by number what was published more than a week ago, a portion at a time."""
        if clock.monotonic() < self._purge_at:
            return
        async with self._database.transaction() as session:
            oldest = select(OutboxRow.relay_no, OutboxRow.id).where(OutboxRow.relay_no <= await published(session)).order_by(
                OutboxRow.relay_no).limit(PURGED_AT_ONCE)
            kept_from = clock.wall() - KEPT_FOR
            # A row that the bus refused for long is old and has a high number: what stands before it may be young, and stays.
            old = list(takewhile(lambda row: _made_at(row.id) < kept_from, (await session.exec(oldest)).all()))
            if old:
                await session.exec(delete(OutboxRow).where(OutboxRow.relay_no <= old[-1].relay_no))
        if len(old) < PURGED_AT_ONCE:
            self._purge_at = clock.monotonic() + PURGE_EVERY

    async def close(self) -> None:
        """Let another replica lead."""
        await self._leadership.give_up()
