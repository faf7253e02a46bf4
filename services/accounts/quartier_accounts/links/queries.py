"""What a secret link is for, before anybody acts on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.contracts.notices import Letter, Purpose
from quartier.contracts.words import Language
from quartier.problems import NotFound, Problem
from quartier_accounts.links.model import Link
from quartier_accounts.people.model import Person
from quartier_accounts.sign_ins.model import SignIn
from quartier_accounts.vault import fingerprint

NOWHERE = "This link leads nowhere. Perhaps the mail program cut it; copy it whole."


@dataclass(frozen=True, slots=True)
class Found:
    """A link that leads somewhere, with the attempt that it belongs to when it signs in."""

    link: Link
    purpose: Purpose
    subject: str
    language: Language
    sign_in: SignIn | None
    expires_at: datetime

    def needs_code(self, browser_secret: str | None) -> bool | None:
        """Whether this browser will have to type the code; unknown while it does not show what it kept."""
        if self.sign_in is None:
            return False
        return None if browser_secret is None else self.sign_in.needs_code(browser_secret)

    def refuse_if_over(self) -> None:
        """Raise why the link serves no more."""
        with self.explained():
            if self.sign_in is not None:
                self.sign_in.refuse_if_over()
            self.link.refuse_if_expired()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Let a refusal say what the link was for, so that the page can offer a new one."""
        try:
            yield
        except Problem as problem:
            problem.extensions |= {"purpose": self.purpose, "subject": self.subject, "language": self.language}
            raise


async def find_link(session: AsyncSession, token: str) -> Found:
    """The link with that token. Raises NotFound when one byte of it is wrong, and for one that was cleared away long after its end."""
    link = (await session.exec(select(Link).where(Link.digest == fingerprint(token)))).one_or_none()
    if link is None:
        raise NotFound(NOWHERE)
    person = (await session.exec(select(Person).where(Person.id == link.person_id))).one()
    purpose, sign_in, language = Purpose(link.purpose), None, person.language
    if purpose is Purpose.SIGN_IN:
        sign_in = await sign_in_of(session, link.subject)
        if sign_in is None:
            raise NotFound(NOWHERE)
        language = sign_in.language
    expires_at = min(link.expires_at, sign_in.expires_at) if sign_in else link.expires_at
    return Found(link, purpose, link.subject, Language(language), sign_in, expires_at)


async def sign_in_of(session: AsyncSession, subject: str) -> SignIn | None:
    """The attempt that a subject names, if it names one."""
    kind, _, id = subject.partition("/")
    try:
        wanted = SignIn.id == UUID(id)
    except ValueError:
        return None
    return (await session.exec(select(SignIn).where(wanted))).one_or_none() if kind == "sign-in" else None


async def letter_of(session: AsyncSession, notice_id: UUID) -> Letter:
    """The facts of a sign-in mail: none but the link, which comes with the address. Raises NotFound for a notice that is not ours."""
    if (await session.exec(select(SignIn.id).where(SignIn.notice_id == notice_id))).one_or_none() is None:
        raise NotFound("Accounts owes no such notice.")
    return Letter()
