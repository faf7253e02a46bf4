"""One attempt to sign in: who asked, from which browser, and what became of it."""

import hmac
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from quartier import clock, ids
from quartier.contracts.words import Language
from quartier.database import Entity, Utc
from quartier_accounts.problems import CodeNeeded, CodeSpent, LinkExpired, LinkUsed
from quartier_accounts.vault import Vault, fingerprint

LIFE = timedelta(minutes=30)
MAX_TRIES = 5
MAILS_AN_HOUR = 5
_LIKE_DIGITS = str.maketrans("OIL", "011")


class SignIn(Entity, table=True):
    """An attempt. It is stored in the same way whether or not anybody has the address; a handler looks that up later."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("sign_in_of_address", "address_digest", "asked_at"),)

    address_digest: bytes
    language: str = Field(max_length=2)
    browser_digest: bytes
    code_digest: bytes
    tries: int = 0
    asked_at: Utc = Field(default_factory=clock.wall)
    expires_at: Utc = Field(default_factory=lambda: clock.wall() + LIFE, index=True)
    person_id: UUID | None = None
    notice_id: UUID | None = Field(default=None, unique=True)
    used_at: Utc | None = None

    def bind(self, vault: Vault, browser_secret: str, code: str) -> None:
        """Tie the attempt to the browser that asks, which alone is shown the code."""
        self.browser_digest = fingerprint(browser_secret)
        self.code_digest = self._digest(vault, code)

    def owe_a_link(self, person_id: UUID) -> UUID:
        """Whose attempt this turned out to be, and the id of the notice that brings her the link."""
        self.person_id, self.notice_id = person_id, ids.new_id()
        return self.notice_id

    def needs_code(self, browser_secret: str | None) -> bool:
        """Whether this is another browser than the one that asked."""
        return browser_secret is None or not hmac.compare_digest(fingerprint(browser_secret), self.browser_digest)

    def is_code(self, vault: Vault, typed: str) -> bool:
        """Whether this is the code, forgiving what people mistake in reading: small letters, gaps, O for 0."""
        return hmac.compare_digest(self._digest(vault, typed), self.code_digest)

    def refuse_if_over(self) -> None:
        """Raise the problem of an attempt that was used, guessed at too often, or left too long."""
        if self.used_at is not None:
            raise LinkUsed("You are signed in already, or ask for a new link.")
        if self.tries >= MAX_TRIES:
            raise CodeSpent()
        if self.expires_at <= clock.wall():
            raise LinkExpired("Ask for a new link; it is good for ten minutes.")

    def refuse_without_code(self, code: str | None) -> None:
        """Raise CodeNeeded when the other browser has not typed one; that costs no try."""
        if not code:
            raise CodeNeeded("The browser in which you asked for the link shows a code of eight characters.")

    def _digest(self, vault: Vault, code: str) -> bytes:
        plain = "".join(letter for letter in code.upper().translate(_LIKE_DIGITS) if letter.isalnum())
        return vault.digest("code", f"{self.id} {plain}")


def attempt(vault: Vault, address_digest: bytes, language: Language) -> tuple[SignIn, str, str]:
    """A new attempt, with the two things that are told to the asking browser alone: its secret, and the code."""
    browser_secret, code = ids.secret(), ids.short_code()
    made = SignIn(address_digest=address_digest, language=language.value, browser_digest=b"", code_digest=b"")
    made.bind(vault, browser_secret, code)
    return made, browser_secret, code
