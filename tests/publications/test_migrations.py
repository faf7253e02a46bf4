"""The revisions give the tables that the code expects, and both databases behave alike."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import inspect

from quartier import clock, ids
from quartier.contracts.accounts import Role
from quartier.testing.app import City
from quartier.testing.postgres import PostgresServer
from quartier_publications.awaited.model import Awaited
from quartier_publications.catalogue.model import Dataset, Distribution, RequestLink, Version
from quartier_publications.notes.model import FactRow
from quartier_publications.notes.period import quarter_of

EXPECTED = {model.__tablename__: {(column.name, bool(column.nullable)) for column in model.__table__.columns}
            for model in (Awaited, Dataset, Version, Distribution, RequestLink, FactRow)}


async def shape(city: City) -> dict[str, set[tuple[str, bool]]]:
    """The tables of this service as the database has them: columns, and which may be empty."""

    def look(connection: Any) -> dict[str, set[tuple[str, bool]]]:
        found = inspect(connection)
        return {name: {(column["name"], bool(column["nullable"])) for column in found.get_columns(name)}
                for name in EXPECTED if name in found.get_table_names()}

    async with city.runtime("publications").database.engine.connect() as connection:
        return await connection.run_sync(look)


async def test_the_embedded_database_has_the_tables_of_the_models(city: City) -> None:
    assert await shape(city) == EXPECTED


async def test_on_postgresql_too_one_of_many_approvals_counts(make_city: Any, postgres_server: PostgresServer, dataset: Any,
                                                              version: Any) -> None:
    city = await make_city(services=["publications"], database=lambda _service: postgres_server.database())
    root = "/api/publications/v1/datasets"
    await city.http.post(root, json=dataset, headers=city.bearer(Role.OFFICER))
    prepared = await asyncio.gather(*(
        city.http.post(f"{root}/trees/versions", json=version, headers=city.bearer(Role.OFFICER)) for _ in range(8)))
    assert sorted(answer.status_code for answer in prepared) == [201] + [422] * 7
    answers = await asyncio.gather(*(city.http.post(
        f"{root}/trees/versions/1.0.0/approval", headers=city.bearer(Role.APPROVER, person=ids.new_id()) | {"if-match": '"1"'})
        for _ in range(8)))
    assert {answer.status_code for answer in answers} <= {200, 409, 412}
    await city.quiet()
    note = (await city.http.get(root.replace("datasets", f"notes/{quarter_of(clock.now(), 'Europe/Paris')}"))).json()
    assert note["published"]["versions"] == 1 and [answer.status_code for answer in answers].count(200) == 1


@pytest.fixture
async def both(make_city: Any, postgres_server: PostgresServer) -> list[City]:
    """The same city on SQLite and on PostgreSQL."""
    return [await make_city(services=["publications"]),
            await make_city(services=["publications"], database=lambda _service: postgres_server.database())]


async def test_both_databases_give_the_same_note_and_the_same_catalogue(both: list[City], told: Any, speak: Any) -> None:
    told.request(1)
    told.scheduled(1, date(2026, 12, 1))
    told.moved(1, date(2026, 12, 1), date(2026, 12, 11))
    told.request(2, "requester_only")
    told.answered(2, "requester_only")
    seen: list[list[Any]] = []
    for city in both:
        city.move_clock(to=told.at)
        await speak(city, told.events[::-1])
        await city.http.post("/api/publications/v1/datasets", headers=city.bearer(Role.OFFICER), json={
            "slug": "trees", "title": {"en": "Trees"}, "registered": True, "version": {"number": "1.0.0"}})
        pages = ["notes/2026-4.html", "awaited", "datasets.atom"]
        seen.append([(await city.http.get(f"/api/publications/v1/{page}")).content for page in pages])
        assert await shape(city) == EXPECTED
    assert seen[0] == seen[1]
