"""Following a request without an account, and ending it by one click."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from quartier.auth import allow, open_ticket, public
from quartier.pagination import Cursor, Limit, link_next
from quartier_notify.service import Here, Once, Person, Reading, Uow
from quartier_notify.subscriptions import commands, queries
from quartier_notify.subscriptions.schemas import FollowAsked, FollowIn, SubscriptionOut, SubscriptionsOut

router = APIRouter(prefix="/subscriptions")


@router.post("", status_code=202, response_model=FollowAsked, **public("anybody may follow a public request; the mailbox's owner confirms"))
async def follow_subject(wish: FollowIn, uow: Uow, once: Once, here: Here) -> Response:
    """Ask to follow a request. The answer is always the same; a mail with a link to confirm goes to the address."""
    ticket = open_ticket(here.verifier, wish.contact_ticket)

    async def follow() -> FollowAsked:
        await commands.follow(ticket.person_id, wish.subject_kind, wish.subject_id, uow)
        return FollowAsked()

    return await once.run(follow, FollowAsked, status=202)


@router.post("/{id}/confirmation", **allow("subscription.confirm"))
async def confirm_subscription(id: UUID, person: Person, uow: Uow) -> SubscriptionOut:
    """Begin to follow. The link in the mail only shows a page; its button comes here."""
    subscription = await commands.confirm(id, person, uow)
    await uow.session.flush()
    return SubscriptionOut.model_validate(await queries.shown(uow.session, subscription))


@router.get("/{id}", **allow("subscription.read"))
async def read_subscription(id: UUID, person: Person, session: Reading) -> SubscriptionOut:
    """What this link or this person follows."""
    return SubscriptionOut.model_validate(await queries.read(session, id, person))


@router.delete("/{id}", status_code=204, **allow("subscription.end"))
async def end_subscription(id: UUID, person: Person, uow: Uow,
                           by: Annotated[Literal["page", "one-click"], Query(
                               description="Whether a page's button or a mail program's one click (RFC 8058) asked.")] = "page") -> None:
    """Stop following. Once ended, it stays so, however often this is asked."""
    await commands.end(id, person, by, uow)


@router.get("", **allow("subscription.list"))
async def list_subscriptions(person: Person, session: Reading, here: Here, request: Request, response: Response,
                             cursor: Cursor = None, limit: Limit = 50) -> SubscriptionsOut:
    """What I follow."""
    found = await queries.of_person(session, person.subject, cursor, limit, here.keys.secret("cursors"))
    link_next(request, response, found)
    return SubscriptionsOut.model_validate(found)
