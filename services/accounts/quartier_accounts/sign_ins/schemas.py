"""The shapes of asking to sign in."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from quartier.contracts.words import Language
from quartier.web import Body, Out
from quartier_accounts.people.schemas import Address


class SignInIn(Body):
    """Who wants to sign in."""

    address: Address = Field(description="Her e-mail address.")
    language: Language = Field(description="The language of the page on which she asks; the mail is in it.")


class SignInOut(Out):
    """What the asking browser keeps: a secret by which it is known again, and a code to type in another one."""

    sign_in_id: UUID
    browser_secret: str
    code: str = Field(description="Shown on the page. A browser that opens the link without the secret has to type it.")
    expires_at: datetime
