"""The small service as a fixture, on SQLite and on PostgreSQL."""

from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from quartier import clock, keys
from quartier import handlers as consumer_module
from quartier.app import create_app
from quartier.migrations import upgrade
from quartier.settings import Settings
from quartier.transport import prepare_topics
from tests.shared.messaging.small import PUBLIC_URL, Small, SmallService, own


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """The address of an empty database; None stands for SQLite in the folder."""
    return request.getfixturevalue("postgres_server").database() if request.param == "postgres" else None


@pytest.fixture
def make(tmp_path, database_url):
    """`async with make(handlers=…) as small`: the service without its loops; `run=True` starts them."""

    @asynccontextmanager
    async def small_service(*, run: bool = False, name: str = "notify", **parts: Any):
        keys.create(tmp_path / "keys", ["accounts", "notify"])
        service = SmallService(name, **parts)
        settings = Settings(folder=tmp_path, public_url=PUBLIC_URL, database_url=database_url, clock_file=tmp_path / "clock")
        clock.use_clock_file(settings.clock_file)
        app = create_app([service], settings=lambda _: settings)
        small = Small(app, service)
        await upgrade(small.database, service)
        async with small.database.engine.begin() as connection:
            await connection.run_sync(own.create_all)
        await prepare_topics(settings)
        try:
            if run:
                async with app.router.lifespan_context(app), httpx.AsyncClient(
                        transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=PUBLIC_URL) as small.http:
                    yield small
            else:
                await small.bus.start()
                small.runtime.make_loops()
                try:
                    yield small
                finally:
                    for loop in small.runtime.loops.values():
                        await loop.close()
                    await small.bus.stop()
                    await small.database.stop()
        finally:
            clock.use_clock_file(None)

    return small_service


@pytest.fixture
def hasty(monkeypatch):
    """The consumer's second and third try follow at once."""
    monkeypatch.setattr(consumer_module, "PAUSES", (0.0, 0.0))
