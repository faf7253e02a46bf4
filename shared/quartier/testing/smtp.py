"""A mail server for tests that keeps every message it accepts, and misbehaves on request.

In a test it runs on a thread (fixture `mail_server`). As a process of its own,
`python -m quartier.testing.smtp --port 2525 --folder mails`, it writes each message into a folder.
"""
import argparse
import asyncio
import contextlib
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

EVERYONE = "*"


@dataclass(frozen=True)
class Mail:
    """One accepted message: what the envelope said, and the bytes as they came."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    received_at: datetime

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, EmailMessage, policy=default)

    def text(self, kind: str = "plain") -> str:
        """The text that a person reads, plain or as HTML."""
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


@dataclass(frozen=True)
class Misbehaviour:
    """What the server does to mail for one address instead of accepting it."""

    reply: str | None = None
    hang_up: str | None = None
    seconds: float = 0


class _Receiver(SMTP):
    """The protocol, with the one act that a handler cannot do: to hang up when DATA is announced."""

    async def smtp_DATA(self, arg: str) -> None:
        if self.event_handler.conduct(self.envelope).hang_up == "before DATA":
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class Receiver:
    """What happens to a message once the protocol has it: kept, refused, delayed, or kept without a reply."""

    def __init__(self, keep: Callable[[Mail], None]) -> None:
        self.keep = keep
        self.misbehaviours: dict[str, Misbehaviour] = {}

    def conduct(self, envelope: Envelope) -> Misbehaviour:
        rules = [self.misbehaviours[to] for to in (*envelope.rcpt_tos, EVERYONE) if to in self.misbehaviours]
        return rules[0] if rules else Misbehaviour()

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        rule = self.misbehaviours.get(address) or self.misbehaviours.get(EVERYONE) or Misbehaviour()
        if rule.reply:
            return rule.reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        rule = self.conduct(envelope)
        await asyncio.sleep(rule.seconds)
        content = envelope.original_content or b""
        self.keep(Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), content, datetime.now(UTC)))
        if rule.hang_up == "after DATA":
            server.transport.abort()
        return "250 2.0.0 accepted"


async def listen(receiver: Receiver, port: int) -> asyncio.Server:
    """Opens the server on the loopback address; port 0 takes a free one."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: _Receiver(receiver, hostname="mail.test", enable_SMTPUTF8=True), "127.0.0.1", port)


class MailServer:
    """The server on a thread of its own, so that a busy test does not delay the mail."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self._receiver = Receiver(self.mails.append)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail-server", daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(listen(self._receiver, 0), self._loop).result(10)
        self.host, self.port = self._server.sockets[0].getsockname()[:2]

    @property
    def address(self) -> str:
        """Where it listens, as the setting QUARTIER_SMTP wants it."""
        return f"{self.host}:{self.port}"

    def to(self, address: str) -> list[Mail]:
        """The mails that one address got, in the order of their arrival."""
        return [mail for mail in list(self.mails) if address in mail.recipients]

    def refuse(self, address: str = EVERYONE, reply: str = "550 5.1.1 no such mailbox") -> None:
        """Answers the recipient with this reply; one that begins with 4 is a refusal for now."""
        self._receiver.misbehaviours[address] = Misbehaviour(reply=reply)

    def hang_up(self, when: str, address: str = EVERYONE) -> None:
        """Drops the connection "before DATA", when nothing was sent yet, or "after DATA": the mail is kept, the reply never comes."""
        if when not in ("before DATA", "after DATA"):
            raise ValueError(f"a server hangs up before DATA or after DATA, not {when!r}")
        self._receiver.misbehaviours[address] = Misbehaviour(hang_up=when)

    def delay(self, seconds: float, address: str = EVERYONE) -> None:
        """Keeps the sender waiting for the reply to its message."""
        self._receiver.misbehaviours[address] = Misbehaviour(seconds=seconds)

    def accept(self) -> None:
        """Takes every message again."""
        self._receiver.misbehaviours.clear()

    def stop(self) -> None:
        async def close() -> None:
            self._server.close()
            sessions = asyncio.all_tasks() - {asyncio.current_task()}
            for session in sessions:
                session.cancel()
            await asyncio.gather(*sessions, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


def write(folder: Path, mail: Mail) -> None:
    """One message as NAME.eml and its envelope as NAME.json; the envelope comes last, so whoever sees it finds both."""
    name = f"{mail.received_at:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    (folder / f"{name}.eml").write_bytes(mail.content)
    envelope: dict[str, Any] = {"sender": mail.sender, "recipients": mail.recipients, "received_at": mail.received_at.isoformat()}
    unfinished = folder / f"{name}.part"
    unfinished.write_text(json.dumps(envelope))
    unfinished.rename(folder / f"{name}.json")


def read(folder: Path) -> list[Mail]:
    """The mails of a folder, in the order of their arrival."""
    mails = []
    for path in sorted(folder.glob("*.json")):
        envelope = json.loads(path.read_text())
        mails.append(Mail(envelope["sender"], tuple(envelope["recipients"]), path.with_suffix(".eml").read_bytes(),
                          datetime.fromisoformat(envelope["received_at"])))
    return mails


async def serve(port: int, folder: Path) -> None:
    server = await listen(Receiver(lambda mail: write(folder, mail)), port)
    print(f"mail server at {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="A mail server that writes each message into a folder.")
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--folder", type=Path, required=True)
    chosen = arguments.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(chosen.port, chosen.folder))
