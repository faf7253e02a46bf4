"""A city of requests alone, on each of the two databases."""

from typing import Any

import pytest

from tests.requests.town import Town


@pytest.fixture
async def town(make_city: Any) -> Town:
    """Requests on SQLite."""
    return Town(await make_city(services=["requests"]))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def either_town(request: pytest.FixtureRequest, make_city: Any) -> Town:
    """Requests on each of the two databases."""
    if request.param == "sqlite":
        return Town(await make_city(services=["requests"]))
    address = request.getfixturevalue("postgres_server").database()
    return Town(await make_city(services=["requests"], database=lambda _service: address))
