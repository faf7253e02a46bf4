"""How the ends of deliveries are told: one event for each notice that the message was made of."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import clock
from quartier.contracts.notify import NoticeBounced, NoticeEnd, NoticeFailed, NoticeSent, NoticeUnknown
from quartier.uow import UnitOfWork
from quartier_notify.ledger.model import Delivery, Notice, State


async def notices_of(session: AsyncSession, delivery: Delivery) -> Sequence[Notice]:
    """The notices that a delivery settles, oldest first."""
    found = select(Notice).where(Notice.message_id == delivery.message_id).order_by(col(Notice.noted_at), col(Notice.id))
    return (await session.exec(found)).all()


def tell(uow: UnitOfWork, delivery: Delivery, notices: Sequence[Notice], event: Callable[[dict[str, Any]], NoticeEnd]) -> None:
    """Emit an end for each notice. The subject is another service's, so these events carry no number of their own."""
    for notice in notices:
        uow.emit(None, event({
            "notice_id": notice.id, "person_id": notice.recipient, "subject_kind": notice.subject_kind,
            "subject_id": notice.subject_id, "notice_class": notice.notice_class, "kinds": notice.kinds,
            "channel": delivery.channel, "at": clock.wall()}))


def tell_end(uow: UnitOfWork, delivery: Delivery, notices: Sequence[Notice]) -> None:
    """Emit what became of a delivery, if it has come to an end."""
    match delivery.state:
        case State.SENT:
            tell(uow, delivery, notices, lambda fields: NoticeSent(**fields))
        case State.BOUNCED:
            tell(uow, delivery, notices, lambda fields: NoticeBounced(**fields))
        case State.FAILED:
            tell(uow, delivery, notices, lambda fields: NoticeFailed(**fields, reason=delivery.reason))
        case State.UNKNOWN:
            tell(uow, delivery, notices, lambda fields: NoticeUnknown(**fields))
