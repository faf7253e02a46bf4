"""The servers that tests ask for: each is started when the first test of a run needs it, and ended by its own id."""
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from quartier.testing import tiers

if TYPE_CHECKING:
    from quartier.testing.kafka import KafkaServer
    from quartier.testing.otlp import OtlpSink
    from quartier.testing.postgres import PostgresServer
    from quartier.testing.smtp import MailServer


@pytest.fixture(scope="session")
def kafka_server(pytestconfig: pytest.Config) -> Iterator["KafkaServer"]:
    """An Apache Kafka broker; tests keep apart by topics and groups with random names, or by `clear`."""
    from quartier.testing import kafka

    if server := kafka.given():
        yield server
        return
    with kafka.running(pytestconfig.rootpath) as server:
        yield server


@pytest.fixture(scope="session")
def city_kafka(pytestconfig: pytest.Config) -> Iterator["KafkaServer"]:
    """A second broker, for the run's one city of separate processes: its topics and groups have fixed names."""
    from quartier.testing import kafka

    with kafka.running(pytestconfig.rootpath) as server:
        yield server


@pytest.fixture
def fresh_kafka(pytestconfig: pytest.Config) -> Iterator["KafkaServer"]:
    """A broker for one test alone, which may leave it in any state."""
    from quartier.testing import kafka

    with kafka.running(pytestconfig.rootpath) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator["PostgresServer"]:
    """A PostgreSQL server; tests keep apart by a fresh `database()` each."""
    try:
        from quartier.testing import postgres
    except ImportError as error:
        tiers.missing("postgres", f"install quartier[service]: {error}")
    yield from postgres.provide()


@pytest.fixture(scope="session")
def mail_sink() -> Iterator["MailServer"]:
    """The mail server of the whole run, for fixtures that live as long; a test takes `mail_server`."""
    from quartier.testing.smtp import MailServer

    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def mail_server(mail_sink: "MailServer") -> Iterator["MailServer"]:
    """A mail server with an empty box that accepts everything until the test says otherwise."""
    mail_sink.mails.clear()
    mail_sink.accept()
    yield mail_sink
    mail_sink.accept()


@pytest.fixture(scope="session")
def otlp_sink() -> Iterator["OtlpSink"]:
    """A sink for traces over OTLP; tests find their own spans by trace id."""
    from quartier.testing.otlp import OtlpSink

    sink = OtlpSink()
    yield sink
    sink.stop()
