"""Minting links for the mails that notify writes, and turning an opened link into a token."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from quartier.contracts.notices import Purpose, Resolution, ResolutionIn
from quartier.contracts.words import Language
from quartier.problems import Problem
from quartier.uow import UnitOfWork
from quartier_accounts.bearers import Bearer
from quartier_accounts.links.model import mint
from quartier_accounts.links.queries import Found, find_link, sign_in_of
from quartier_accounts.people.model import Identifier, Person
from quartier_accounts.people.queries import reached_at, roles_of
from quartier_accounts.sessions import commands as sessions
from quartier_accounts.sign_ins import commands as sign_ins
from quartier_accounts.vault import vault_of


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of an opened link: a token to be signed and, after signing in, the secret of a session."""

    bearer: Bearer
    language: Language
    session: str | None = None


async def resolve(uow: UnitOfWork, wanted: Sequence[ResolutionIn]) -> list[Resolution]:
    """Where each person is written to, in which language, and the link for this mail.

    Each call mints links of its own: a delivery that is tried again carries another one, and the first stays good until its end.
    A person whom we do not know, or whose address was taken back, is in the list without an address.
    """
    known = await reached_at(uow.session, {entry.person_id for entry in wanted})
    return [await _resolve_one(uow, entry, known.get(entry.person_id)) for entry in wanted]


async def _resolve_one(uow: UnitOfWork, wanted: ResolutionIn, known: tuple[Person, Identifier | None] | None) -> Resolution:
    person, identifier = known or (None, None)
    language = Language(person.language) if person else Language.EN
    if person is None or identifier is None:
        return Resolution(person_id=wanted.person_id, address=None, language=language, link=None)
    may_mint = wanted.purpose is not Purpose.NONE
    if wanted.purpose is Purpose.SIGN_IN:
        sign_in = await sign_in_of(uow.session, wanted.subject)
        may_mint = sign_in is not None and sign_in.person_id == person.id
        language = Language(sign_in.language) if may_mint else language
    address = vault_of(uow.settings).open(identifier.sealed, person.id)
    link = _mint(uow, person.id, wanted, language) if may_mint else None
    return Resolution(person_id=person.id, address=address, language=language, link=link)


def _mint(uow: UnitOfWork, person_id: UUID, wanted: ResolutionIn, language: Language) -> str:
    link, token = mint(person_id, wanted.purpose, wanted.subject)
    uow.session.add(link)
    return f"{uow.settings.public_url}/{language}/l/{token}"


async def exchange(uow: UnitOfWork, token: str, browser_secret: str | None, code: str | None) -> Opened | Problem:
    """Act on a link: only here does anything change, never when it is looked at.

    A wrong code comes back as a value, so that its count is committed; every other refusal is raised.
    """
    found = await find_link(uow.session, token)
    found.refuse_if_over()
    if found.sign_in is not None:
        with found.explained():
            wrong = await sign_ins.use(uow, found.sign_in, browser_secret, code)
        if wrong is not None:
            return wrong
    person, identifier = (await reached_at(uow.session, [found.link.person_id]))[found.link.person_id]
    if identifier is not None:
        identifier.verify()
    return await _opened(uow, found, person)


async def _opened(uow: UnitOfWork, found: Found, person: Person) -> Opened:
    if found.sign_in is None:
        return Opened(Bearer(person.id, purpose=found.purpose, scope=found.subject), found.language)
    person.read_in(found.language)
    session, secret = await sessions.start(uow, person.id)
    return Opened(Bearer(person.id, await roles_of(uow.session, person.id), session_id=session.id), found.language, secret)
