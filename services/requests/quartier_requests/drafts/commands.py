"""Asking, confirming, and forgetting what was never confirmed."""

import hashlib
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col, select

from quartier import clock
from quartier.auth import Actor
from quartier.contracts.notices import NoticeKind, Purpose
from quartier.contracts.requests import RequestDrafted, RequestSubmitted
from quartier.database import take_turn
from quartier.inbox import insert_new
from quartier.problems import FieldError, Invalid
from quartier.uow import UnitOfWork
from quartier_requests import days
from quartier_requests.drafts.schemas import RequestIn
from quartier_requests.facts import Facts
from quartier_requests.machine import MACHINE, By, State
from quartier_requests.model import Request, RequestEvent, RequestNumber
from quartier_requests.notices.commands import owe
from quartier_requests.notices.model import Notice
from quartier_requests.problems import UnknownRequest
from quartier_requests.record import Done, last_day_of, record, stand
from quartier_requests.texts import plain_words

LINK_AGAIN_AFTER = timedelta(minutes=10)
"""How often one draft may cause a mail with its link: nobody's mailbox is filled by somebody else's clicks."""


async def submit(uow: UnitOfWork, person_id: UUID, ask: RequestIn) -> UUID:
    """Keep what somebody asks for and owe her the link that confirms it; the request's id.

    The exact twin of a request of hers that is not settled is that request: she gets the same answer as before, and the link
    again if it still needs confirming. Raises Invalid when the data would be of no use any more.
    """
    now = clock.now()
    if ask.useful_until is not None and ask.useful_until < days.local_day(now, uow.settings):
        wrong = "This day is over. When will the data stop being useful to you?"
        raise Invalid(wrong, errors=[FieldError("/useful_until", wrong)])
    plain = f"{plain_words(ask.title)}\n{plain_words(ask.body)}"
    twin_hash = hashlib.sha256(plain.encode()).hexdigest()
    await take_turn(uow.session, person_id, twin_hash)
    twin = await _twin(uow, person_id, twin_hash)
    if twin is not None:
        await send_link_again(uow, twin)
        return twin.id
    asked = ask.model_dump(exclude={"contact_ticket", "wishes"})
    request = Request(**asked, person_id=person_id, words=plain, twin_hash=twin_hash, received_at=now, state_since=now,
                      wishes=[wish.model_dump(mode="json") for wish in ask.wishes])
    row = MACHINE.find("request.drafted", None)
    assert row is not None
    event = RequestDrafted(request_id=request.id, kind=ask.kind, channel=ask.channel)
    await record(uow, request, Done(row, By.VISITOR, now, None, event, Facts()))
    return request.id


async def _twin(uow: UnitOfWork, person_id: UUID, twin_hash: str) -> Request | None:
    found = select(Request).where(Request.person_id == person_id, Request.twin_hash == twin_hash,
                                  col(Request.settled_at).is_(None)).with_for_update()
    return (await uow.session.exec(found)).first()


async def send_link_again(uow: UnitOfWork, request: Request) -> None:
    """Owe the link that confirms once more, unless it is confirmed or was owed a moment ago."""
    if request.state != State.AWAITING_CONFIRMATION:
        return
    last = (await uow.session.exec(select(Notice).where(Notice.request_id == request.id)
                                   .order_by(col(Notice.owed_at).desc()))).first()
    if last is None or last.owed_at + LINK_AGAIN_AFTER <= clock.now():
        drafted = (await uow.session.exec(select(RequestEvent.id).where(RequestEvent.request_id == request.id))).one()
        await owe(uow, request, NoticeKind.CONFIRM, drafted, clock.now())


async def confirm(uow: UnitOfWork, actor: Actor, request: Request) -> None:
    """She says that it was her: the request gets its public number and is the city's to answer. Doing it again changes nothing.

    It counts as received when it was written, not when it was confirmed. Raises UnknownRequest for anybody else's link.
    """
    if not actor.may_act_for(request.person_id, request.scope, Purpose.CONFIRM):
        raise UnknownRequest
    if request.confirmed_at is not None:
        return
    now = clock.now()
    row = request.move("request.submitted", {By.REQUESTER}, now)
    request.confirmed_at = now
    request.ref = await _next_ref(uow, days.local_day(now, uow.settings).year)
    age = MACHINE.states[State.SUBMITTED].age
    assert age is not None
    request.first_look_due = last_day_of(request, age, uow.settings)
    event = RequestSubmitted(**stand(request), kind=request.kind, channel=request.channel, received_at=request.received_at,
                             first_look_due=request.first_look_due, themes=request.themes)
    await record(uow, request, Done(row, By.REQUESTER, now, State.AWAITING_CONFIRMATION, event, Facts()))


async def _next_ref(uow: UnitOfWork, year: int) -> str:
    """The next public number. The counter's row is locked until the commit, so that the numbers have no gaps."""
    await uow.session.exec(insert_new(uow.session, RequestNumber).values(year=year, last=0))
    counted = update(RequestNumber).where(col(RequestNumber.year) == year).values(last=col(RequestNumber.last) + 1)
    taken = await uow.session.exec(counted.returning(col(RequestNumber.last)))
    return f"R-{year}-{taken.scalar_one():04d}"


async def forget(uow: UnitOfWork, request: Request) -> None:
    """Nobody confirmed it: delete it, with everything that was kept about it."""
    for table in (Notice, RequestEvent):
        await uow.session.exec(delete(table).where(col(table.request_id) == request.id))
    await uow.session.delete(request)
    await uow.session.flush()
