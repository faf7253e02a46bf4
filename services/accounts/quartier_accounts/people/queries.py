"""Finding people, their addresses and their roles."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from quartier import clock
from quartier.contracts.accounts import STAFF, Role
from quartier.settings import Settings
from quartier_accounts.addresses import parse_address
from quartier_accounts.people.model import HOUR, Contact, Identifier, Person, RoleGrant
from quartier_accounts.vault import vault_of


async def identifier_of(session: AsyncSession, digest: bytes) -> Identifier | None:
    """The address with that digest, locked until the end of the transaction: those who count by it take turns."""
    return (await session.exec(select(Identifier).where(Identifier.digest == digest).with_for_update())).one_or_none()


async def reached_at(session: AsyncSession, people: Collection[UUID]) -> dict[UUID, tuple[Person, Identifier | None]]:
    """Each of these people whom we know, with her address if she has one."""
    rows = await session.exec(select(Person, Identifier).outerjoin(Identifier, col(Identifier.person_id) == Person.id)
                              .where(col(Person.id).in_(people)))
    return {person.id: (person, identifier) for person, identifier in rows}


async def contacts_within_the_hour(session: AsyncSession, person_id: UUID) -> int:
    """How often her address was given lately."""
    return (await session.exec(select(func.count()).select_from(Contact).where(
        Contact.person_id == person_id, Contact.given_at > clock.wall() - HOUR))).one()


async def roles_of(session: AsyncSession, person_id: UUID) -> frozenset[Role]:
    """What she may do now: everybody is a resident, and staff besides by the grants that run."""
    granted = await session.exec(running_grants().where(RoleGrant.person_id == person_id))
    return frozenset({Role.RESIDENT, *(Role(given.role) for given in granted)})


def running_grants() -> SelectOfScalar[RoleGrant]:
    """The grants that neither were ended nor have run out."""
    return select(RoleGrant).where(col(RoleGrant.ended_at).is_(None), or_(
        col(RoleGrant.expires_at).is_(None), col(RoleGrant.expires_at) > clock.wall()))


def is_staff(roles: frozenset[Role]) -> bool:
    """Whether these roles open anything that is not the person's own."""
    return not STAFF.isdisjoint(roles)


def hint_of(settings: Settings, identifier: Identifier | None) -> str | None:
    """Enough of an address for its owner to recognise; None where there is none."""
    if identifier is None:
        return None
    return parse_address(vault_of(settings).open(identifier.sealed, identifier.person_id)).hint
