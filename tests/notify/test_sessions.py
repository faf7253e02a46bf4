"""The dialogue with the next server: TLS where it can be had, patience with slow servers, and the trace that leads through it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from quartier import clock, telemetry
from quartier_notify.ledger.model import State
from quartier_notify.mail.server import Answer, open_server

MAIL = b"From: city@city.test\r\nSubject: x\r\n\r\n.a line that begins with a dot\r\n"


class Box:
    """Keeps what came, and whether it came encrypted."""

    def __init__(self) -> None:
        self.mails: list[tuple[bytes, bool]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append((envelope.original_content or b"", session.ssl is not None))
        return "250 taken"


class BrokenTls(SMTP):
    """Offers TLS and hangs up on whoever accepts the offer."""

    async def smtp_STARTTLS(self, arg: str) -> None:
        self.transport.abort()


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """A server's certificate that nobody has signed but itself, as on many a mail server."""
    key, name = generate_private_key(SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    signed = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
              .serial_number(1).not_valid_before(clock.wall() - timedelta(days=1)).not_valid_after(clock.wall() + timedelta(days=1))
              .sign(key, hashes.SHA256()))
    path = tmp_path / "mail.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + signed.public_bytes(Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context


@pytest.fixture
async def box() -> AsyncIterator[Box]:
    """A mailbox behind whatever server the test puts in front of it."""
    yield Box()


async def listening(protocol: type[SMTP], box: Box, certificate: ssl.SSLContext | None) -> tuple[asyncio.Server, str]:
    """The server, and its address as the setting wants it."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(box, hostname="mail.test", tls_context=certificate), "127.0.0.1", 0)
    return server, f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(("protocol", "is_encrypted"), [(SMTP, True), (BrokenTls, False)])
async def test_tls_is_used_where_it_works_and_its_failure_loses_no_mail(
        protocol: type[SMTP], is_encrypted: bool, box: Box, certificate: ssl.SSLContext) -> None:
    server, address = await listening(protocol, box, certificate)
    async with open_server(address) as city:
        attempt = await city.hand_over(MAIL, "city@city.test", "ada@example.org")
    server.close()

    assert (attempt.answer, attempt.code) == (Answer.ACCEPTED, 250)
    assert box.mails == [(MAIL, is_encrypted)], "a line's first dot arrives as it was written"


async def test_many_mails_go_through_at_most_four_sessions_at_once(make_notify: Any, box: Box) -> None:
    sessions: list[SMTP] = []

    class Counted(SMTP):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            sessions.append(self)

    server, address = await listening(Counted, box, None)
    notify = await make_notify(smtp=address)
    notify.neighbours.away = {"accounts"}
    for number in range(30):
        await notify.owe(notify.person(f"p{number}@example.org"))
    await notify.until(lambda found: len(found) == 30)
    await notify.make_due_at_once()
    await notify.until(lambda found: all(one.state == State.SENT for one in found))
    server.close()

    assert len(box.mails) == 30
    assert len(sessions) <= 8, "four in a batch, and here are two batches at most"


async def test_a_session_that_the_server_ended_meanwhile_costs_no_mail(mail_server: Any) -> None:
    async with open_server(mail_server.address) as city:
        await city.hand_over(MAIL, "city@city.test", "ada@example.org")
        city._idle[0].transport.abort()
        attempt = await city.hand_over(MAIL, "city@city.test", "ada@example.org")
    assert attempt.answer is Answer.ACCEPTED
    assert len(mail_server.to("ada@example.org")) == 2


async def test_a_server_that_takes_too_long_after_data_is_a_lost_reply(mail_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quartier_notify.mail.server.COMMAND_SECONDS", 0.3)
    mail_server.delay(1.5, "ada@example.org")
    async with open_server(mail_server.address) as city:
        slow = await city.hand_over(MAIL, "city@city.test", "ada@example.org")
        other = await city.hand_over(MAIL, "city@city.test", "bob@example.org")
    assert (slow.answer, other.answer) == (Answer.LOST, Answer.ACCEPTED)


async def test_one_trace_leads_from_the_act_to_the_servers_reply(make_notify: Any, mail_server: Any) -> None:
    spans = InMemorySpanExporter()
    telemetry.start("test", processor=SimpleSpanProcessor(spans))
    try:
        notify = await make_notify(smtp=mail_server.address)
        await notify.owe(notify.person("ada@example.org"))
        await notify.until(lambda found: [one.state for one in found] == [State.SENT])
        await notify.city.quiet()
    finally:
        telemetry.stop()
    journey = {span.name: span for span in spans.get_finished_spans() if f"{span.context.trace_id:032x}" == notify.trace}

    assert {"process quartier.requests", "send mail", "send smtp", "create quartier.notify"} <= journey.keys()
    assert journey["send mail"].parent.span_id == journey["process quartier.requests"].context.span_id
    assert journey["send smtp"].parent.span_id == journey["create quartier.notify"].parent.span_id == journey["send mail"].context.span_id
    mail, = mail_server.to("ada@example.org")
    assert mail.message["X-Quartier-Trace"] == notify.trace
