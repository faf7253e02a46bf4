"""Each benchmark runs, with counts too small to mean anything, and says what it measured in the agreed words."""

import json
from pathlib import Path

import pytest

from quartier.testing.kafka import KafkaServer
from quartier.testing.postgres import PostgresServer
from tests.bench import accepting, handling, latency, starting
from tests.bench.figure import beside, rates, under
from tests.bench.places import Place

WORDS = ["name", "size", "value", "unit", "baseline", "ratio", "aim", "met"]


@pytest.fixture
def embedded(tmp_path: Path) -> Place:
    return Place("embedded", tmp_path)


@pytest.fixture
def kafka(tmp_path: Path, postgres_server: PostgresServer, kafka_server: KafkaServer) -> Place:
    return Place("kafka", tmp_path, postgres_server, kafka_server)


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=[pytest.mark.postgres, pytest.mark.kafka])])
def place(request: pytest.FixtureRequest) -> Place:
    return request.getfixturevalue(request.param)


async def printed(measure) -> dict[str, dict]:
    """The lines of one benchmark by their names; each is an object with all the words, about a positive value."""
    lines = [json.loads(str(figure)) for figure in [figure async for figure in measure]]
    for line in lines:
        assert list(line) == WORDS
        assert line["value"] > 0
    return {line["name"]: line for line in lines}


async def test_requests_are_accepted_by_both_and_counted(place: Place) -> None:
    lines = await printed(accepting.measure(place, rounds=1, count=40, explain=False))
    assert lines["accept"]["size"] == place.size
    assert lines["accept"]["unit"] == "requests/s"
    assert lines["accept"]["ratio"] == pytest.approx(lines["accept"]["value"] / lines["accept"]["baseline"], abs=0.01)


async def test_events_are_handled_by_both_and_counted(place: Place) -> None:
    lines = await printed(handling.measure(place, rounds=1, count=100, explain=False))
    assert set(lines) == {"handle.one_by_one", "handle.batches"}
    assert {line["aim"] for line in lines.values()} == {"ratio >= 0.5"}


async def test_an_act_reaches_the_mail_server_and_the_open_page(embedded: Place) -> None:
    lines = await printed(latency.measure(embedded, count=2))
    assert set(lines) == {f"latency.{what}.p{percent}" for what in ("mail", "hint") for percent in (50, 95, 99)}
    assert [line["aim"] for name, line in lines.items() if name.endswith("p95")] == ["ratio <= 3"] * 2


async def test_a_city_starts_shows_a_page_and_is_weighed(embedded: Place) -> None:
    lines = await printed(starting.measure(embedded, rounds=1, idle_seconds=0, explain=False))
    assert lines["start.first_page"]["aim"] == "value < 3"
    assert lines["start.idle_memory"]["unit"] == "MiB"


def test_what_misses_its_aim_says_so() -> None:
    assert under("start", "embedded", 3.5, "s", 3).met is False
    assert beside("mail", "embedded", 8, "ms", 2, at_most=3).met is False
    assert rates("accept", "embedded", "requests/s", [10, 40, 11], [20, 20, 90]).met is True
    assert beside("mail", "embedded", 8, "ms", 2).met is None
