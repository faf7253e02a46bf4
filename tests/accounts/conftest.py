"""A city of accounts alone, on each of the two databases."""

from typing import Any

import pytest

from tests.accounts.house import House


@pytest.fixture
async def house(make_city: Any) -> House:
    """Accounts on SQLite."""
    return House(await make_city(services=["accounts"]))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def either_house(request: pytest.FixtureRequest, make_city: Any) -> House:
    """Accounts on each of the two databases."""
    if request.param == "sqlite":
        return House(await make_city(services=["accounts"]))
    address = request.getfixturevalue("postgres_server").database()
    return House(await make_city(services=["accounts"], database=lambda _service: address))
