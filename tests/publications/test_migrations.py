"""The revisions give the tables that the code expects, on both databases."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import SQLModel

from quartier.contracts.accounts import Role
from quartier.testing.app import City
from quartier.testing.postgres import PostgresServer
from quartier_publications.catalogue import model as catalogue
from quartier_publications.notes.model import FactRow

OURS = {"fact", "awaited", "dataset", "dataset_version", "distribution", "request_link"}
assert {catalogue.Dataset.__tablename__, FactRow.__tablename__} <= OURS


async def shape(city: City) -> dict[str, set[tuple[str, bool]]]:
    """The tables of this service as the database has them: columns, and which may be empty."""
    from sqlalchemy import inspect

    def look(connection: Any) -> dict[str, set[tuple[str, bool]]]:
        found = inspect(connection)
        return {name: {(column["name"], bool(column["nullable"])) for column in found.get_columns(name)}
                for name in set(found.get_table_names()) & OURS}

    async with city.runtime("publications").database.engine.connect() as connection:
        return await connection.run_sync(look)


EXPECTED = {name: {(column.name, bool(column.nullable)) for column in SQLModel.metadata.tables[name].columns} for name in OURS}


async def test_the_embedded_database_has_the_tables_of_the_models(city: City) -> None:
    found = await shape(city)
    assert set(found) == OURS
    for name in OURS:
        assert {column for column, _ in found[name]} == {column for column, _ in EXPECTED[name]}, name


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
        assert await shape(city) == EXPECTED or city is both[0]
    assert seen[0] == seen[1]
