"""From a claimed delivery to a mail: who is asked for what, at the moment of sending and no earlier.

Accounts says where and in which language the person reads, and mints the secret link; the service that owes the notice gives the
facts of the letter. If either is away, nothing was attempted.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from pydantic import ValidationError

from quartier import i18n
from quartier.client import Answered
from quartier.contracts.notices import Letter, NoticeClass, NoticeKind, Resolution, ResolutionIn
from quartier.contracts.words import Language
from quartier.field_errors import faults
from quartier.problems import Unavailable
from quartier.service import Runtime
from quartier_notify.ledger.claims import Job
from quartier_notify.ledger.facts import joined
from quartier_notify.mail.letters import Head, write
from quartier_notify.mail.message import Envelope, Unwritable, build, message_id
from quartier_notify.settings import NotifySettings

logger = logging.getLogger("quartier.notify")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A mail that is ready to go, and to whom. The address lives no longer than this."""

    mail: EmailMessage
    recipient: str
    resolution: Resolution


class NobodyAnswers(Exception):
    """Accounts or the owing service is away: the delivery waits, and nothing is counted."""


async def resolve(runtime: Runtime, jobs: Sequence[Job]) -> list[Resolution]:
    """Ask accounts where each message goes, in one call. Raises NobodyAnswers."""
    asked = [ResolutionIn(person_id=job.message.recipient, purpose=job.message.link_purpose,
                          subject=job.message.link_subject).model_dump(mode="json") for job in jobs]
    try:
        answer = await runtime.client.post("accounts", "/resolutions", json=asked)
    except (Unavailable, Answered) as error:
        logger.warning("accounts does not resolve people: %s", error)
        raise NobodyAnswers from error
    found = [Resolution.model_validate(one | {"language": known_language(one["language"])}) for one in answer.json()]
    if [one.person_id for one in found] != [job.message.recipient for job in jobs]:
        raise RuntimeError("accounts resolved other people than were asked for: nobody gets somebody else's letter")
    return found


def known_language(tag: str) -> Language:
    """A language that we write; English for one that we do not, so that the person is told at all."""
    return Language(tag) if tag in i18n.LANGUAGES else Language.EN


async def letter_of(runtime: Runtime, job: Job) -> Letter:
    """The facts of a message: those that its notices hold, or what the owing service says now.

    Raises NobodyAnswers, and Unwritable when that service no longer knows the notice, or its facts are no letter's.
    """
    try:
        return joined([Letter.model_validate(notice.facts) if notice.facts is not None
                       else await _asked(runtime, notice.owed_by, str(notice.id)) for notice in job.notices])
    except ValidationError as error:
        raise Unwritable(f"The facts do not have the shape of a letter: {faults(error)}") from error


def kinds_of(job: Job) -> list[NoticeKind]:
    """What the message tells, the main thing first: as owed, or for followers the newest state."""
    ordered = job.notices if job.message.notice_class != NoticeClass.FOLLOWED else reversed(job.notices)
    return list(dict.fromkeys(NoticeKind(kind) for notice in ordered for kind in notice.kinds))


def compose(settings: NotifySettings, job: Job, letter: Letter, resolution: Resolution) -> Prepared:
    """Write the mail. Raises Unwritable when there is no address to write to, or a fact is missing."""
    if resolution.address is None:
        raise Unwritable("No address is known: somebody has to tell this person in another way.")
    message, followed = job.message, job.message.notice_class == NoticeClass.FOLLOWED
    page = f"{settings.public_url}/{resolution.language}/requests/{message.ref}" if message.ref else None
    head = Head(settings.city, resolution.language, message.notice_class, link=page if followed else resolution.link,
                stop=resolution.link if followed else None)
    try:
        written = write(kinds_of(job), letter, head)
    except (LookupError, ValueError) as error:
        logger.exception("message %s cannot be written", message.id)
        raise Unwritable(f"The letter lacks a fact: {error}") from error
    about_request = message.ref is not None and message.notice_class != NoticeClass.SECURITY
    mail = build(written, Envelope(
        sender=settings.sender, sender_name=settings.city, reply_to=settings.answers, recipient=resolution.address,
        language=resolution.language, message_id=message_id(message.id, settings.host),
        root_id=message_id(message.root_id, settings.host) if message.root_id else None,
        list_id=f"{message.ref.lower()}.requests.{settings.host}" if about_request else None,
        list_name=f"Request {message.ref}" if about_request else None, archive=page if about_request and job.is_public else None,
        one_click=resolution.link if followed else None, trace_id=job.delivery.trace_id))
    return Prepared(mail, mail["To"].addresses[0].addr_spec, resolution)


async def _asked(runtime: Runtime, service: str, notice: str) -> Letter:
    try:
        answer = await runtime.client.get(service, f"/notices/{notice}/letter")
    except Answered as error:
        if error.status in (404, 410):
            raise Unwritable(f"The {service} service no longer knows what it owes here.") from error
        raise NobodyAnswers from error
    except Unavailable as error:
        raise NobodyAnswers from error
    return Letter.model_validate(answer.json())
