"""Which handler has dealt with which event: the first thing that a handler's transaction writes, so that an effect happens once.

A duplicate finds its row and is skipped. For handlers that insist on order, the last sequence number of each subject stands beside.
"""

from datetime import timedelta
from functools import cache

from sqlalchemy import ColumnElement, bindparam, delete, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import clock
from quartier.database import Utc

KEPT_FOR = timedelta(days=37)
"""A week longer than the log keeps the events themselves: nothing that can be delivered again is forgotten."""


class InboxRow(SQLModel, table=True):
    """One event that one handler has dealt with."""

    __tablename__ = "inbox"

    handler: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    at: Utc = Field(index=True)


class InboxSequence(SQLModel, table=True):
    """How far a handler that insists on order has come with one subject."""

    __tablename__ = "inbox_sequence"

    handler: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    sequence: int


class SequenceGap(Exception):
    """An event came before its predecessor, and the handler insists on order."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"waiting for sequence {missing}")
        self.missing = missing


def insert_new(session: AsyncSession, table: type[SQLModel]) -> Insert:
    """An INSERT that leaves a row alone which is there already; its row count says which it was."""
    return _insert_new(session.get_bind().dialect.name, table)


@cache
def _insert_new(dialect: str, table: type[SQLModel]) -> Insert:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table.__table__).on_conflict_do_nothing()


@cache
def _entering(dialect: str, where: ColumnElement[bool] | None) -> Insert:
    # Built once: it runs for every event, and building it takes longer than running it.
    values = select(*(bindparam(name, type_=column.type) for name, column in InboxRow.__table__.c.items()))
    return _insert_new(dialect, InboxRow).from_select(list(InboxRow.__table__.c.keys()), values.where(true() if where is None else where))


async def enter(session: AsyncSession, handler: str, source: str, id: str, *, where: ColumnElement[bool] | None = None,
                **values: str) -> bool:
    """Mark an event as dealt with by a handler; False when it is marked already, or when the condition does not hold.

    The condition is one fixed expression; what differs from event to event are its bound `values`.
    """
    connection = await session.connection()
    entered = await connection.execute(_entering(connection.dialect.name, where), {
        "handler": handler, "source": source, "id": id, "at": clock.wall(), **values})
    return entered.rowcount == 1


async def has(session: AsyncSession, handler: str, source: str, id: str) -> bool:
    """Whether the handler has dealt with the event."""
    return await session.get(InboxRow, (handler, source, id)) is not None


async def forget(session: AsyncSession, handler: str, source: str, id: str) -> None:
    """Let the handler deal with the event again."""
    await session.exec(
        delete(InboxRow).where(InboxRow.handler == handler, InboxRow.source == source, InboxRow.id == id))


async def advance(session: AsyncSession, handler: str, source: str, subject: str, sequence: int) -> None:
    """Take the next place in a subject's order. An earlier one changes nothing; raises SequenceGap when one is missing before it."""
    last = await reached(session, handler, source, subject)
    if sequence > last + 1:
        raise SequenceGap(last + 1)
    await jump(session, handler, source, subject, sequence)


async def jump(session: AsyncSession, handler: str, source: str, subject: str, sequence: int) -> None:
    """Go on behind that place of a subject's order, whatever is missing before it; never back."""
    if sequence > await reached(session, handler, source, subject):
        await session.merge(InboxSequence(handler=handler, source=source, subject=subject, sequence=sequence))
        await session.flush()


async def reached(session: AsyncSession, handler: str, source: str, subject: str) -> int:
    """The last place of a subject's order that the handler has dealt with; 0 before the first."""
    found = await session.get(InboxSequence, (handler, source, subject))
    return 0 if found is None else found.sequence


async def purge(session: AsyncSession) -> None:
    """Delete what is older than anything that the bus can still deliver."""
    await session.exec(delete(InboxRow).where(InboxRow.at < clock.wall() - KEPT_FOR))
