"""What notify does when something has happened elsewhere: it writes into the ledger, the feeds and its list of public requests.

Nothing is sent here: the sender finds the deliveries. What makes mails is declared `outside`, so that a replay sends none.
"""

from collections.abc import Sequence
from uuid import UUID

from quartier.contracts.notices import Letter, NoticeOwed
from quartier.contracts.requests import RequestFact, TriageStarted, Visibility
from quartier.handlers import Handlers, Received
from quartier.uow import UnitOfWork
from quartier_notify.feeds.model import FeedEntry
from quartier_notify.ledger import commands
from quartier_notify.ledger.facts import NEWS, letter_of
from quartier_notify.subscriptions.commands import facts_of_confirmation
from quartier_notify.subscriptions.model import Followable

handlers = Handlers()


@handlers.on(NoticeOwed, outside=True)
async def owe_the_person(received: Received[NoticeOwed], uow: UnitOfWork) -> None:
    """Queue the message that a service owes to a person. Sign-in mails have no facts but their link."""
    facts = None
    if received.event.subject_kind == "sign-in":
        facts = Letter()
    elif received.event.subject_kind == "subscription":
        facts = await facts_of_confirmation(received.event.subject_id, uow)
    await commands.owe(received.event, received.envelope, uow, facts)


@handlers.on(*NEWS)
async def keep_the_public_record(received: Received[RequestFact], uow: UnitOfWork) -> None:
    """Note which requests can be followed, and add their news to their feeds; a request that is not public leaves no trace."""
    event = received.event
    followable = await uow.session.get(Followable, event.request_id)
    if event.visibility is not Visibility.PUBLIC:
        if followable is not None:
            await uow.session.delete(followable)
        return
    if followable is None:
        followable = Followable(subject_id=event.request_id, ref=event.ref, state=event.state)
    followable.state = event.state
    if isinstance(event, TriageStarted) and event.title is not None:
        followable.title = event.title.model_dump(mode="json")
    facts = letter_of(event, followable.quote, uow.settings.public_url).model_dump(mode="json", exclude_none=True)
    uow.session.add(followable)
    await uow.session.merge(FeedEntry(event_id=UUID(received.envelope.id), subject_kind="request", subject_id=event.request_id,
                                      kind=NEWS[type(event)], at=received.envelope.time, facts=facts))


@handlers.on(*NEWS, outside=True, batch=200)
async def owe_the_followers(received: Sequence[Received[RequestFact]], uow: UnitOfWork) -> None:
    """Queue one message for each follower and command."""
    await commands.tell_followers(received, uow)
