"""The fixtures that give a test a city of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from quartier import ids

if TYPE_CHECKING:
    from quartier.testing.app import City
    from quartier.testing.kafka import KafkaServer
    from quartier.testing.postgres import PostgresServer

CityMaker = Callable[..., Any]


@pytest.fixture
async def make_city(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[CityMaker]:
    """A maker of cities: `await make_city(services=[…], size="embedded" | "distributed")`; each ends with the test.

    `size="distributed"` means PostgreSQL and Kafka (their tiers must be able to run); everything stays in one process.
    """
    from quartier.testing.app import running_city

    async with AsyncExitStack() as stack:

        async def make(*, size: str = "embedded", folder: Path | None = None, **options: Any) -> "City":
            if size == "distributed":
                postgres: PostgresServer = request.getfixturevalue("postgres_server")
                broker: KafkaServer = request.getfixturevalue("kafka_server")
                await asyncio.to_thread(broker.clear, "quartier.")  # What an earlier city said is not this one's history.
                options |= {"database": lambda _service: postgres.database(), "kafka": [broker.bootstrap]}
            place = folder or tmp_path / str(ids.new_id())
            place.mkdir(parents=True, exist_ok=True)
            return await stack.enter_async_context(running_city(place, **options))

        yield make


@pytest.fixture
async def city(make_city: CityMaker) -> "City":
    """The embedded city with everything that is installed."""
    made: City = await make_city()
    return made
