"""Handing a mail to the next server, and knowing what an attempt came to, to the point in the dialogue where it broke off.

The sessions of one batch are reused by its senders, who are few. TLS is used where the server offers it (RFC 3207), without asking who
it is: the alternative would be no encryption at all. A server that is down opens a breaker, so that a thousand waiting messages
are one question to it, not a thousand failed attempts.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from aiosmtplib import SMTP, SMTPConnectError, SMTPException, SMTPRecipientRefused, SMTPResponseException

from quartier import clock

COMMAND_SECONDS = 20.0
ATTEMPT_SECONDS = 60.0
"""An attempt ends well within the lease of its delivery, whatever the server does."""
BREAKER_SECONDS = (1, 2, 5, 15, 30, 60)
_DOT = re.compile(rb"(?m)^\.")


class Answer(StrEnum):
    """What an attempt came to. IMPOSSIBLE is our own: there was nothing that could be handed over."""

    ACCEPTED = "accepted"
    REFUSED = "refused for good"
    LATER = "not now"
    LOST = "no reply after the message"
    DOWN = "no server"
    IMPOSSIBLE = "cannot be written"


@dataclass(frozen=True, slots=True)
class Attempt:
    """The answer, and what the server said."""

    answer: Answer
    code: int | None = None
    reply: str = ""


class Breaker:
    """Remembers that a server is down, and for how long nobody needs to ask it again."""

    def __init__(self) -> None:
        self._failures = 0
        self._until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the server is to be left alone for now."""
        return clock.monotonic() < self._until

    @property
    def seconds_left(self) -> float:
        """How long."""
        return max(0.0, self._until - clock.monotonic())

    @property
    def on_trial(self) -> bool:
        """Whether the server was down when last asked, so that one message is enough to see."""
        return self._failures > 0

    def trip(self) -> None:
        """The server did not answer."""
        self._until = clock.monotonic() + BREAKER_SECONDS[min(self._failures, len(BREAKER_SECONDS) - 1)]
        self._failures += 1

    def reset(self) -> None:
        """The server answers."""
        self._failures, self._until = 0, 0.0


@cache
def breaker_of(address: str) -> Breaker:
    """The breaker of one server in this process."""
    return Breaker()


class Server:
    """A mail server, with a session for each who sends at the same time."""

    def __init__(self, address: str) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._breaker = breaker_of(address)
        self._idle: list[SMTP] = []

    async def hand_over(self, content: bytes, sender: str, recipient: str) -> Attempt:
        """Try once to have the server take a mail for one recipient."""
        if self._breaker.is_open:
            return Attempt(Answer.DOWN)
        session = await self._session()
        if session is None:
            self._breaker.trip()
            return Attempt(Answer.DOWN)
        self._breaker.reset()
        try:
            attempt = await self._dialogue(session, content, sender, recipient)
        except BaseException:
            session.close()
            raise
        if session.is_connected:
            self._idle.append(session)
        return attempt

    async def stop(self) -> None:
        """Say goodbye in every session."""
        for session in self._idle:
            with suppress(SMTPException, OSError):
                await session.quit(timeout=2.0)
            session.close()

    async def _session(self) -> SMTP | None:
        while self._idle:
            session = self._idle.pop()
            with suppress(SMTPException, OSError):
                await session.rset()
                return session
            session.close()
        return await self._connected()

    async def _connected(self) -> SMTP | None:
        """A fresh session; without TLS at the second try, for servers that offer it and cannot do it."""
        for start_tls in (None, False):
            session = SMTP(hostname=self._host, port=self._port, start_tls=start_tls, validate_certs=False, timeout=COMMAND_SECONDS)
            try:
                await session.connect()
                return session
            except SMTPConnectError:
                session.close()
                return None
            except (SMTPException, OSError):
                session.close()
        return None

    async def _dialogue(self, session: SMTP, content: bytes, sender: str, recipient: str) -> Attempt:
        handed = False
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                await session.mail(sender)
                step = await session.rcpt(recipient)
                step = await session.execute_command(b"DATA")
                if step.code == 354 and session.protocol is not None:
                    handed = True
                    session.protocol.write(_DOT.sub(b"..", content) + b".\r\n")
                    step = await session.protocol.read_response(COMMAND_SECONDS)
        except SMTPResponseException as error:
            about_recipient = error.code >= 500 and isinstance(error, SMTPRecipientRefused)
            return Attempt(Answer.REFUSED if about_recipient else Answer.LATER, error.code, _said(error.message, recipient))
        except (SMTPException, OSError, TimeoutError) as error:
            session.close()
            return Attempt(Answer.LOST if handed else Answer.LATER, reply=_said(str(error) or type(error).__name__, recipient))
        if handed and step.code < 400:
            return Attempt(Answer.ACCEPTED, step.code, _said(step.message, recipient))
        return Attempt(Answer.REFUSED if handed and step.code >= 500 else Answer.LATER, step.code, _said(step.message, recipient))


@asynccontextmanager
async def open_server(address: str) -> AsyncIterator[Server]:
    """The server for the length of one batch."""
    server = Server(address)
    try:
        yield server
    finally:
        await server.stop()


def _said(reply: str, recipient: str) -> str:
    """A server's words as evidence: on one line, and without the recipient's address, which servers like to repeat."""
    line = re.sub(re.escape(recipient), "the recipient", " ".join(reply.split()), flags=re.IGNORECASE)
    return re.sub(r"[^\s<>@]+@[^\s<>@]+", "an address", line)[:300]
