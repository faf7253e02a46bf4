"""API tokens: what scripts and front ends hold, and what stays of it here."""

import zlib
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlmodel import Field, SQLModel

from quartier import clock, ids
from quartier.contracts.accounts import Role
from quartier.database import Utc, json_field
from quartier_accounts.problems import ApiTokenRefused, RolesBeyondYours
from quartier_accounts.vault import fingerprint

MAX_DAYS = 365
SECRET_BYTES = 24
SHOWN = 16  # "qt_person_" and six letters: enough to tell one's own tokens apart.
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY_LETTERS, _CHECK_LETTERS = 33, 6  # 62**33 > 2**192, 62**6 > 2**32


class ApiToken(SQLModel, table=True):
    """A token that somebody made for a program: shown once, kept as a digest, good for a year at most."""

    __tablename__ = "api_token"

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    digest: bytes = Field(unique=True)
    prefix: str = Field(max_length=SHOWN)
    name: str = Field(max_length=100)
    roles: list[str] = json_field()
    created_at: Utc = Field(default_factory=clock.wall)
    expires_at: Utc
    last_used_at: Utc | None = None
    revoked_at: Utc | None = None

    def use(self) -> None:
        """Raise ApiTokenRefused when it has run out or was revoked."""
        at = clock.wall()
        if self.revoked_at is not None:
            raise ApiTokenRefused("It was revoked.")
        if self.expires_at <= at:
            raise ApiTokenRefused(f"It ran out on {self.expires_at:%Y-%m-%d}; make a new one.")
        self.last_used_at = at

    def revoke(self) -> None:
        """End it before its time; a second time changes nothing."""
        self.revoked_at = self.revoked_at or clock.wall()

    def roles_within(self, held: frozenset[Role]) -> frozenset[Role]:
        """What it may do now: never more than its owner may at this moment."""
        return frozenset(Role(role) for role in self.roles) & held


def refuse_roles_beyond(roles: Collection[Role], held: frozenset[Role]) -> None:
    """Raise RolesBeyondYours for a role that the maker of a token does not have."""
    beyond = sorted(set(roles) - held)
    if beyond:
        raise RolesBeyondYours(f"You do not have: {', '.join(beyond)}.")


def make(person_id: UUID, name: str, roles: Collection[Role], days: int) -> tuple[ApiToken, str]:
    """A new token, and its text, which is shown once."""
    body = f"qt_person_{_base62(int.from_bytes(ids.secret_bytes(SECRET_BYTES)), _BODY_LETTERS)}"
    text = f"{body}_{_check_of(body)}"
    return ApiToken(person_id=person_id, digest=fingerprint(text), prefix=text[:SHOWN], name=name, roles=sorted(roles),
                    expires_at=clock.wall() + timedelta(days=days)), text


def refuse_mistyped(text: str) -> None:
    """Raise ApiTokenRefused for what its own check sum gives away as cut or mistyped, without asking the database."""
    body, _, check = text.rpartition("_")
    if not body.startswith("qt_person_") or check != _check_of(body):
        raise ApiTokenRefused("It is not complete: copy all of it, from qt_ to the last letter.")


def _check_of(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECK_LETTERS)


def _base62(number: int, letters: int) -> str:
    digits = []
    for _ in range(letters):
        number, digit = divmod(number, 62)
        digits.append(_BASE62[digit])
    return "".join(reversed(digits))
