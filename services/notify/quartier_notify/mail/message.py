"""One mail with its headers: who writes, where answers go, which conversation it belongs to, and how to stop it.

Every address passes through `email.headerregistry.Address` first: a header would take two addresses for one, and break lines.
DKIM signatures are the mail server's work.
"""

from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from quartier import clock
from quartier.contracts.words import Language
from quartier_notify.mail.letters import Written, one_line


class Unwritable(Exception):
    """An address to which no mail can be sent; the message says why, without the address."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the headers of one mail say besides its words."""

    sender: str
    sender_name: str
    reply_to: str
    recipient: str
    language: Language
    message_id: str
    root_id: str | None = None
    list_id: str | None = None
    list_name: str | None = None
    archive: str | None = None
    one_click: str | None = None
    trace_id: str | None = None


def message_id(message: UUID, host: str) -> str:
    """The Message-ID of a message: the same for each try, so that a reader's mail program sees one mail."""
    return f"<{message}@{host}>"


def one_address(text: str) -> str:
    """Exactly one address, with its domain in ASCII, or Unwritable."""
    try:
        address = Address(addr_spec=text)
        domain = address.domain.encode("idna").decode("ascii")
    except (MessageError, ValueError, IndexError) as error:
        raise Unwritable("What is kept as this person's address is not one e-mail address.") from error
    if not address.username or not domain or not text.isprintable():
        raise Unwritable("What is kept as this person's address is not one e-mail address.")
    if not address.username.isascii():
        raise Unwritable("The part before the @ has letters that mail servers do not take.")
    return Address(username=address.username, domain=domain).addr_spec


def build(written: Written, envelope: Envelope) -> EmailMessage:
    """The mail as it is handed over: plain text and HTML side by side. Raises Unwritable for a recipient that is none."""
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["From"] = Address(one_line(envelope.sender_name), addr_spec=envelope.sender)
    mail["To"] = Address(addr_spec=one_address(envelope.recipient))
    mail["Reply-To"] = Address(addr_spec=envelope.reply_to)
    mail["Subject"] = written.subject
    mail["Date"] = format_datetime(clock.wall())
    mail["Message-ID"] = envelope.message_id
    if envelope.root_id and envelope.root_id != envelope.message_id:
        mail["In-Reply-To"] = envelope.root_id
        mail["References"] = envelope.root_id
    if envelope.list_id:
        mail["List-Id"] = f"{envelope.list_name} <{envelope.list_id}>"
    if envelope.archive:
        mail["List-Archive"] = f"<{envelope.archive}>"
    if envelope.one_click:
        mail["List-Unsubscribe"] = f"<{envelope.one_click}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"
    if envelope.trace_id:
        mail["X-Quartier-Trace"] = envelope.trace_id
    mail.set_content(written.text, cte="quoted-printable")
    mail.add_alternative(written.html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = envelope.language  # set before the parts are, it would move into the first of them
    return mail
