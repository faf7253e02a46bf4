"""What the portal remembers of events: the card of each request."""

from collections.abc import Sequence

from quartier.contracts.requests import (
    PublicationDatePassed,
    PublicationRescheduled,
    PublicationScheduled,
    RequestAnswered,
    RequestFact,
    RequestPublished,
    RequestRefused,
    RequestSubmitted,
    RequestTakenUp,
    RequestWithdrawn,
    TriageEscalated,
    TriageStarted,
)
from quartier.handlers import Handlers, Received
from quartier.uow import UnitOfWork
from quartier_portal.figures.commands import fold

handlers = Handlers()


@handlers.on(RequestSubmitted, TriageStarted, TriageEscalated, RequestAnswered, RequestTakenUp, PublicationScheduled,
             PublicationRescheduled, PublicationDatePassed, RequestPublished, RequestRefused, RequestWithdrawn, batch=200)
async def keep_the_cards_current(received: Sequence[Received[RequestFact]], uow: UnitOfWork) -> None:
    """Fold each event into the card of its request."""
    for one in received:
        await fold(uow, one.event, one.envelope)
