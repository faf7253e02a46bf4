"""Where identifiers and chance come from, so that nothing else in the house draws its own."""

import random
import secrets
import time
from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, 5.7): sorts by the millisecond it was made in. Never a secret."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62
    return UUID(int=value | secrets.randbits(62))


def secret() -> str:
    """256 bits that nobody can guess, safe in an address: secret links, sessions."""
    return secrets.token_urlsafe(32)


def short_code(length: int = 8) -> str:
    """A code that a person reads from one screen and types into another; no letter that looks like a digit."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def jitter(seconds: float, share: float = 0.2) -> float:
    """The same wait, up to `share` shorter or longer, so that many who wait do not return at once."""
    return seconds * random.uniform(1 - share, 1 + share)


def opaque_id() -> UUID:
    """A UUIDv4 (RFC 9562, 5.4), for people: it must not tell when somebody first wrote to the city."""
    return UUID(bytes=secrets.token_bytes(16), version=4)


def secret_bytes(length: int) -> bytes:
    """Bytes that nobody can guess: nonces of ciphers, the body of an API token."""
    return secrets.token_bytes(length)
