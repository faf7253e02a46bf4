"""Closes the network to the tests but for this machine: a test that needs the outside is not a test of ours."""
import ipaddress
import sys
from typing import Any


class Outside(BaseException):
    """Somebody tried to leave this machine. No code under test may take it for an ordinary network error."""


def close_the_network() -> None:
    """From now on no socket of this process connects to, or sends to, an address that is not this machine's own."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        return
    address = arguments[1]
    if not isinstance(address, tuple):  # A Unix socket, or a datagram to a peer that is already connected.
        return
    host = str(address[0]).partition("%")[0]
    if not _is_this_machine(host):
        raise Outside(f"a test tried to reach {host}")


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:  # A name, which would be looked up outside.
        return False
