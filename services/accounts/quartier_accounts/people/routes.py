"""Giving an address for one act, and giving roles."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from quartier import clock
from quartier.auth import TICKET_LIFE, allow, contact_ticket, public
from quartier.pagination import Cursor, Limit, link_next, page
from quartier.settings import Settings
from quartier_accounts.people import commands, queries
from quartier_accounts.people.model import Identifier, Person, RoleGrant
from quartier_accounts.people.schemas import ContactIn, ContactOut, GrantIn, GrantOut, GrantsOut
from quartier_accounts.service import Asking, Here, Reading, Uow

router = APIRouter()


@router.post("/contacts", status_code=201, **public("asking and following need an address, not an account"))
async def give_contact(body: ContactIn, uow: Uow, here: Here) -> ContactOut:
    """Give an e-mail address, and get a ticket for it that is good for a quarter of an hour.

    The ticket goes with what you ask for next, so that no other part of the city learns the address. The answer is the same
    whether or not we know the address. Giving one address more than twenty times an hour is refused.
    """
    person = await commands.give_contact(uow, body.address, body.language)
    return ContactOut(contact_ticket=contact_ticket(here.signer, person.id, body.language),
                      expires_at=clock.wall() + TICKET_LIFE)


@router.post("/grants", status_code=201, **allow("grant.give"))
async def give_grant(body: GrantIn, actor: Asking, uow: Uow) -> GrantOut:
    """Give somebody a role, from her next page on. Giving it again only changes its end."""
    given = await commands.grant(uow, body.address, body.role, granted_by=actor.subject, expires_at=body.expires_at)
    await uow.session.flush()
    known = await queries.reached_at(uow.session, [given.person_id])
    return _shown(uow.settings, given, known)


@router.get("/grants", **allow("grant.list"))
async def list_grants(session: Reading, here: Here, request: Request, response: Response, cursor: Cursor = None,
                      limit: Limit = 50) -> GrantsOut:
    """The roles that people have now, oldest first."""
    found = await page(session, queries.running_grants(), order=(RoleGrant.created_at, RoleGrant.id), cursor=cursor,
                       limit=limit, key=here.keys.secret("cursors"))
    link_next(request, response, found)
    known = await queries.reached_at(session, {given.person_id for given in found.items})
    return GrantsOut(items=[_shown(here.settings, given, known) for given in found.items], next=found.next)


@router.delete("/grants/{grant_id}", status_code=204, **allow("grant.end"))
async def end_grant(grant_id: UUID, actor: Asking, uow: Uow) -> None:
    """Take a role back. Tokens that carry it run out within a minute."""
    await commands.end_grant(uow, grant_id, actor.subject)


def _shown(settings: Settings, given: RoleGrant, known: dict[UUID, tuple[Person, Identifier | None]]) -> GrantOut:
    _, identifier = known[given.person_id]
    return GrantOut(**given.model_dump(exclude={"ended_at", "ended_by"}), address_hint=queries.hint_of(settings, identifier))
