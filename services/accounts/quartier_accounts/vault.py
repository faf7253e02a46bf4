"""How addresses and secrets are kept: sealed where we must read them again, digested where we must only recognise them.

Both keys lie in the folder of keys, never in the database: whoever carries off the database has neither addresses nor secrets.
"""

import hashlib
import hmac
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from quartier import ids, keys
from quartier.keys import ServiceKeys
from quartier.settings import Settings

NONCE_BYTES = 12


class Vault:
    """The two keys of this service at work."""

    def __init__(self, held: ServiceKeys) -> None:
        self._cipher = AESGCM(held.secret("addresses"))
        self._digests = held.secret("digests")

    def seal(self, address: str, person_id: UUID) -> bytes:
        """AES-256-GCM, bound to the person: a sealed address moved to somebody else's row does not open."""
        nonce = ids.secret_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, address.encode(), person_id.bytes)

    def open(self, sealed: bytes, person_id: UUID) -> str:
        """The address again. Raises InvalidTag when a bit of it, or its owner, was changed."""
        return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], person_id.bytes).decode()

    def digest(self, kind: str, text: str) -> bytes:
        """A keyed digest (HMAC-SHA-256) of what could be guessed, like an address or a short code."""
        return hmac.digest(self._digests, f"{kind}\0{text}".encode(), "sha256")


def vault_of(settings: Settings) -> Vault:
    """The vault of an installation, opened once."""
    return _opened(keys.folder_of(settings).resolve())


def fingerprint(secret: str) -> bytes:
    """The plain SHA-256 of a secret of 256 bits, which nobody can guess: links, sessions, API tokens."""
    return hashlib.sha256(secret.encode()).digest()


@lru_cache(maxsize=64)
def _opened(folder: Path) -> Vault:
    return Vault(keys.load(Settings(keys=folder), "accounts"))
