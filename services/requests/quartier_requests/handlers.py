"""What requests does when a dataset is published and when a message has come to an end."""

from quartier.contracts.notify import NoticeBounced, NoticeEnd, NoticeFailed, NoticeResolved, NoticeSent, NoticeUnknown
from quartier.contracts.publications import DatasetPublished
from quartier.handlers import Handlers, Permanent, Received
from quartier.uow import UnitOfWork
from quartier_requests import commands, queries
from quartier_requests.notices.commands import follow_up

handlers = Handlers()


@handlers.on(DatasetPublished, order="strict")
async def publish_what_was_claimed(received: Received[DatasetPublished], uow: UnitOfWork) -> None:
    """Settle each request that the published version claims, with the table of what was wished and what is given."""
    claimed = await queries.confirmed(uow.session, received.event.request_ids, lock=True)
    for request in claimed:
        await commands.answer_by_dataset(uow, request, received.event, received.envelope.time)


@handlers.on(DatasetPublished)
async def report_claims_of_unknown_requests(received: Received[DatasetPublished], uow: UnitOfWork) -> None:
    """Leave a dead letter for the operators when a version claims what nobody asked for; the other claims hold all the same."""
    claimed = received.event.request_ids
    known = {request.id for request in await queries.confirmed(uow.session, claimed)}
    if unknown := [str(id) for id in claimed if id not in known]:
        raise Permanent(f"{received.event.slug} {received.event.version} claims requests that do not exist: {', '.join(unknown)}")


@handlers.on(NoticeSent, NoticeBounced, NoticeFailed, NoticeUnknown, NoticeResolved)
async def note_whether_the_requester_was_told(received: Received[NoticeEnd], uow: UnitOfWork) -> None:
    """Bring the follow-up ledger up to date; a requester who was not told becomes a task."""
    if received.event.subject_kind == "request":
        await follow_up(uow, received.event, received.envelope.time)
