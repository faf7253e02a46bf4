"""Reading the local mailbox: each mail as its reader sees it."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.pagination import Page, page
from quartier.problems import NotFound
from quartier_notify.mail.mailbox import MailboxMail


async def list_mails(session: AsyncSession, to: str | None, cursor: str | None, limit: int, key: bytes) -> Page[Any]:
    """The mails in the box, the newest first."""
    wanted = select(MailboxMail)
    if to:
        wanted = wanted.where(MailboxMail.recipient == to)
    found = await page(session, wanted, order=[col(MailboxMail.id)], cursor=cursor, limit=limit, key=key, descending=True)
    return Page([_line(mail, _parsed(mail)) for mail in found.items], found.next)


async def read_mail(session: AsyncSession, id: UUID) -> dict[str, Any]:
    """One mail with its parts. Raises NotFound."""
    mail = await raw_mail(session, id)
    message = _parsed(mail)
    text, html = _part(message, "plain"), _part(message, "html")
    return _line(mail, message) | {
        "headers": [(name, str(value)) for name, value in message.items()], "text": text, "html": html,
        "links": list(dict.fromkeys(re.findall(r"https?://\S+", text)))}


async def raw_mail(session: AsyncSession, id: UUID) -> MailboxMail:
    """One mail as it was written. Raises NotFound."""
    mail = await session.get(MailboxMail, id)
    if mail is None:
        raise NotFound()
    return mail


def _parsed(mail: MailboxMail) -> EmailMessage:
    return message_from_bytes(mail.content, EmailMessage, policy=default)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


def _line(mail: MailboxMail, message: EmailMessage) -> dict[str, Any]:
    return {"id": mail.id, "at": mail.at, "to": mail.recipient, "subject": str(message["Subject"]),
            "language": message["Content-Language"], "trace_id": mail.trace_id}
