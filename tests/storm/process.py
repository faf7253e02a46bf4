"""A `quartier` command that dies when it is told to: `python -m tests.storm.process serve requests …`, with orders in a file.

The seams lie around the real code, which knows nothing of them. While the file that QUARTIER_STORM_ORDER names is there, each
passage of its point counts; the last one takes the process with SIGKILL, so that nothing is finished, flushed or said.
"""
import json
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import attempts, handlers, inbox, outbox, uow
from quartier.cli import app
from quartier.service import Runtime
from quartier_notify import workers as sender
from quartier_notify.ledger import model as ledger
from quartier_notify.mail import server

ORDER = Path(os.environ["QUARTIER_STORM_ORDER"])
_passages: dict[str, int] = {}


def ordered(service: str, point: str) -> dict[str, Any] | None:
    """The order, if it is about this point of this service."""
    try:
        order: dict[str, Any] = json.loads(ORDER.read_text())
    except FileNotFoundError:
        return None
    return order if (order["service"], order["point"]) == (service, point) else None


def pass_by(service: str, point: str) -> None:
    """Die here, if that is the order and it is the passage that was meant."""
    if (order := ordered(service, point)) is None:
        return
    _passages[order["id"]] = _passages.get(order["id"], 0) + 1
    if _passages[order["id"]] >= order["passage"]:
        ORDER.rename(ORDER.with_suffix(".done"))
        os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str, seam: Callable[..., None]) -> None:
    """Let the seam see the arguments of each call first."""
    original = getattr(owner, name)

    @wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        seam(*args, **kwargs)
        return original(*args, **kwargs)

    setattr(owner, name, wrapped)


def after(owner: Any, name: str, seam: Callable[..., None]) -> None:
    """Let the seam see the arguments of each call when the coroutine has returned."""
    original: Callable[..., Awaitable[Any]] = getattr(owner, name)

    @wraps(original)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = await original(*args, **kwargs)
        seam(*args, **kwargs)
        return result

    setattr(owner, name, wrapped)


def around_transactions() -> None:
    """Before and after the commit of a command, and before the commit of a handler: its transaction entered the inbox first."""

    def enters(session: AsyncSession, *_: Any, **__: Any) -> None:
        session.info["storm.handles"] = True

    def settled(unit: uow.UnitOfWork) -> None:
        pass_by(unit.service, "consumer-before-commit" if unit.session.info.get("storm.handles") else "command-before-commit")

    def committed(runtime: Runtime) -> None:
        pass_by(runtime.service.name, "command-after-commit")

    before(inbox, "enter", enters)
    after(uow.UnitOfWork, "settle", settled)
    before(Runtime, "wake", committed)


def around_relay() -> None:
    """Before the send, when the first half of a batch is on the bus, and after the send, when nobody has noted it yet."""
    publish = outbox.Relay.publish

    async def publish_and_may_die(relay: outbox.Relay, batch: Any) -> None:
        pass_by(relay._service, "relay-before-send")
        if ordered(relay._service, "relay-amid-send"):
            await relay.runtime.bus.publish([outbox.record_of(row) for row in batch[:(len(batch) + 1) // 2]])
            pass_by(relay._service, "relay-amid-send")
        await publish(relay, batch)
        pass_by(relay._service, "relay-after-send")

    outbox.Relay.publish = publish_and_may_die


def around_consumer() -> None:
    """When the effects are committed and the offset is not."""
    before(handlers.ConsumerLoop, "commit_offset",
           lambda loop, *_: pass_by(loop.runtime.service.name, "consumer-after-commit"))


def around_mail() -> None:
    """Before DATA; when the message is written and unanswered; when it is accepted and nobody has noted it yet."""
    write = SMTPProtocol.write

    def data_is_next(_smtp: aiosmtplib.SMTP, *words: bytes, **__: Any) -> None:
        if words[:1] == (b"DATA",):
            pass_by("notify", "mail-before-data")

    def write_and_may_die(protocol: SMTPProtocol, data: bytes) -> None:
        write(protocol, data)
        if data.endswith(b"\r\n.\r\n"):
            pass_by("notify", "mail-after-data")

    before(aiosmtplib.SMTP, "execute_command", data_is_next)
    SMTPProtocol.write = write_and_may_die
    after(server.Server, "hand_over", lambda *_: pass_by("notify", "mail-after-reply"))


def hurry(lease: float) -> None:
    """Let the lease of a sender that is gone run out in seconds, not minutes; an attempt still ends within half of it."""
    ledger.LEASE = timedelta(seconds=lease)
    sender.ATTEMPT_SECONDS = server.ATTEMPT_SECONDS = lease / 2


if __name__ == "__main__":
    assert attempts.inbox is inbox  # The seam holds only while everybody calls `inbox.enter` through the module.
    around_transactions()
    around_relay()
    around_consumer()
    around_mail()
    hurry(float(os.environ["QUARTIER_STORM_LEASE"]))
    app()
