"""What happens to requests by the passing of time alone."""

from datetime import datetime
from uuid import UUID

from quartier.timers import Timers
from quartier.uow import UnitOfWork
from quartier_requests import commands, queries
from quartier_requests.drafts.commands import forget
from quartier_requests.machine import State
from quartier_requests.notices.commands import OVERDUE, raise_alarm_if_silent
from quartier_requests.notices.model import Notice

timers = Timers()


@timers.on("draft.expired")
async def forget_what_was_never_confirmed(key: str, due_at: datetime, uow: UnitOfWork) -> None:
    """Thirty days are enough: what nobody confirmed is deleted, and nothing of it is kept."""
    request = await queries.unhurried(uow.session, UUID(key))
    if request is not None and request.state == State.AWAITING_CONFIRMATION:
        await forget(uow, request)


@timers.on("triage.escalated")
async def tell_the_next_level(key: str, due_at: datetime, uow: UnitOfWork) -> None:
    """Nobody read the request within its working days."""
    request = await queries.unhurried(uow.session, UUID(key))
    if request is not None:
        await commands.escalate(uow, request, due_at)


@timers.on("publication.date_passed")
async def tell_that_the_date_passed(key: str, due_at: datetime, uow: UnitOfWork) -> None:
    """The promised period ended a moment ago and the data is not out."""
    request = await queries.unhurried(uow.session, UUID(key))
    if request is not None:
        await commands.tell_that_the_date_passed(uow, request, due_at)


@timers.on(OVERDUE)
async def raise_the_alarm_for_a_silent_notice(key: str, due_at: datetime, uow: UnitOfWork) -> None:
    """An hour without news of a message is as bad as bad news: a person looks."""
    notice = await uow.session.get(Notice, UUID(key))
    if notice is not None and await queries.unhurried(uow.session, notice.request_id):
        await raise_alarm_if_silent(uow, notice.id, due_at)
