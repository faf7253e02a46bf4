"""Asking for data over HTTP, and confirming it."""

from fastapi import APIRouter, Response

from quartier.auth import allow, open_ticket, public
from quartier.web import etag
from quartier_requests import queries
from quartier_requests.drafts import commands
from quartier_requests.drafts.schemas import DraftOut, RequestIn
from quartier_requests.pages import own_page
from quartier_requests.schemas import OwnRequestOut
from quartier_requests.service import Here, Lang, Once, Person, Uow

router = APIRouter()


@router.post("/requests", status_code=201, response_model=DraftOut,
             **public("Anybody may ask the city for data, without an account."))
async def create_request(ask: RequestIn, uow: Uow, once: Once, here: Here) -> Response:
    """Ask for data. A mail brings a link; nobody reads the request until it is confirmed there."""
    ticket = open_ticket(here.verifier, ask.contact_ticket)

    async def submit() -> DraftOut:
        return DraftOut(id=await commands.submit(uow, ticket.person_id, ask), state="awaiting_confirmation")

    return await once.run(submit, DraftOut, location=lambda out: f"/api/requests/v1/requests/{out.id}")


@router.post("/requests/{key}/confirmation", **allow("request.confirm"))
async def confirm_request(key: str, uow: Uow, person: Person, here: Here, lang: Lang, response: Response) -> OwnRequestOut:
    """Confirm a request by the link in the mail. Doing it again shows the same request and changes nothing."""
    request = await queries.find(uow.session, key, lock=True)
    await commands.confirm(uow, person, request)
    etag(response, request)
    return await own_page(uow.session, request, lang, here.settings)


@router.post("/requests/{key}/confirmation-links", status_code=202,
             **public("Whoever comes with a link that has run out has no other proof; the new one goes to the same mailbox."))
async def send_confirmation_link(key: str, uow: Uow) -> None:
    """Send the link that confirms once more, to the address that the request came with; at most one in ten minutes."""
    await commands.send_link_again(uow, await queries.find(uow.session, key, lock=True))
