"""What a database's refusal is to the caller: come again when that helps; and nothing is blamed on it that it did not do."""

import asyncio
import errno
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends
from sqlalchemy import text

from quartier import keys
from quartier.app import create_app
from quartier.auth import Policies, public
from quartier.database import Database
from quartier.problems import Unavailable
from quartier.service import Service
from quartier.settings import Settings
from quartier.uow import UnitOfWork


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest, tmp_path):
    """An empty database of each kind."""
    made = (Database(request.getfixturevalue("postgres_server").database()) if request.param == "postgres"
            else Database.in_file(tmp_path / "x.db"))
    yield made
    await made.stop()


@pytest.fixture
async def postgres(postgres_server):
    """An empty database on PostgreSQL."""
    made = Database(postgres_server.database())
    yield made
    await made.stop()


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), ConnectionRefusedError(), TimeoutError()])
async def test_an_error_of_another_file_or_connection_is_not_the_databases(database, error):
    with pytest.raises(type(error)) as raised:
        async with database.transaction() as session:
            await session.exec(text("SELECT 1"))
            raise error
    assert raised.value is error


async def test_a_server_that_nobody_answers_at_is_away():
    nobody = Database("postgresql+asyncpg://somebody@127.0.0.1:1/city")
    with pytest.raises(Unavailable, match="does not answer"):
        async with nobody.session() as session:
            await session.exec(text("SELECT 1"))
    await nobody.stop()


@pytest.mark.postgres
async def test_when_the_server_ends_a_connection_it_is_away_and_the_next_one_works(postgres):
    with pytest.raises(Unavailable, match="does not answer"):
        async with postgres.transaction() as session, postgres.session() as killer:
            pid = (await session.exec(text("SELECT pg_backend_pid()"))).scalar_one()
            await killer.exec(text("SELECT pg_terminate_backend(:pid)"), params={"pid": pid})
            await session.exec(text("SELECT 1"))
    async with postgres.transaction() as session:
        assert (await session.exec(text("SELECT 1"))).scalar_one() == 1


@pytest.mark.postgres
async def test_one_error_after_the_server_was_away_replaces_every_connection_of_the_pool(postgres):
    async def ask(together: asyncio.Barrier) -> int:
        async with postgres.session() as session:
            await together.wait()
            return (await session.exec(text("SELECT 1"))).scalar_one()

    async with asyncio.TaskGroup() as group:  # Three connections stay in the pool.
        together = asyncio.Barrier(3)
        for _ in range(3):
            group.create_task(ask(together))
    killer = Database(postgres.url)
    async with killer.session() as session:
        await session.exec(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                "WHERE datname = current_database() AND pid <> pg_backend_pid()"))
    await killer.stop()
    with pytest.raises(Unavailable):
        await ask(asyncio.Barrier(1))
    together = asyncio.Barrier(3)
    assert await asyncio.gather(*(ask(together) for _ in range(3))) == [1, 1, 1]


@pytest.mark.postgres
async def test_a_value_that_the_driver_cannot_send_is_a_fault_of_ours(postgres):
    with pytest.raises(Exception, match="invalid input") as raised:
        async with postgres.transaction() as session:
            await session.exec(text("SELECT CAST(:number AS int) + 1"), params={"number": "many"})
    assert not isinstance(raised.value, Unavailable)


class Clashing(Service):
    """A service whose callers lay hands on the same rows, and meet in the middle of it."""

    policies = Policies()
    migrations = None

    def __init__(self) -> None:
        super().__init__("notify")
        self.meeting = asyncio.Barrier(2)

    @property
    def router(self) -> APIRouter:
        router = APIRouter()
        Uow = Annotated[UnitOfWork, Depends(self.unit_of_work, scope="function")]

        @router.post("/deadlock/{first}/{second}", **public("a test"))
        async def take_both(first: int, second: int, uow: Uow, alone: bool = False) -> None:
            await uow.session.exec(text("UPDATE row SET n = n + 1 WHERE id = :id"), params={"id": first})
            if not alone:
                await self.meeting.wait()
            await uow.session.exec(text("UPDATE row SET n = n + 1 WHERE id = :id"), params={"id": second})

        @router.post("/conflict/{first}/{second}", **public("a test"))
        async def copy_one(first: int, second: int, uow: Uow, alone: bool = False) -> None:
            await uow.session.exec(text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
            await uow.session.exec(text("SELECT n FROM row WHERE id = :id"), params={"id": first})
            if not alone:
                await self.meeting.wait()
            await uow.session.exec(text("UPDATE row SET n = n + 1 WHERE id = :id"), params={"id": second})

        return router


@pytest.mark.postgres
@pytest.mark.parametrize("clash", ["deadlock", "conflict"])
async def test_who_has_to_give_way_to_another_is_told_to_try_again_and_then_succeeds(postgres, tmp_path, clash):
    async with postgres.transaction() as session:
        await session.exec(text("CREATE TABLE row (id int PRIMARY KEY, n int)"))
        await session.exec(text("INSERT INTO row VALUES (1, 0), (2, 0)"))
    keys.create(tmp_path / "keys", ["accounts", "notify"])
    app = create_app([Clashing()], settings=lambda _: Settings(folder=tmp_path, database_url=postgres.url))
    paths = [f"/api/notify/v1/{clash}/{first}/{3 - first}" for first in (1, 2)]
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://city.test", timeout=30) as http:
            answers = await asyncio.gather(*map(http.post, paths))
            assert sorted(answer.status_code for answer in answers) == [200, 503]
            path, loser = next((path, answer) for path, answer in zip(paths, answers, strict=True) if answer.status_code == 503)
            assert loser.headers["content-type"] == "application/problem+json"
            assert loser.headers["retry-after"] == "1"
            assert loser.json()["type"].endswith("/problems/try-again")
            assert (await http.post(path, params={"alone": "true"})).status_code == 200
    finally:
        await app.state.runtimes["notify"].database.stop()
    async with postgres.session() as session:
        moved = (await session.exec(text("SELECT sum(n) FROM row"))).scalar_one()
    assert moved == {"deadlock": 4, "conflict": 2}[clash], "each of the two acts was done once"
