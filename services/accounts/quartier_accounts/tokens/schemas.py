"""The shapes of API tokens."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from quartier.contracts.accounts import Role
from quartier.contracts.words import readable
from quartier.web import Body, Out
from quartier_accounts.tokens.model import MAX_DAYS


class ApiTokenIn(Body):
    """A token for a program of one's own."""

    name: Annotated[str, AfterValidator(readable)] = Field(min_length=1, max_length=100, description="What it is for.",
                                                           examples=["Register on our wiki"])
    roles: list[Role] = Field(min_length=1, max_length=7, description="Some of the roles that you have yourself.")
    days: int = Field(ge=1, le=MAX_DAYS, description="After how many days it runs out.")


class ApiTokenOut(Out):
    """A token as its owner sees it afterwards: never its text."""

    id: UUID
    name: str
    prefix: str = Field(description="How its text begins.")
    roles: list[Role]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class NewApiTokenOut(ApiTokenOut):
    """The one answer that holds the token's text."""

    api_token: str = Field(description="Keep it now: it is shown once.")


class ApiTokensOut(Out):
    """One's own tokens, a page of them."""

    items: list[ApiTokenOut]
    next: str | None


class TokenIn(Body):
    """An API token to be exchanged."""

    api_token: str = Field(max_length=200, description="It begins with qt_.")


class TokenOut(Out):
    """A token of a minute, which every service takes."""

    token: str
    expires_at: datetime
