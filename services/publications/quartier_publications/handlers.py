"""What publications does when something has happened in the house: it writes it down, and keeps an eye on promises."""

from collections.abc import Sequence

from quartier.contracts.notices import NoticeOwed
from quartier.contracts.notify import NoticeBounced, NoticeFailed, NoticeResolved, NoticeSent, NoticeUnknown
from quartier.contracts.publications import DatasetPublished, DatasetRegistered
from quartier.contracts.requests import (
    PublicationDatePassed,
    PublicationRescheduled,
    PublicationScheduled,
    RequestAnswered,
    RequesterReached,
    RequesterUnreached,
    RequestFact,
    RequestPublished,
    RequestRefused,
    RequestSubmitted,
    RequestTakenUp,
    RequestWithdrawn,
    TriageEscalated,
    TriageStarted,
)
from quartier.events import Event
from quartier.handlers import Handlers, Received
from quartier.uow import UnitOfWork
from quartier_publications.awaited import commands as awaited
from quartier_publications.notes import commands as notes

OF_REQUESTS = (
    RequestSubmitted, TriageStarted, TriageEscalated, RequestAnswered, RequestTakenUp, PublicationScheduled, PublicationRescheduled,
    PublicationDatePassed, RequestPublished, RequestRefused, RequestWithdrawn)
OF_MESSAGES = (
    NoticeOwed, NoticeSent, NoticeBounced, NoticeFailed, NoticeUnknown, NoticeResolved, RequesterUnreached, RequesterReached)

handlers = Handlers()


@handlers.on(*OF_REQUESTS, *OF_MESSAGES, DatasetRegistered, DatasetPublished, batch=200)
async def keep_the_facts(received: Sequence[Received[Event]], uow: UnitOfWork) -> None:
    """Copy what happened, for the notes: the bus forgets, a note must be computable for ever."""
    await notes.keep(uow, received)


@handlers.on(*OF_REQUESTS)
async def follow_the_request(received: Received[RequestFact], uow: UnitOfWork) -> None:
    """Know each request by its reference, and which date the city has promised for it."""
    await awaited.follow(uow, received)
