"""A session: an opaque secret that one browser holds, and the two lives after which it is worth nothing."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Field, SQLModel

from quartier import clock, ids
from quartier.database import Utc
from quartier_accounts.problems import SessionEnded
from quartier_accounts.vault import fingerprint

# Noting each page view would be a write for each; a minute's accuracy is enough for lives of an hour and more.
NOTE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lives:
    """How long a session may lie unused, and how long it lasts at most."""

    idle: timedelta
    at_most: timedelta


RESIDENT = Lives(timedelta(days=7), timedelta(days=30))
STAFF = Lives(timedelta(hours=1), timedelta(hours=12))


class Session(SQLModel, table=True):
    """One browser in which somebody is signed in."""

    __tablename__ = "session"

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    digest: bytes = Field(unique=True)
    created_at: Utc = Field(default_factory=clock.wall)
    used_at: Utc = Field(default_factory=clock.wall, index=True)
    ended_at: Utc | None = None

    def use(self, lives: Lives) -> None:
        """Raise SessionEnded when it is over. The lives are those of the roles that the person has now, not had at sign-in."""
        at = clock.wall()
        if self.ended_at is not None:
            raise SessionEnded("You have signed out.")
        if at >= self.used_at + lives.idle or at >= self.created_at + lives.at_most:
            raise SessionEnded("You were away for long; please sign in again.")
        if at - self.used_at >= NOTE_EVERY:
            self.used_at = at

    def end(self) -> None:
        """Sign out. The secret opens nothing from now on; a token made of it before runs out within a minute."""
        self.ended_at = self.ended_at or clock.wall()


def begin(person_id: UUID) -> tuple[Session, str]:
    """A new session, and the secret for the browser, which is not kept."""
    secret = ids.secret()
    return Session(person_id=person_id, digest=fingerprint(secret)), secret
