"""What a token of a minute says about its bearer. Only accounts signs such tokens; the other services read them by our public key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from quartier import clock
from quartier.auth import TOKEN_LIFE, Signer
from quartier.contracts.accounts import Role
from quartier.contracts.notices import Purpose


@dataclass(frozen=True, slots=True)
class Bearer:
    """A person, and how far her token reaches: by her roles, or by one secret link for one subject."""

    person_id: UUID
    roles: frozenset[Role] = frozenset()
    purpose: Purpose | None = None
    scope: str | None = None
    session_id: UUID | None = None

    def sign(self, signer: Signer) -> tuple[str, datetime]:
        """The token and its end. A secret link carries no roles, whoever holds it: an officer's own request is a citizen's."""
        claims: dict[str, Any] = {"roles": sorted(self.roles)}
        if self.purpose is not None:
            claims |= {"purpose": self.purpose, "scope": self.scope}
        if self.session_id is not None:
            claims["sid"] = str(self.session_id)
        return signer.sign(str(self.person_id), **claims), clock.wall() + TOKEN_LIFE
