"""The follow-up ledger over HTTP: the letter for notify, and the officer who told somebody in person."""

from uuid import UUID

from fastapi import APIRouter

from quartier.auth import allow
from quartier.contracts.notices import Letter
from quartier_requests.notices import commands, queries
from quartier_requests.notices.schemas import ToldInPersonIn
from quartier_requests.schemas import InformedOut
from quartier_requests.service import Here, Reading, Uow

router = APIRouter()


@router.get("/notices/{notice_id}/letter", **allow("notice.letter"))
async def get_letter(notice_id: UUID, session: Reading) -> Letter:
    """The facts of one message, for the service that writes it. Wording and address stay elsewhere."""
    return await queries.letter(session, notice_id)


@router.post("/notices/{notice_id}/told-in-person", **allow("notice.tell-in-person"))
async def tell_in_person(notice_id: UUID, told: ToldInPersonIn, uow: Uow, here: Here) -> InformedOut:
    """Record that the requester was told another way than by mail, and how."""
    return InformedOut.of(await commands.tell_in_person(uow, notice_id, told.how), here.settings)
