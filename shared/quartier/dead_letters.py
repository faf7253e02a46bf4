"""Events that no later try can mend, kept as they came until a person replays or discards them.

The table is the truth. A dead event keeps its inbox row, so that a redelivery does not run it; replaying the letter removes it.
"""

from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import LargeBinary, String, Text
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import attempts, clock, ids, inbox
from quartier.attempts import Handler, Incoming
from quartier.bus import Record
from quartier.bus.packing import pack, unpack
from quartier.database import Utc
from quartier.loops import reason_of
from quartier.outbox import BigNumber
from quartier.problems import Conflict, NotFound, Problem

if TYPE_CHECKING:
    from quartier.service import Runtime


class LetterState(StrEnum):
    """Whether a person still has to look at it."""

    WAITING = "waiting"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


class DeadLetter(SQLModel, table=True):
    """One event that one handler (or, where its envelope cannot be read, nobody: an empty name) gave up."""

    __tablename__ = "dead_letter"

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    handler: str = ""
    topic: str
    part: int
    off: int = Field(sa_type=BigNumber)
    key: str
    headers: bytes = Field(sa_type=LargeBinary)
    value: bytes | None = Field(default=None, sa_type=LargeBinary)
    reason: str = Field(sa_type=Text)
    stack_hash: str
    tries: int
    died_at: Utc
    state: LetterState = Field(default=LetterState.WAITING, sa_type=String, index=True)
    closed_at: Utc | None = None
    closed_by: UUID | None = None
    remark: str | None = Field(default=None, sa_type=Text)


class Unmended(Conflict):
    """A replayed letter failed again."""

    slug, title = "replay-failed", "The event could still not be handled"


async def keep_unreadable(session: AsyncSession, record: Record, error: Exception) -> None:
    """Keep a record whose envelope cannot be read; its name is where it lay, so that a redelivery adds no second letter."""
    twins = select(DeadLetter.id).where(DeadLetter.topic == record.topic, DeadLetter.part == record.partition,
                                        DeadLetter.off == record.offset, DeadLetter.value == record.value)
    if (await session.exec(twins)).first() is None:
        session.add(_letter("", record, error, tries=1))


async def bury(session: AsyncSession, handler: Handler, incoming: Incoming, error: Exception, tries: int) -> None:
    """Give an event up for one handler, which goes on behind it. A redelivery finds the inbox row and changes nothing."""
    envelope = incoming.envelope
    if not await inbox.enter(session, handler.name, envelope.source, envelope.id):
        return
    session.add(_letter(handler.name, incoming.record, error, tries))
    if handler.is_strict and incoming.sequence is not None:
        await inbox.jump(session, handler.name, envelope.source, attempts.subject_of(envelope), incoming.sequence)


def _letter(handler: str, record: Record, error: Exception, tries: int) -> DeadLetter:
    return DeadLetter(handler=handler, topic=record.topic, part=record.partition, off=record.offset, key=attempts.key_text(record),
                      headers=pack(record.headers), value=record.value, reason=reason_of(error),
                      stack_hash=attempts.stack_hash(error), tries=tries, died_at=clock.wall())


async def replay(runtime: "Runtime", letter_id: UUID, by: UUID | None) -> None:
    """Let the handler try once more; all handlers of the event, where nobody could read it. Raises Unmended when that fails too.

    The effect, the removal of the inbox row and the end of the letter are one transaction.
    """
    async with runtime.database.session() as session:
        letter = await session.get(DeadLetter, letter_id)
        if letter is None:
            raise NotFound()
    record = Record(letter.topic, letter.key.encode(), letter.value, unpack(letter.headers), letter.part, letter.off)

    async def reopen(session: AsyncSession) -> None:
        if letter.handler:
            await inbox.forget(session, letter.handler, incoming.envelope.source, incoming.envelope.id)
            await close(session, letter_id, LetterState.REPLAYED, by)

    try:
        incoming = Incoming.open(record)
        for handler in _handlers_of(runtime, letter, incoming):
            await attempts.attempt(runtime, handler, incoming, first=reopen)
    except Problem:
        raise
    except Exception as error:
        raise Unmended(reason_of(error)) from error
    if not letter.handler:
        async with runtime.database.transaction() as session:
            await close(session, letter_id, LetterState.REPLAYED, by)


def _handlers_of(runtime: "Runtime", letter: DeadLetter, incoming: Incoming) -> list[Handler]:
    known = runtime.service.handlers
    if not letter.handler:
        return known.following(letter.topic, incoming.envelope.type)
    if letter.handler not in known:
        raise Unmended(f"There is no handler {letter.handler} any more.")
    return [known[letter.handler]]


async def close(session: AsyncSession, letter_id: UUID, state: LetterState, by: UUID | None,
                remark: str | None = None) -> DeadLetter:
    """Note who decided what about a letter. Raises Conflict when somebody was faster."""
    letter = await session.get(DeadLetter, letter_id, with_for_update=True)
    if letter is None:
        raise NotFound()
    if letter.state != LetterState.WAITING:
        raise Conflict(f"This letter was {letter.state} before.")
    letter.state, letter.closed_at, letter.closed_by, letter.remark = state, clock.wall(), by, remark
    await session.flush()
    return letter
