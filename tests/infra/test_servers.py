"""The servers of the test plugin keep what they promise: isolation, survival of a kill, and faults on request."""
import asyncio
import secrets
import smtplib
import socket
import subprocess
import sys
import time
from email.message import EmailMessage

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from quartier.testing import kafka, smtp
from quartier.testing.loopback import Outside
from quartier.testing.processes import LocalProcess


async def topic_on(server, name=None):
    name = name or f"test-{secrets.token_hex(6)}"
    admin = AIOKafkaAdminClient(bootstrap_servers=server.bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, 1, 1)])
    finally:
        await admin.close()
    return name


async def send(server, topic, value):
    async with AIOKafkaProducer(bootstrap_servers=server.bootstrap, acks="all", enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, value)


async def values_of(server, topic, count):
    async with AIOKafkaConsumer(topic, bootstrap_servers=server.bootstrap, auto_offset_reset="earliest") as consumer:
        return [(await asyncio.wait_for(consumer.getone(), 60)).value for _ in range(count)]


async def test_a_killed_broker_comes_back_with_what_it_acknowledged(kafka_server):
    topic, first = await topic_on(kafka_server), secrets.token_bytes(20)
    await send(kafka_server, topic, first)
    await asyncio.to_thread(kafka_server.kill)
    assert await asyncio.to_thread(kafka.cluster_of, kafka_server.bootstrap) is None
    await asyncio.to_thread(kafka_server.start)
    await send(kafka_server, topic, b"second")
    assert await values_of(kafka_server, topic, 2) == [first, b"second"]


async def test_a_cleared_topic_can_be_made_anew_and_is_empty(kafka_server):
    topic = await topic_on(kafka_server)
    await send(kafka_server, topic, b"old")
    await asyncio.to_thread(kafka_server.clear, topic)
    await topic_on(kafka_server, topic)
    await send(kafka_server, topic, b"new")
    assert await values_of(kafka_server, topic, 1) == [b"new"]


def test_the_broker_is_the_one_that_we_formatted(kafka_server):
    assert kafka.cluster_of(kafka_server.bootstrap) == kafka_server.cluster_id


def test_a_broker_of_another_cluster_is_refused(kafka_server):
    stranger = kafka.KafkaServer(kafka_server.bootstrap, "another-cluster", Idle())
    with pytest.raises(RuntimeError, match="not of ours"):
        stranger.start()


class Idle:
    """A runner that starts nothing: the broker at the address is somebody else's."""

    def start(self):
        pass

    def is_alive(self):
        return True

    def output(self):
        return ""


async def rows(url, statement):
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()


async def test_each_database_is_fresh_and_apart(postgres_server):
    one, two = postgres_server.database(), postgres_server.database()
    await rows(one, "create table mark (n int)")
    assert await rows(one, "select to_regclass('mark') is null as absent") == [(False,)]
    assert await rows(two, "select to_regclass('mark') is null as absent") == [(True,)]


async def test_a_killed_database_server_keeps_what_was_committed(postgres_server):
    url = postgres_server.database()
    await rows(url, "create table mark (n int)")
    await rows(url, "insert into mark values (42)")
    await asyncio.to_thread(postgres_server.kill)
    assert not await asyncio.to_thread(postgres_server.answers)
    await asyncio.to_thread(postgres_server.start)
    assert await rows(url, "select n from mark") == [(42,)]


def a_mail(to, word):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "city@example.org", to, f"Grüße {word}"
    message.set_content(f"Your word is {word}.\n")
    message.add_alternative(f"<p>Your word is <b>{word}</b>.</p>", subtype="html")
    return message


def deliver(server, to, word="w"):
    with smtplib.SMTP(server.host, server.port, timeout=20) as client:
        client.send_message(a_mail(to, word))


def test_an_accepted_mail_is_kept_as_it_came(mail_server):
    word = secrets.token_hex(8)
    deliver(mail_server, "ada@example.org", word)
    [mail] = mail_server.to("ada@example.org")
    assert mail.sender == "city@example.org" and mail.recipients == ("ada@example.org",)
    assert mail.message["subject"] == f"Grüße {word}"
    assert word in mail.text() and f"<b>{word}</b>" in mail.text("html")


@pytest.mark.parametrize("code", [450, 550])
def test_a_refused_address_gets_the_reply_and_others_their_mail(mail_server, code):
    mail_server.refuse("ada@example.org", f"{code} 4.2.0 not today")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        deliver(mail_server, "ada@example.org")
    assert refusal.value.recipients["ada@example.org"][0] == code
    deliver(mail_server, "bob@example.org")
    assert [mail.recipients for mail in mail_server.mails] == [("bob@example.org",)]
    mail_server.accept()
    deliver(mail_server, "ada@example.org")
    assert len(mail_server.to("ada@example.org")) == 1


@pytest.mark.parametrize(("moment", "kept"), [("before DATA", 0), ("after DATA", 1)])
def test_a_connection_dropped_around_data_leaves_the_sender_without_a_reply(mail_server, moment, kept):
    mail_server.hang_up(moment)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        deliver(mail_server, "ada@example.org")
    assert len(mail_server.mails) == kept


def test_a_slow_server_keeps_the_sender_waiting(mail_server):
    mail_server.delay(30)
    with smtplib.SMTP(mail_server.host, mail_server.port, timeout=0.3) as client:
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            client.send_message(a_mail("ada@example.org", "w"))
    assert mail_server.mails == []


def test_the_mail_server_as_a_process_writes_each_mail_into_a_folder(tmp_path):
    process = subprocess.Popen([sys.executable, "-m", "quartier.testing.smtp", "--port", "0", "--folder", tmp_path / "mails"],
                               stdout=subprocess.PIPE, text=True)
    try:
        port = int(process.stdout.readline().split()[-1])
        for word in ("first", "second"):
            with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
                client.send_message(a_mail("ada@example.org", word))
        assert [mail.text().strip() for mail in smtp.read(tmp_path / "mails")] == ["Your word is first.", "Your word is second."]
    finally:
        process.terminate()
        process.communicate()


def test_the_sink_gives_back_the_spans_that_were_exported(otlp_sink):
    provider = TracerProvider(resource=Resource({"service.name": "requests"}))
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(f"{otlp_sink.url}/v1/traces")))
    tracer = provider.get_tracer("quartier.requests")
    with tracer.start_as_current_span("outer") as outer, tracer.start_as_current_span("inner", kind=trace.SpanKind.PRODUCER) as inner:
        inner.set_attribute("messaging.system", "kafka")
    provider.shutdown()
    spans = otlp_sink.spans(f"{outer.get_span_context().trace_id:032x}")
    assert [(span.name, span.kind) for span in spans] == [("outer", "internal"), ("inner", "producer")]
    assert {(span.service, span.scope) for span in spans} == {("requests", "quartier.requests")}
    assert spans[1].parent_id == spans[0].span_id and spans[0].parent_id == ""
    assert spans[1].attributes == {"messaging.system": "kafka"}


def test_a_killed_process_takes_its_children_along(tmp_path):
    process = LocalProcess(["sh", "-c", "sleep 300 & echo $!; wait"], tmp_path)
    process.start()
    while not (words := process.output()):
        time.sleep(0.02)
    process.kill()
    assert not process.is_alive()
    # A process that was ended and not yet collected by init still has its number.
    state = subprocess.run(["ps", "-o", "state=", "-p", words.strip()], capture_output=True, text=True).stdout.strip()
    assert state in ("", "Z")


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)])
def test_no_test_leaves_this_machine(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as probe, pytest.raises(Outside):
        probe.connect(address)


async def test_the_browser_shows_a_page(browser):
    page = await browser.new_page()
    await page.set_content("<h1>Quartier</h1>")
    assert await page.inner_text("h1") == "Quartier"
