"""The shapes of contacts and grants."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field

from quartier.contracts.accounts import Role
from quartier.contracts.words import Language
from quartier.web import Body, Out
from quartier_accounts.addresses import one_address

Address = Annotated[str, Field(max_length=2000, examples=["ada@example.org"]), AfterValidator(one_address)]


class ContactIn(Body):
    """Where somebody wants to be written to about one thing that she is about to do."""

    address: Address = Field(description="Her e-mail address.")
    language: Language = Field(description="The language of the page on which she gives it; our mails are in it.")


class ContactOut(Out):
    """A ticket that stands for the address wherever it is needed next."""

    contact_ticket: str
    expires_at: datetime


class GrantIn(Body):
    """A role for whoever has that address."""

    address: Address
    role: Role = Field(description="officer, approver, editor or operator")
    expires_at: AwareDatetime | None = Field(None, description="When it ends of itself.")


class GrantOut(Out):
    """A role that somebody has; operators see no address in full."""

    id: UUID
    person_id: UUID
    role: Role
    address_hint: str | None
    granted_by: UUID | None = Field(description="Null where it was granted at the command line.")
    created_at: datetime
    expires_at: datetime | None


class GrantsOut(Out):
    """The grants that run, a page of them."""

    items: list[GrantOut]
    next: str | None
