"""What became of messages: one's own, and all of them for those who look after them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from quartier.auth import allow
from quartier.pagination import Cursor, Limit, link_next
from quartier_notify.ledger import commands, queries
from quartier_notify.ledger.model import State
from quartier_notify.ledger.schemas import DeliveriesOut, DeliveryOut, NoticesOut, ResolutionOfDoubt, WaitingOut
from quartier_notify.service import Here, Person, Reading, Uow

router = APIRouter()


@router.get("/notices", **allow("notice.list"))
async def list_notices(person: Person, session: Reading, here: Here, request: Request, response: Response,
                       cursor: Cursor = None, limit: Limit = 50) -> NoticesOut:
    """What I was told, when, and why."""
    found = await queries.notices_to(session, person.subject, cursor, limit, here.keys.secret("cursors"))
    link_next(request, response, found)
    return NoticesOut.model_validate(found)


@router.get("/deliveries", **allow("delivery.read"))
async def list_deliveries(session: Reading, here: Here, request: Request, response: Response,
                          state: Annotated[State | None, Query(description="Only those that stand there.")] = None,
                          ref: Annotated[str | None, Query(max_length=40, description="Only those about this request.")] = None,
                          cursor: Cursor = None, limit: Limit = 50) -> DeliveriesOut:
    """Messages and what became of them, the newest first. `state=unknown` is the queue of those that need a person."""
    found = await queries.list_deliveries(session, state, ref, cursor, limit, here.keys.secret("cursors"))
    link_next(request, response, found)
    return DeliveriesOut.model_validate(found)


@router.get("/deliveries/{id}", **allow("delivery.read"))
async def read_delivery(id: UUID, session: Reading, response: Response) -> DeliveryOut:
    """One message with its evidence: what each mail server said, and who decided what."""
    found = DeliveryOut.model_validate(await queries.read_delivery(session, id))
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.post("/deliveries/{id}/resolution", **allow("delivery.resolve"))
async def resolve_delivery(id: UUID, decision: ResolutionOfDoubt, person: Person, uow: Uow) -> DeliveryOut:
    """Decide about a message of which nobody knows whether it arrived: it counts as sent, or it goes out again."""
    await commands.resolve(id, decision.decision, decision.reason, person, uow)
    await uow.session.flush()
    return DeliveryOut.model_validate(await queries.read_delivery(uow.session, id))


@router.get("/queue", **allow("queue.read"))
async def read_queue(session: Reading) -> list[WaitingOut]:
    """How many messages wait in each class, and for how long the oldest has."""
    return [WaitingOut.model_validate(row) for row in await queries.waiting_by_class(session)]
