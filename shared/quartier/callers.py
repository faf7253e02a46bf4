"""Who calls over HTTP: one of our own services, for somebody, or a stranger, whose word on either is not taken.

Our client sends its service's token with each call, and beside it the trace that goes on and the place of whoever the call is for.
Without that token both headers count for nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from quartier.auth import Verifier
from quartier.problems import Unauthenticated

PROOF, TRACE, PLACE = "quartier-caller", "quartier-traceparent", "quartier-place"

_place: ContextVar[str | None] = ContextVar("place", default=None)


@dataclass(frozen=True, slots=True)
class Caller:
    """The trace that a call continues, if it comes from our house, and the place for which it is made."""

    trace: str | None
    place: str | None


def caller_of(headers: dict[bytes, bytes], peer: str | None, verifier: Verifier) -> Caller:
    """What to believe of a call with these headers that came from that network address."""
    trace, place = (_text(headers, name) for name in (TRACE, PLACE))
    if (trace or place) and _is_ours(_text(headers, PROOF), verifier):
        return Caller(trace, place)
    return Caller(None, place_of(peer))


def place_of(address: str | None) -> str | None:
    """The network that one household or office has: what is counted instead of people, who can change their address within it.

    None for this machine itself, whose users need no web page to keep the city busy.
    """
    if address is None:
        return None
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    return None if found.is_loopback else str(ip_network(f"{found}/{24 if found.version == 4 else 64}", strict=False))


@contextmanager
def answering(place: str | None) -> Iterator[None]:
    """Around one request: what it asks of other services is asked for the same place."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


def present_place() -> str | None:
    """For whom the request in hand is answered; None outside any."""
    return _place.get()


def _is_ours(token: str | None, verifier: Verifier) -> bool:
    try:
        return token is not None and verifier.actor(token).service is not None
    except Unauthenticated:
        return False


def _text(headers: dict[bytes, bytes], name: str) -> str | None:
    value = headers.get(name.encode())
    return value.decode("latin-1") if value else None
