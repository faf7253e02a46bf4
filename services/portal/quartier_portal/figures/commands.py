"""Folding the events of requests into their cards."""

from quartier import clock
from quartier.cloudevents import Envelope
from quartier.contracts.requests import (
    PublicationDatePassed,
    PublicationRescheduled,
    PublicationScheduled,
    RequestAnswered,
    RequestFact,
    RequestPublished,
    RequestRefused,
    RequestSubmitted,
    RequestWithdrawn,
    TriageStarted,
)
from quartier.uow import UnitOfWork
from quartier_portal.figures.model import RequestCard


async def fold(uow: UnitOfWork, event: RequestFact, envelope: Envelope) -> None:
    """Let the card of the request say what the event says; an event older than the card changes nothing."""
    happened_at, sequence = envelope.time or clock.now(), envelope.sequence or 0
    card = await uow.session.get(RequestCard, event.request_id)
    if card is None:
        card = RequestCard(request_id=event.request_id, sequence=0, ref=event.ref, state=event.state, label=event.label,
                           visibility=event.visibility, changed_at=happened_at, changed_by="")
    if sequence <= card.sequence:
        return
    card.sequence, card.changed_at = sequence, happened_at
    card.state, card.label, card.visibility = event.state, event.label, event.visibility
    card.changed_by = envelope.type.removeprefix("org.quartier.").removesuffix(".v1")
    match event:
        case RequestSubmitted():
            card.received_at = event.received_at
        case TriageStarted(title=title) if title is not None:
            card.title, card.title_lang = title.text, title.lang
        case PublicationScheduled():
            card.expected_on, card.precision = event.expected_on, event.precision
        case PublicationRescheduled():
            card.expected_on, card.precision, card.slips = event.expected_on, event.precision, card.slips + 1
        case PublicationDatePassed():
            card.slips += 1
        case RequestAnswered() | RequestRefused() | RequestWithdrawn() | RequestPublished():
            card.outcome, card.ended_at = event.outcome, happened_at
    uow.session.add(card)
