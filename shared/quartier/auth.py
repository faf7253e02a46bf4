"""Who is asking, and whether they may: signed tokens of a minute, and one rule an action.

Accounts signs people; every other service signs only itself. A token's key id says which of the two it is, and a service's key
that claims to be a person is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from quartier import clock
from quartier.contracts.accounts import Audiences, Role
from quartier.contracts.notices import Purpose
from quartier.contracts.words import Language
from quartier.keys import ServiceKeys
from quartier.problems import Forbidden, Unauthenticated

TOKEN_LIFE = timedelta(seconds=60)
LEEWAY = timedelta(seconds=5)
TICKET_LIFE = timedelta(minutes=15)
REMEMBERED_TOKENS = 1000


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever stands behind a call: a visitor, a person, the bearer of a secret link, or a service."""

    subject: UUID | None = None
    roles: frozenset[Role] = frozenset({Role.VISITOR})
    purpose: Purpose | None = None
    scope: str | None = None
    service: str | None = None
    token: str | None = field(default=None, repr=False)

    def has(self, *roles: Role) -> bool:
        """Whether the actor has one of these roles."""
        return not self.roles.isdisjoint(roles)

    def may_act_for(self, person: UUID, scope: str, *purposes: Purpose) -> bool:
        """Whether this is the person herself, signed in or by a secret link for this one subject and purpose."""
        if self.purpose is None:
            return self.subject == person
        return self.subject == person and self.scope == scope and self.purpose in purposes


VISITOR = Actor()


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may begin an action. Anyone who matches one part is let in; finer conditions stand in the command."""

    roles: frozenset[Role] = frozenset()
    purposes: frozenset[Purpose] = frozenset()

    def __init__(self, roles: Iterable[Role] = (), purposes: Iterable[Purpose] = ()) -> None:
        object.__setattr__(self, "roles", frozenset(roles))
        object.__setattr__(self, "purposes", frozenset(purposes))

    def admits(self, actor: Actor) -> bool:
        """A secret link opens its own purpose alone, whatever roles its bearer has."""
        return actor.purpose in self.purposes if actor.purpose else actor.has(*self.roles)


class Policies(dict[str, Rule]):
    """The actions of one service and who may begin each."""

    def check(self, action: str, actor: Actor) -> None:
        """Raise Unauthenticated for a visitor, Forbidden for anybody else whom the rule does not admit."""
        if self[action].admits(actor):
            return
        if actor == VISITOR:
            raise Unauthenticated("Sign in, or use the link in your mail.")
        raise Forbidden("Your role does not include this.")


def allow(action: str) -> dict[str, Any]:
    """Arguments of a route that only some may use: `@router.post("/…", **allow("request.transition"))`."""
    return {"openapi_extra": {"x-action": action}}


def public(why: str, *, counted: bool = True) -> dict[str, Any]:
    """Arguments of a route that everybody may use, with the reason. A POST is an open act, so many an hour, unless it is not counted."""
    return {"openapi_extra": {"x-public": why} | ({} if counted else {"x-uncounted": True})}


class Signer:
    """Makes the tokens of one service."""

    def __init__(self, keys: ServiceKeys) -> None:
        self._keys = keys
        self._own, self._renew_at = "", 0.0

    def sign(self, subject: str, *, audience: str = Audiences.SERVICES, life: timedelta = TOKEN_LIFE, **claims: Any) -> str:
        """A JSON Web Token (EdDSA) about that subject, valid for its life from now on."""
        issued = clock.wall()
        return jwt.encode({"sub": subject, "aud": audience, "iat": issued, "exp": issued + life, **claims},
                          self._keys.private, algorithm="EdDSA", headers={"kid": self._keys.kid})

    def as_service(self) -> str:
        """A token by which this service speaks for itself; the same one for half its life, since a signature takes its time."""
        if clock.monotonic() >= self._renew_at:
            self._own = self.sign(self._keys.kid, roles=[Role.SERVICE])
            self._renew_at = clock.monotonic() + TOKEN_LIFE.total_seconds() / 2
        return self._own


class Verifier:
    """Reads tokens by the public keys of the installation."""

    def __init__(self, keys: ServiceKeys) -> None:
        self._keys = keys.public
        self._checked: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}

    def claims(self, token: str, audience: str = Audiences.SERVICES) -> tuple[str, dict[str, Any]]:
        """The key id and the claims of a token of ours. Raises Unauthenticated with the reason otherwise.

        A signature is checked once: a token comes with each call of its minute, and checking takes longer than most answers.
        """
        known = self._checked.get((token, audience))
        if known is None or clock.wall() >= datetime.fromtimestamp(known[1]["exp"], UTC):
            known = self._check(token, audience)
            if len(self._checked) >= REMEMBERED_TOKENS:
                del self._checked[next(iter(self._checked))]
            self._checked[token, audience] = known
        return known

    def _check(self, token: str, audience: str) -> tuple[str, dict[str, Any]]:
        try:
            kid = jwt.get_unverified_header(token).get("kid", "")
            key = self._keys.get(kid)
            if key is None:
                raise Unauthenticated("This token is signed by nobody whom this city knows.")
            return kid, jwt.decode(token, key, algorithms=["EdDSA"], audience=audience, leeway=LEEWAY,
                                   options={"require": ["sub", "aud", "exp", "iat"]})
        except jwt.PyJWTError as error:
            raise Unauthenticated(f"This token cannot be used: {error}.") from error

    def actor(self, token: str) -> Actor:
        """Who a bearer token names."""
        if token.startswith("qt_"):
            raise Unauthenticated("This is an API token: exchange it at POST /api/accounts/v1/tokens for a short-lived one.")
        kid, claims = self.claims(token)
        if kid.startswith("service:"):
            if claims["sub"] != kid:
                raise Unauthenticated("A service may speak only for itself.")
            return Actor(roles=frozenset({Role.SERVICE}), service=kid.removeprefix("service:"), token=token)
        purpose = claims.get("purpose")
        return Actor(subject=UUID(claims["sub"]), roles=frozenset(Role(role) for role in claims.get("roles", ())),
                     purpose=Purpose(purpose) if purpose else None, scope=claims.get("scope"), token=token)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A person who gave her address to accounts and may do one thing elsewhere, without anybody else learning it."""

    person_id: UUID
    language: Language


def contact_ticket(signer: Signer, person: UUID, language: Language) -> str:
    """The ticket that accounts hands to whoever typed an address; good for a quarter of an hour."""
    return signer.sign(str(person), audience=Audiences.CONTACT, life=TICKET_LIFE, lang=language)


def open_ticket(verifier: Verifier, ticket: str) -> Ticket:
    """Whom a contact ticket names. Raises Unauthenticated when it is not one of accounts' or has run out."""
    kid, claims = verifier.claims(ticket, Audiences.CONTACT)
    if kid != "accounts":
        raise Unauthenticated("Contact tickets come from accounts alone.")
    return Ticket(UUID(claims["sub"]), Language(claims["lang"]))
