"""Which requests wait for whom. A queue is computed from where its requests stand; nobody files anything into it."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier_requests import days
from quartier_requests.commands import LINKED
from quartier_requests.machine import MACHINE, By, State
from quartier_requests.model import Request, RequestEvent
from quartier_requests.notices.model import Notice
from quartier_requests.queues.schemas import QueueCountOut, QueueName, QueueOut, TaskOut
from quartier_requests.record import last_day_of
from quartier_requests.transitions.guards import Moment
from quartier_requests.wording import task_text

SOON = timedelta(days=10)
"""From when on a promised date is a task."""
SHOWN = 200


async def queue(session: AsyncSession, name: QueueName, moment: Moment, lang: str) -> QueueOut:
    """The tasks of one queue, the most urgent first."""
    tasks = await QUEUES[name](session, moment, lang)
    tasks.sort(key=lambda task: (task.due or date.max, task.since, task.ref))
    return QueueOut(name=name, total=len(tasks), items=tasks[:SHOWN])


async def counts(session: AsyncSession, moment: Moment, lang: str) -> list[QueueCountOut]:
    """How much waits in each queue."""
    found = []
    for name in QueueName:
        tasks = await QUEUES[name](session, moment, lang)
        due = [task.due for task in tasks if task.due]
        late = sum(task.is_late for task in tasks)
        found.append(QueueCountOut(name=name, total=len(tasks), late=late, oldest_due=min(due, default=None)))
    return found


async def _in_states(session: AsyncSession, states: list[str]) -> list[Request]:
    return list((await session.exec(select(Request).where(col(Request.state).in_(states)))).all())


def _task(request: Request, moment: Moment, why: str) -> TaskOut:
    age = MACHINE.states[request.state].age
    due = request.expected_on if age and age.until else age and last_day_of(request, age, moment.settings)
    return TaskOut(request_id=request.id, ref=request.ref, title=request.quoted_title, state=request.state, due=due, why=why,
                   since=days.local_day(request.state_since, moment.settings), version=request.version,
                   is_late=request.escalations > 0 or bool(due and due < moment.today))


async def _first_look(session: AsyncSession, moment: Moment, lang: str) -> list[TaskOut]:
    found = await _in_states(session, MACHINE.queue(QueueName.FIRST_LOOK))
    tasks = [_task(request, moment, task_text("first_look", lang)) for request in found]
    dues = {request.id: request.first_look_due for request in found}
    return [task.model_copy(update={"due": dues[task.request_id]}) for task in tasks]


async def _sorting(session: AsyncSession, moment: Moment, lang: str) -> list[TaskOut]:
    found = await _in_states(session, MACHINE.queue(QueueName.SORTING))
    claimed = await _linked(session, [request.id for request in found if request.state == State.TRIAGE])
    return [_task(request, moment, task_text("sorting-claimed" if request.id in claimed else f"sorting-{request.state}", lang))
            for request in found]


async def _linked(session: AsyncSession, ids: list[UUID]) -> set[UUID]:
    """Those of the requests that a published dataset names although it cannot settle them."""
    statement = select(RequestEvent.request_id).where(RequestEvent.event == LINKED, col(RequestEvent.request_id).in_(ids))
    return set((await session.exec(statement)).all())


async def _dates(session: AsyncSession, moment: Moment, lang: str) -> list[TaskOut]:
    found = [request for request in await _in_states(session, MACHINE.queue(QueueName.DATES))
             if request.expected_on and request.expected_on <= moment.today + SOON]
    return [_task(request, moment, task_text("dates-passed" if request.has_passed else "dates-soon", lang)) for request in found]


async def _decisions(session: AsyncSession, moment: Moment, lang: str) -> list[TaskOut]:
    """What an approver may have to refuse, without what she sorted herself. For everybody else there is nothing to decide."""
    if By.APPROVER not in moment.by:
        return []
    states = [state for state in MACHINE.states if MACHINE.possible(state, {By.APPROVER})]
    return [_task(request, moment, task_text("decisions", lang)) for request in await _in_states(session, states)
            if request.triaged_by != moment.subject]


async def _unreached(session: AsyncSession, moment: Moment, lang: str) -> list[TaskOut]:
    statement = select(Notice, Request).join(Request, col(Request.id) == col(Notice.request_id)).where(
        col(Notice.unreached_because).is_not(None))
    tasks = []
    for notice, request in (await session.exec(statement)).all():
        since = days.local_day(notice.unreached_since or notice.owed_at, moment.settings)
        due = days.add_working_days(since, 1, moment.settings)
        tasks.append(_task(request, moment, task_text(f"unreached-{notice.unreached_because}", lang)).model_copy(
            update={"since": since, "due": due, "is_late": due < moment.today, "notice_id": notice.id}))
    return tasks


QUEUES: dict[QueueName, Callable[[AsyncSession, Moment, str], Awaitable[list[TaskOut]]]] = {
    QueueName.FIRST_LOOK: _first_look, QueueName.SORTING: _sorting, QueueName.DATES: _dates, QueueName.DECISIONS: _decisions,
    QueueName.UNREACHED: _unreached}
