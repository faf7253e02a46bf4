"""The events that a service gave up, and what a person decides about each."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, Field
from sqlalchemy import func
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import dead_letters
from quartier.auth import Actor, allow
from quartier.bus.packing import unpack
from quartier.contracts.words import readable
from quartier.dead_letters import DeadLetter, LetterState
from quartier.pagination import Limit
from quartier.problems import NotFound
from quartier.uow import UnitOfWork
from quartier.web import Body, Out

if TYPE_CHECKING:
    from quartier.service import Service


class DeadLetterOut(Out):
    """An event that was given up."""

    id: UUID
    handler: str
    topic: str
    part: int
    off: int
    key: str
    reason: str
    stack_hash: str
    tries: int
    died_at: datetime
    state: LetterState
    closed_at: datetime | None
    closed_by: UUID | None
    remark: str | None


class OpenLetterOut(DeadLetterOut):
    """A dead letter with what is in it, as text; bytes that are none are shown as replacement characters."""

    headers: dict[str, str]
    value: str | None


class DeadLettersOut(Out):
    """Dead letters in one state, and how many there are."""

    total: int
    items: list[DeadLetterOut]


class DiscardIn(Body):
    """Why a letter needs no replay."""

    reason: Annotated[str, AfterValidator(readable)] = Field(min_length=3, max_length=500)


def add_to(router: APIRouter, service: "Service") -> None:
    """The endpoints about a service's dead letters."""
    Here = Annotated[Any, Depends(service.runtime)]
    Reading = Annotated[AsyncSession, Depends(service.reading)]
    Uow = Annotated[UnitOfWork, Depends(service.unit_of_work, scope="function")]
    Person = Annotated[Actor, Depends(service.actor)]

    @router.get("/dead-letters", **allow("operations.look"))
    async def list_dead_letters(session: Reading, state: LetterState = LetterState.WAITING, limit: Limit = 100) -> DeadLettersOut:
        """The events that were given up, those that wait for a decision unless another state is asked for."""
        rows = await session.exec(select(DeadLetter).where(DeadLetter.state == state).order_by(DeadLetter.id).limit(limit))
        total = (await session.exec(select(func.count()).select_from(DeadLetter).where(DeadLetter.state == state))).one()
        return DeadLettersOut(total=total, items=[_letter(row) for row in rows.all()])

    @router.get("/dead-letters/{id}", **allow("operations.look"))
    async def show_dead_letter(id: UUID, session: Reading) -> OpenLetterOut:
        """One dead letter with its envelope and payload."""
        letter = await _found(session, id)
        headers = {name: value.decode(errors="replace") for name, value in unpack(letter.headers)}
        value = None if letter.value is None else letter.value.decode(errors="replace")
        return OpenLetterOut(**_letter(letter).model_dump(), headers=headers, value=value)

    @router.post("/dead-letters/{id}/replay", **allow("operations.act"))
    async def replay_dead_letter(id: UUID, runtime: Here, person: Person) -> DeadLetterOut:
        """Let the handler try once more. When that fails the letter stays, and the answer says why."""
        await dead_letters.replay(runtime, id, person.subject)
        async with runtime.database.session() as session:
            return _letter(await _found(session, id))

    @router.post("/dead-letters/{id}/discard", **allow("operations.act"))
    async def discard_dead_letter(id: UUID, why: DiscardIn, uow: Uow, person: Person) -> DeadLetterOut:
        """Decide that an event needs no effect any more; the letter is kept, with the reason."""
        return _letter(await dead_letters.close(uow.session, id, LetterState.DISCARDED, person.subject, why.reason))


async def _found(session: AsyncSession, id: UUID) -> DeadLetter:
    letter = await session.get(DeadLetter, id)
    if letter is None:
        raise NotFound("There is no such dead letter.")
    return letter


def _letter(row: DeadLetter) -> DeadLetterOut:
    return DeadLetterOut.model_validate(row)
