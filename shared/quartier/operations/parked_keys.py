"""The keys that are parked in a service, and trying one now."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import func
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import parking
from quartier.auth import allow
from quartier.pagination import Limit
from quartier.parking import ParkedEvent, ParkedKey
from quartier.uow import UnitOfWork
from quartier.web import Body, Out

if TYPE_CHECKING:
    from quartier.service import Service


class ParkedKeyOut(Out):
    """A key whose events wait for one handler."""

    id: UUID
    handler: str
    topic: str
    key: str
    since: datetime
    tries: int
    next_try_at: datetime
    reason: str
    events: int


class ParkedKeysOut(Out):
    """The keys that are parked, and how many there are."""

    total: int
    items: list[ParkedKeyOut]


class RetryIn(Body):
    """How to try a parked key."""

    without_predecessor: bool = Field(False, description="Go on although an event before it is missing, in a handler in strict order.")


def add_to(router: APIRouter, service: "Service") -> None:
    """The endpoints about a service's parked keys."""
    Here = Annotated[Any, Depends(service.runtime)]
    Reading = Annotated[AsyncSession, Depends(service.reading)]
    Uow = Annotated[UnitOfWork, Depends(service.unit_of_work, scope="function")]

    @router.get("/parked-keys", **allow("operations.look"))
    async def list_parked_keys(session: Reading, limit: Limit = 100) -> ParkedKeysOut:
        """The keys whose events wait because one of them failed, with the reason and the next try."""
        count = select(func.count()).where(ParkedEvent.handler == ParkedKey.handler, ParkedEvent.topic == ParkedKey.topic,
                                           ParkedEvent.key == ParkedKey.key).scalar_subquery()
        rows = (await session.exec(select(ParkedKey, count).order_by(ParkedKey.since).limit(limit))).all()
        total = (await session.exec(select(func.count()).select_from(ParkedKey))).one()
        return ParkedKeysOut(total=total, items=[ParkedKeyOut(**lane.model_dump(), events=events) for lane, events in rows])

    @router.post("/parked-keys/{id}/retry", status_code=202, **allow("operations.act"))
    async def retry_parked_key(id: UUID, runtime: Here, uow: Uow, how: RetryIn | None = None) -> None:
        """Try a parked key now, without waiting for its next turn."""
        await parking.retry(uow.session, id, runtime.service.handlers, without_predecessor=bool(how and how.without_predecessor))
