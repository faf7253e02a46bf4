"""A secret link: 256 bits in a mail, their digest here, one purpose, one subject, one end."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Field, SQLModel

from quartier import clock, ids
from quartier.contracts.notices import Purpose
from quartier.database import Utc
from quartier_accounts.problems import LinkExpired
from quartier_accounts.vault import fingerprint

LIVES = {
    Purpose.CONFIRM: timedelta(hours=72),
    Purpose.SIGN_IN: timedelta(minutes=10),
    Purpose.STATUS: timedelta(days=400),
    Purpose.UNSUBSCRIBE: timedelta(days=400),
}


class Link(SQLModel, table=True):
    """What a link opens, for whom, and until when. Links serve many times, but for signing in: there the attempt is spent."""

    __tablename__ = "link"

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    digest: bytes = Field(unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    purpose: str = Field(max_length=20)
    subject: str = Field(max_length=100)
    created_at: Utc = Field(default_factory=clock.wall)
    expires_at: Utc = Field(index=True)

    def refuse_if_expired(self) -> None:
        """Raise LinkExpired after the link's time."""
        if self.expires_at <= clock.wall():
            raise LinkExpired("Ask for a new one; the page says how.")


def mint(person_id: UUID, purpose: Purpose, subject: str) -> tuple[Link, str]:
    """A new link, and the token that goes into the mail and is kept nowhere."""
    token = ids.secret()
    return Link(digest=fingerprint(token), person_id=person_id, purpose=purpose.value, subject=subject,
                expires_at=clock.wall() + LIVES[purpose]), token
