"""The shapes of being signed in."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from quartier.contracts.accounts import Role
from quartier.contracts.words import Language
from quartier.web import Body, Out


class SessionIn(Body):
    """What the browser holds."""

    session: str = Field(max_length=200)


class SignedInPerson(Out):
    """Who is signed in."""

    id: UUID
    roles: list[Role]
    language: Language
    address_hint: str | None = Field(description="Enough of her address for herself to recognise.")


class SessionTokenOut(Out):
    """A token of a minute for the calls of one page."""

    token: str
    expires_at: datetime
    person: SignedInPerson
