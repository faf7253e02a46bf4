"""Getting to know people, and giving them roles."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from quartier.contracts.accounts import Role
from quartier.contracts.words import Language
from quartier.problems import FieldError
from quartier.uow import UnitOfWork
from quartier_accounts.addresses import EmailAddress, parse_address
from quartier_accounts.people import queries
from quartier_accounts.people.model import (
    Contact,
    Identifier,
    Person,
    RoleGrant,
    refuse_a_flood,
    refuse_what_nobody_grants,
)
from quartier_accounts.problems import BadAddress
from quartier_accounts.vault import vault_of


def read_address(text: str) -> EmailAddress:
    """The address in a field, or the problem that says what is wrong with it."""
    try:
        return parse_address(text)
    except ValueError as error:
        raise BadAddress(str(error), errors=[FieldError("/address", str(error))]) from error


async def ensure_person(uow: UnitOfWork, address: str, language: Language | None = None) -> Person:
    """The person with that address, made when nobody has it; fifty at once make one.

    A language given becomes hers: she reads what the form that she filled in last was written in.
    """
    mailbox = read_address(address)
    vault = vault_of(uow.settings)
    digest = vault.digest("address", mailbox.lookup)
    known = await queries.identifier_of(uow.session, digest)
    if known is None:
        person = Person(language=(language or Language.EN).value)
        try:
            async with uow.session.begin_nested():
                uow.session.add(person)
                await uow.session.flush()
                uow.session.add(Identifier(person_id=person.id, digest=digest, sealed=vault.seal(mailbox.text, person.id)))
            return person
        except IntegrityError:  # Somebody else has just made her, and has committed.
            known = await queries.identifier_of(uow.session, digest)
    person = await uow.get(Person, known.person_id)
    if language is not None and person.language != language:
        person.read_in(language)
    return person


async def give_contact(uow: UnitOfWork, address: str, language: Language) -> Person:
    """Note that somebody gave an address, and say whose it is. Raises TooManyContacts for one that is given again and again."""
    person = await ensure_person(uow, address, language)
    refuse_a_flood(await queries.contacts_within_the_hour(uow.session, person.id))
    uow.session.add(Contact(person_id=person.id))
    return person


async def grant(uow: UnitOfWork, address: str, role: Role, *, granted_by: UUID | None = None,
                expires_at: datetime | None = None) -> RoleGrant:
    """Give a role to whoever has that address. What runs already is left as it is, but for its end."""
    refuse_what_nobody_grants(role)
    person = await ensure_person(uow, address)
    return await grant_to(uow, person.id, role, granted_by=granted_by, expires_at=expires_at)


async def grant_to(uow: UnitOfWork, person_id: UUID, role: Role, *, granted_by: UUID | None = None,
                   expires_at: datetime | None = None) -> RoleGrant:
    """The same for a person whom we know; two at once make one grant."""
    given = RoleGrant(person_id=person_id, role=role.value, granted_by=granted_by, expires_at=expires_at)
    try:
        async with uow.session.begin_nested():
            uow.session.add(given)
        return given
    except IntegrityError:
        running = (await uow.session.exec(select(RoleGrant).where(
            RoleGrant.person_id == person_id, RoleGrant.role == role.value, col(RoleGrant.ended_at).is_(None)))).one()
        running.expires_at, running.granted_by = expires_at, granted_by
        return running


async def end_grant(uow: UnitOfWork, grant_id: UUID, by: UUID | None) -> None:
    """Take a role back."""
    (await uow.get(RoleGrant, grant_id)).end(by)
