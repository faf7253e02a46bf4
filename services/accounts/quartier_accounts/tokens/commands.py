"""Making, using and revoking API tokens."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import select

from quartier.auth import Actor
from quartier.contracts.accounts import STAFF, Role
from quartier.contracts.words import Language
from quartier.problems import NotFound
from quartier.uow import UnitOfWork
from quartier_accounts.bearers import Bearer
from quartier_accounts.people.commands import grant_to
from quartier_accounts.people.model import Person
from quartier_accounts.people.queries import roles_of
from quartier_accounts.problems import ApiTokenRefused
from quartier_accounts.tokens.model import ApiToken, make, refuse_mistyped, refuse_roles_beyond
from quartier_accounts.vault import fingerprint


@dataclass(frozen=True, slots=True)
class Made:
    """A new token with its text, which is shown once and never again."""

    token: ApiToken
    text: str


async def make_own(uow: UnitOfWork, actor: Actor, name: str, roles: Collection[Role], days: int) -> Made:
    """A token for a program of one's own; it may do a part of what its maker may in this very call.

    A subject whom no table knows was signed by whoever holds this service's key: that is the command line, which acts for nobody.
    """
    refuse_roles_beyond(roles, actor.roles)
    if actor.subject is None or await uow.session.get(Person, actor.subject) is None:
        return await create_api_token(uow, None, name, roles, days)
    token, text = make(actor.subject, name, roles, days)
    uow.session.add(token)
    return Made(token, text)


async def create_api_token(uow: UnitOfWork, person: Person | None, name: str, roles: Collection[Role], days: int) -> Made:
    """The same at the command line, whose user owns the installation: the roles are granted along with the token.

    Without a person the token stands for somebody new who has no address, so that four eyes are still four.
    """
    if person is None:
        person = Person(language=Language.EN.value)
        uow.session.add(person)
        await uow.session.flush()
    refuse_roles_beyond(roles, STAFF | {Role.RESIDENT})
    for role in STAFF.intersection(roles):
        await grant_to(uow, person.id, role)
    token, text = make(person.id, name, roles, days)
    uow.session.add(token)
    return Made(token, text)


async def use(uow: UnitOfWork, text: str) -> Bearer:
    """Who an API token stands for, and what it may do at this moment. Raises ApiTokenRefused."""
    refuse_mistyped(text)
    token = (await uow.session.exec(select(ApiToken).where(ApiToken.digest == fingerprint(text)))).one_or_none()
    if token is None:
        raise ApiTokenRefused("It is none of ours.")
    token.use()
    return Bearer(token.person_id, token.roles_within(await roles_of(uow.session, token.person_id)))


async def revoke(uow: UnitOfWork, actor: Actor, token_id: UUID) -> None:
    """End a token of one's own. Raises NotFound for anybody else's: that it exists is nobody's business."""
    token = await uow.get(ApiToken, token_id)
    if token.person_id != actor.subject:
        raise NotFound()
    token.revoke()
