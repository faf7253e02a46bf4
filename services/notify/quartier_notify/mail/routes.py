"""The local mailbox for operators, and what a citizen would read, shown beforehand to the officer who decides."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from quartier.auth import allow
from quartier.contracts.notices import NoticeClass
from quartier.pagination import Cursor, Limit, link_next
from quartier.problems import FieldError, Invalid
from quartier_notify.mail import queries
from quartier_notify.mail.letters import Head, write
from quartier_notify.mail.schemas import MailShown, MailsOut, Preview, PreviewIn
from quartier_notify.service import Here, Reading
from quartier_notify.settings import NotifySettings

router = APIRouter()


@router.get("/mailbox", **allow("mailbox.read"))
async def list_mails(session: Reading, here: Here, request: Request, response: Response,
                     to: Annotated[str | None, Query(max_length=320, description="Only mails to this address.")] = None,
                     cursor: Cursor = None, limit: Limit = 50) -> MailsOut:
    """The mails of a city that has no mail server, the newest first."""
    found = await queries.list_mails(session, to, cursor, limit, here.keys.secret("cursors"))
    link_next(request, response, found)
    settings: NotifySettings = here.settings
    return MailsOut(items=found.items, next=found.next, server=settings.smtp)


@router.get("/mailbox/{id}", **allow("mailbox.read"))
async def read_mail(id: UUID, session: Reading) -> MailShown:
    """One mail as its reader sees it."""
    return MailShown.model_validate(await queries.read_mail(session, id))


@router.get("/mailbox/{id}/raw", response_class=Response, **allow("mailbox.read"),
            responses={200: {"content": {"message/rfc822": {}}}})
async def read_raw_mail(id: UUID, session: Reading) -> Response:
    """One mail as it was written, headers and all."""
    mail = await queries.raw_mail(session, id)
    return Response(mail.content, media_type="message/rfc822",
                    headers={"Content-Disposition": f'attachment; filename="{mail.id}.eml"'})


@router.post("/previews", **allow("mail.preview"))
async def preview_mail(wanted: PreviewIn, here: Here) -> Preview:
    """What a person would read if this were owed to her now. Nothing is kept and nothing is sent."""
    followed = wanted.notice_class == NoticeClass.FOLLOWED
    link = f"{here.settings.public_url}/{wanted.language}/l/…"
    head = Head(here.settings.city, wanted.language, wanted.notice_class, link=link, stop=link if followed else None)
    try:
        return Preview.model_validate(write(wanted.kinds, wanted.letter, head))
    except (LookupError, ValueError) as error:
        raise Invalid("The letter lacks a fact that its kind needs.", errors=[FieldError("/letter", str(error))]) from error
