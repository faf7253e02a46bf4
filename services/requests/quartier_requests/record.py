"""What every act leaves behind, in its own transaction: the event, a line of public history, timers, and the notice it owes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from quartier.events import Event
from quartier.settings import Settings
from quartier.uow import UnitOfWork
from quartier_requests import days
from quartier_requests.facts import Facts
from quartier_requests.machine import MACHINE, Age, By, Transition
from quartier_requests.model import Request, RequestEvent, Slip
from quartier_requests.notices.commands import owe


@dataclass(frozen=True, slots=True)
class Done:
    """One move that was made: the event says it to the house, `facts` to the requester and, once cleared, to the public."""

    row: Transition
    by: By
    at: datetime
    from_state: str | None
    event: Event
    facts: Facts
    slip: Slip | None = None


def stand(request: Request) -> dict[str, Any]:
    """Where the request stands after a move, as each of its public events says it."""
    return {"request_id": request.id, "ref": request.ref, "state": request.state, "label": request.label,
            "visibility": request.visibility}


async def record(uow: UnitOfWork, request: Request, done: Done) -> UUID:
    """Publish the event, append the history, set the timers of the new state, and owe the notice; the event's id."""
    facts = done.facts.kept()
    if request.is_settled:
        request.answer = facts
    event_id = uow.emit(request, done.event)
    uow.session.add(RequestEvent(
        id=event_id, request_id=request.id, number=request.sequence, event=done.row.event, at=done.at, by=done.by,
        from_state=done.from_state, to_state=request.state, is_public=done.row.public, facts=facts))
    if done.slip is not None:
        uow.session.add(done.slip)
    if done.row.owes is not None:
        await owe(uow, request, done.row.owes, event_id, done.at)
    await _set_timers(uow, request, done)
    # The answer names the version that the commit will leave, so every change has to be written by now.
    await uow.session.flush()
    return event_id


async def _set_timers(uow: UnitOfWork, request: Request, done: Done) -> None:
    """The age of the state that was left stops, that of the new one begins; a move within a state renews it."""
    before = MACHINE.states[done.from_state].age if done.from_state else None
    after = MACHINE.states[request.state].age
    if before and before.timer and (after is None or after.timer != before.timer):
        await uow.cancel(before.timer, str(request.id))
    if after and after.timer:
        due = step_end(request, after, uow.settings)
        if due is None:
            await uow.cancel(after.timer, str(request.id))
        else:
            await uow.schedule(after.timer, str(request.id), due)


def step_end(request: Request, age: Age, settings: Settings) -> datetime | None:
    """The instant at which the next step of the request's age is over, or None when no step is left."""
    if age.days:
        return request.state_since + timedelta(days=age.days[0])
    last_day = last_day_of(request, age, settings)
    return last_day and days.end_of(last_day, settings)


def last_day_of(request: Request, age: Age, settings: Settings) -> date | None:
    """The day by which somebody has to act, as queues and pages show it."""
    if age.until:
        return None if request.has_passed else request.expected_on
    if request.escalations >= len(age.working_days):
        return None
    entered = days.local_day(request.state_since, settings)
    return days.add_working_days(entered, age.working_days[request.escalations], settings)
