"""The officers' tasks over HTTP."""

from fastapi import APIRouter

from quartier.auth import allow
from quartier_requests.queues.queries import counts, queue
from quartier_requests.queues.schemas import QueueListOut, QueueName, QueueOut
from quartier_requests.service import Here, Lang, Person, Reading
from quartier_requests.transitions.commands import moment_of

router = APIRouter()


@router.get("/queues", **allow("queue.read"))
async def list_queues(session: Reading, person: Person, here: Here, lang: Lang) -> QueueListOut:
    """How much waits in each queue, and how much of it is late."""
    return QueueListOut(items=await counts(session, moment_of(person, here.settings), lang))


@router.get("/queues/{name}", **allow("queue.read"))
async def get_queue(name: QueueName, session: Reading, person: Person, here: Here, lang: Lang) -> QueueOut:
    """The tasks of one queue, the most urgent first."""
    return await queue(session, name, moment_of(person, here.settings), lang)
