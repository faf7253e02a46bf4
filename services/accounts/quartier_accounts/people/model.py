"""People, where they are reached, and what they may do."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from quartier import clock, ids
from quartier.contracts.accounts import STAFF, Role
from quartier.contracts.words import Language
from quartier.database import Utc
from quartier_accounts.problems import RoleNotGrantable, TooManyContacts

CONTACTS_AN_HOUR = 20
HOUR = timedelta(hours=1)


class Person(SQLModel, table=True):
    """Somebody whom the city writes to. The id is opaque and tells nothing, not even since when we know her."""

    __tablename__ = "person"

    id: UUID = Field(default_factory=ids.opaque_id, primary_key=True)
    language: str = Field(max_length=2)
    created_at: Utc = Field(default_factory=clock.wall)

    def read_in(self, language: Language) -> None:
        """She last wrote to us in this language, so our next mail is in it."""
        self.language = language.value


class Identifier(SQLModel, table=True):
    """An e-mail address: sealed for writing to it, digested for finding it."""

    __tablename__ = "identifier"

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    digest: bytes = Field(unique=True)
    sealed: bytes
    created_at: Utc = Field(default_factory=clock.wall)
    verified_at: Utc | None = None

    def verify(self) -> None:
        """A link that was mailed there came back: the mailbox is read by whoever gave it."""
        self.verified_at = self.verified_at or clock.wall()


class Contact(SQLModel, table=True):
    """One time that somebody gave an address, so that nobody can have a stranger's mailbox flooded through our forms."""

    __tablename__ = "contact"
    __table_args__ = (Index("contact_of_person", "person_id", "given_at"),)

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    given_at: Utc = Field(default_factory=clock.wall, index=True)


def refuse_a_flood(given_within_the_hour: int) -> None:
    """Raise TooManyContacts when an address was given too often; this says nothing about whether we knew it before."""
    if given_within_the_hour >= CONTACTS_AN_HOUR:
        raise TooManyContacts(headers={"Retry-After": str(int(HOUR.total_seconds()))})


class RoleGrant(SQLModel, table=True):
    """A role that somebody was given, by whom, and until when. It is ended, never deleted: who could do what stays known."""

    __tablename__ = "role_grant"
    __table_args__ = (Index("one_running_grant", "person_id", "role", unique=True,
                            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),)

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    role: str = Field(max_length=20)
    granted_by: UUID | None = Field(default=None, description="Nobody, where it was granted at the command line.")
    created_at: Utc = Field(default_factory=clock.wall)
    expires_at: Utc | None = None
    ended_at: Utc | None = None
    ended_by: UUID | None = None

    def end(self, by: UUID | None) -> None:
        """Take the role back, from the next token on. Ending it again changes nothing."""
        if self.ended_at is None:
            self.ended_at, self.ended_by = clock.wall(), by


def refuse_what_nobody_grants(role: Role) -> None:
    """Raise RoleNotGrantable for roles that come of themselves: visitors, residents, services."""
    if role not in STAFF:
        raise RoleNotGrantable(f"The role {role} cannot be granted; officer, approver, editor and operator can.")
