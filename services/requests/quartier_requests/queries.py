"""Reading requests: who may know of which, and their public history."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.auth import Actor
from quartier.contracts.notices import NoticeClass, Purpose
from quartier.contracts.requests import Visibility
from quartier.database import claim
from quartier.problems import Unavailable
from quartier_requests.machine import STAFF, State
from quartier_requests.model import Request, RequestEvent, Slip
from quartier_requests.notices.model import Notice
from quartier_requests.problems import UnknownRequest
from quartier_requests.texts import plain_words

REF = re.compile(r"R-[0-9]{4}-[0-9]{4,9}")
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_staff(actor: Actor) -> bool:
    """Whether the actor works on requests, and so reads those that nobody has cleared."""
    return actor.purpose is None and actor.has(*STAFF)


def is_own(actor: Actor, request: Request) -> bool:
    """Whether the actor is the person who asked, signed in or by a secret link for this one request."""
    return actor.may_act_for(request.person_id, request.scope, Purpose.STATUS, Purpose.CONFIRM)


def may_know(actor: Actor, request: Request) -> bool:
    """Whether the actor may learn that the request exists. What nobody confirmed is its writer's alone."""
    if is_own(actor, request):
        return True
    return request.state != State.AWAITING_CONFIRMATION and (request.is_public or is_staff(actor))


async def find(session: AsyncSession, key: str, *, lock: bool = False) -> Request:
    """The request of that id or public number, locked for a change if asked. Raises UnknownRequest."""
    if REF.fullmatch(key):
        condition: Any = Request.ref == key
    elif ID.fullmatch(key):
        condition = Request.id == UUID(key)
    else:
        raise UnknownRequest
    statement = select(Request).where(condition)
    request = (await session.exec(statement.with_for_update() if lock else statement)).first()
    if request is None:
        raise UnknownRequest
    return request


async def unhurried(session: AsyncSession, request_id: UUID) -> Request | None:
    """The request for a timer, which gives way: a timer holds its own row already, and whoever holds the request may want that row.

    None when it is gone. Raises Unavailable when somebody is changing it just now: the timer comes again.
    """
    found = await claim(session, select(Request).where(Request.id == request_id).limit(1))
    if not found and await session.get(Request, request_id) is not None:
        raise Unavailable("Somebody is changing this request just now.")
    return found[0] if found else None


async def known(session: AsyncSession, key: str, actor: Actor, *, lock: bool = False) -> Request:
    """The same, for somebody who may know of it. Raises UnknownRequest for everybody else."""
    request = await find(session, key, lock=lock)
    if not may_know(actor, request):
        raise UnknownRequest
    return request


def listed(actor: Actor, *, states: Sequence[str] = (), visibility: Visibility | None = None, words: str | None = None) -> Any:
    """The requests that this actor may know of, narrowed by state, visibility, and words in title, body or number."""
    statement = select(Request).where(Request.state != State.AWAITING_CONFIRMATION)
    if not is_staff(actor):
        statement = statement.where(Request.visibility == Visibility.PUBLIC)
    if states:
        statement = statement.where(col(Request.state).in_(states))
    if visibility is not None:
        statement = statement.where(Request.visibility == visibility)
    if words:
        statement = statement.where(or_(col(Request.words).like(f"%{_literally(plain_words(words))}%", escape="\\"),
                                        col(Request.ref).like(f"%{_literally(words.strip().upper())}%", escape="\\")))
    return statement


def _literally(words: str) -> str:
    """Words in which the signs that LIKE would interpret stand for themselves."""
    for sign in ("\\", "%", "_"):
        words = words.replace(sign, f"\\{sign}")
    return words


async def history(session: AsyncSession, request_id: UUID) -> list[RequestEvent]:
    """What everybody may know of what happened, oldest first."""
    statement = select(RequestEvent).where(RequestEvent.request_id == request_id, col(RequestEvent.is_public))
    return list((await session.exec(statement.order_by(col(RequestEvent.number), col(RequestEvent.id)))).all())


async def slips(session: AsyncSession, request_id: UUID) -> list[Slip]:
    """The dates that were promised, moved, and passed."""
    return list((await session.exec(select(Slip).where(Slip.request_id == request_id).order_by(col(Slip.id)))).all())


async def owner_notices(session: AsyncSession, request_id: UUID) -> list[Notice]:
    """What the requester was to be told, oldest first."""
    statement = select(Notice).where(Notice.request_id == request_id, Notice.notice_class == NoticeClass.OWNER)
    return list((await session.exec(statement.order_by(col(Notice.owed_at), col(Notice.id)))).all())


async def confirmed(session: AsyncSession, ids: Sequence[UUID], *, lock: bool = False) -> list[Request]:
    """Those of these requests that exist and are confirmed."""
    statement = select(Request).where(col(Request.id).in_(ids), Request.state != State.AWAITING_CONFIRMATION).order_by(col(Request.id))
    return list((await session.exec(statement.with_for_update() if lock else statement)).all())
