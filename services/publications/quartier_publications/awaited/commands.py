"""Keeping the picture of requests up to date."""

from quartier.contracts.requests import RequestFact
from quartier.handlers import Received
from quartier.uow import UnitOfWork
from quartier_publications.awaited.model import Awaited


async def follow(uow: UnitOfWork, received: Received[RequestFact]) -> None:
    """Take what an event says about a request."""
    event = received.event
    row = await uow.session.get(Awaited, event.request_id)
    if row is None:
        row = Awaited(request_id=event.request_id, ref=event.ref, visibility=event.visibility.value, sequence=0)
    row.take(event, received.envelope.sequence or 0)
    uow.session.add(row)
