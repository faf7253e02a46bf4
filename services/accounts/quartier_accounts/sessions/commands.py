"""Beginning, using and ending sessions."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import select

from quartier.contracts.words import Language
from quartier.problems import Conflict
from quartier.uow import UnitOfWork
from quartier_accounts.bearers import Bearer
from quartier_accounts.people.queries import hint_of, is_staff, reached_at, roles_of
from quartier_accounts.problems import SessionEnded
from quartier_accounts.sessions.model import RESIDENT, STAFF, Session, begin
from quartier_accounts.vault import fingerprint


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who sits before a browser, as far as the portal has to know."""

    bearer: Bearer
    language: Language
    address_hint: str | None


async def start(uow: UnitOfWork, person_id: UUID) -> tuple[Session, str]:
    """Sign somebody in: her session, and the secret for her browser."""
    session, secret = begin(person_id)
    uow.session.add(session)
    return session, secret


async def use(uow: UnitOfWork, secret: str) -> SignedIn:
    """Who a browser's secret stands for. Raises SessionEnded for one that ended, ran out or never was."""
    session = (await uow.session.exec(select(Session).where(Session.digest == fingerprint(secret)))).one_or_none()
    if session is None:
        raise SessionEnded("Please sign in.")
    roles = await roles_of(uow.session, session.person_id)
    session.use(STAFF if is_staff(roles) else RESIDENT)
    person, identifier = (await reached_at(uow.session, [session.person_id]))[session.person_id]
    return SignedIn(Bearer(person.id, roles, session_id=session.id), Language(person.language),
                    hint_of(uow.settings, identifier))


async def end(uow: UnitOfWork, session_id: UUID | None) -> None:
    """Sign out. Raises Conflict for a token that no session made, like one of an API token."""
    if session_id is None:
        raise Conflict("This token was not made by a session, so there is nothing to sign out of.")
    (await uow.get(Session, session_id)).end()
