"""Owing a message, and noting what became of it. A requester who was not told is an alarm until she is."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select, update

from quartier import clock
from quartier.contracts.notices import NoticeClass, NoticeKind, NoticeOwed
from quartier.contracts.notify import NoticeBounced, NoticeEnd, NoticeFailed, NoticeResolved, NoticeSent, NoticeUnknown
from quartier.contracts.requests import RequesterReached, RequesterUnreached
from quartier.problems import NotFound
from quartier.uow import UnitOfWork
from quartier_requests import days
from quartier_requests.model import Request
from quartier_requests.notices.model import Notice, NoticeState
from quartier_requests.problems import AlreadyTold

ANSWERED_WITHIN = timedelta(hours=1)
"""How long a message may stay without any news of it before a person looks."""
OVERDUE = "notice.overdue"


async def owe(uow: UnitOfWork, request: Request, kind: NoticeKind, event_id: UUID, at: datetime) -> None:
    """Owe the requester one message about this command. The link that confirms is no owner mail: it has no follow-up."""
    is_link = kind == NoticeKind.CONFIRM
    notice = Notice(request_id=request.id, person_id=request.person_id, correlation_id=uow.correlation_id, owed_at=at,
                    notice_class=NoticeClass.SECURITY if is_link else NoticeClass.OWNER, kinds=[kind], event_ids=[str(event_id)])
    uow.session.add(notice)
    uow.emit(request, NoticeOwed(
        notice_id=notice.id, person_id=notice.person_id, subject_kind="request", subject_id=request.id, ref=request.ref,
        notice_class=NoticeClass(notice.notice_class), kinds=[kind], event_ids=[event_id]))
    if not is_link:
        await uow.schedule(OVERDUE, str(notice.id), at + ANSWERED_WITHIN)


async def locked(uow: UnitOfWork, notice_id: UUID) -> tuple[Request, Notice] | None:
    """A notice and its request, for a change. Whoever changes one holds the request, so the notice is read again behind that lock."""
    notice = await uow.session.get(Notice, notice_id)
    if notice is None:
        return None
    request = await uow.session.get_one(Request, notice.request_id, with_for_update=True)
    await uow.session.refresh(notice)
    return request, notice


async def note_arrival(uow: UnitOfWork, request: Request, notice: Notice, state: NoticeState, at: datetime) -> None:
    """She was told: the public page says on which day, and an alarm about it ends."""
    if notice.has_arrived:
        return
    was_missed = notice.unreached_because is not None
    notice.arrive(state, at)
    uow.session.add(notice)
    await uow.cancel(OVERDUE, str(notice.id))
    if notice.notice_class != NoticeClass.OWNER:
        return
    day = days.local_day(at, uow.settings)
    # That she was told is no change of her request: an officer's decision on the version that he has read stays good.
    told = max(filter(None, (request.informed_on, day)))
    await uow.session.exec(update(Request).where(col(Request.id) == request.id).values(informed_on=told))
    if was_missed:
        await uow.session.flush()
        others = select(Notice.id).where(Notice.request_id == request.id, col(Notice.unreached_because).is_not(None))
        request.is_unreached = (await uow.session.exec(others.limit(1))).first() is not None
        uow.emit(request, RequesterReached(request_id=request.id, notice_id=notice.id, kinds=notice.kinds, on=day))


async def note_miss(uow: UnitOfWork, request: Request, notice: Notice, because: str, at: datetime,
                    state: NoticeState | None = None) -> None:
    """She was not told, or nobody knows: a person has to find another way. An officer who told her has the last word."""
    if notice.state == NoticeState.BY_HAND or notice.notice_class != NoticeClass.OWNER:
        return
    notice.state = state or notice.state
    uow.session.add(notice)
    await uow.cancel(OVERDUE, str(notice.id))
    if notice.miss(because, at):
        request.is_unreached = True
        uow.emit(request, RequesterUnreached(request_id=request.id, notice_id=notice.id, kinds=notice.kinds, because=because))


async def follow_up(uow: UnitOfWork, end: NoticeEnd, at: datetime) -> None:
    """Note what notify reports about one message. A message about a request that was forgotten meanwhile needs no note."""
    found = await locked(uow, end.notice_id)
    if found is None:
        return
    request, notice = found
    match end:
        case NoticeSent() | NoticeResolved(counts_as_sent=True):
            await note_arrival(uow, request, notice, NoticeState.SENT, at)
        case NoticeBounced():
            await note_miss(uow, request, notice, "bounced", at, NoticeState.BOUNCED)
        case NoticeFailed():
            await note_miss(uow, request, notice, "failed", at, NoticeState.FAILED)
        case NoticeUnknown():
            await note_miss(uow, request, notice, "unknown", at, NoticeState.UNKNOWN)
        case NoticeResolved():
            notice.state = NoticeState.OWED
            uow.session.add(notice)
            await uow.schedule(OVERDUE, str(notice.id), at + ANSWERED_WITHIN)


async def raise_alarm_if_silent(uow: UnitOfWork, notice_id: UUID, at: datetime) -> None:
    """An hour without news of a message is as bad as bad news."""
    found = await locked(uow, notice_id)
    if found is not None and found[1].state == NoticeState.OWED:
        await note_miss(uow, *found, "overdue", at)


async def tell_in_person(uow: UnitOfWork, notice_id: UUID, how: str) -> Notice:
    """An officer told her another way and says how. Raises NotFound, or AlreadyTold when she knows already."""
    found = await locked(uow, notice_id)
    if found is None or found[1].notice_class != NoticeClass.OWNER:
        raise NotFound("There is no such message.")
    request, notice = found
    if notice.has_arrived:
        raise AlreadyTold("She has been told already; there is nothing left to do.")
    notice.told_how = how
    await note_arrival(uow, request, notice, NoticeState.BY_HAND, clock.now())
    return notice
