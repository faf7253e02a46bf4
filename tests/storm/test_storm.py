"""A short storm at each size: the ten points of death in one process, and one death of each process and of the broker."""
import asyncio
from collections.abc import Iterator

import pytest

from quartier.testing.smtp import MailServer
from tests.storm.places import Distributed, Embedded
from tests.storm.storm import BROKER, storm

TEN_POINTS = [
    ("requests", "command-before-commit"), ("publications", "command-after-commit"), ("accounts", "relay-before-send"),
    ("requests", "relay-amid-send"), ("notify", "relay-after-send"), ("portal", "consumer-before-commit"),
    ("notify", "consumer-after-commit"), ("notify", "mail-before-data"), ("notify", "mail-after-data"), ("notify", "mail-after-reply")]
EACH_PROCESS = [
    ("accounts", "command-after-commit"), ("requests", "relay-after-send"), ("notify", "mail-after-data"),
    ("publications", "consumer-before-commit"), ("portal", "consumer-after-commit"), (BROKER, "10")]


@pytest.fixture
def own_mail_server() -> Iterator[MailServer]:
    """A mail server whose box nobody else empties."""
    server = MailServer()
    yield server
    server.stop()


async def test_nothing_is_lost_or_done_twice_wherever_the_one_process_dies(own_mail_server: MailServer) -> None:
    place = Embedded(own_mail_server)
    try:
        await asyncio.to_thread(place.start)
        report = await storm(place, "kill", 1, TEN_POINTS, pace=1.5)
    finally:
        await asyncio.to_thread(place.stop)
    assert report.violations == []
    assert report.not_reached == [] and len(report.kills) == len(TEN_POINTS)


async def test_nothing_is_lost_or_done_twice_when_each_process_and_the_broker_die(
        fresh_kafka, postgres_server, own_mail_server: MailServer, otlp_sink) -> None:
    place = Distributed(fresh_kafka, postgres_server, own_mail_server, otlp_sink)
    try:
        await asyncio.to_thread(place.start)
        report = await storm(place, "kill", 1, EACH_PROCESS, pace=1.0)
    finally:
        await asyncio.to_thread(place.stop)
    assert report.violations == []
    assert report.not_reached == [] and len(report.kills) == len(EACH_PROCESS)
