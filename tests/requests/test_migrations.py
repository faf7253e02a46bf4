"""The migrations make the very tables that the code reads, on both databases."""

from typing import Any

from sqlalchemy import inspect
from sqlmodel import SQLModel

from quartier_requests import model  # noqa: F401, its tables are looked at
from quartier_requests.notices import model as ledger  # noqa: F401, and its
from tests.requests.town import Town

OWN = ("request", "request_event", "slip", "owed_notice", "request_number")


def described(inspector: Any, table: str) -> dict[str, Any]:
    indexes = {index["name"]: (tuple(index["column_names"]), bool(index["unique"])) for index in inspector.get_indexes(table)
               if not index.get("duplicates_constraint")}
    return {"columns": {column["name"]: (str(column["type"]), column["nullable"]) for column in inspector.get_columns(table)},
            "key": inspector.get_pk_constraint(table)["constrained_columns"], "indexes": indexes,
            "unique": sorted(tuple(one["column_names"]) for one in inspector.get_unique_constraints(table)),
            "foreign": sorted((tuple(one["constrained_columns"]), one["referred_table"]) for one in inspector.get_foreign_keys(table))}


async def test_the_migrated_tables_are_those_of_the_model(either_town: Town, tmp_path: Any):
    engine = either_town.city.runtime("requests").database.engine
    async with engine.begin() as connection:
        migrated = await connection.run_sync(lambda sync: {name: described(inspect(sync), name) for name in OWN})
        tables = [SQLModel.metadata.tables[name] for name in OWN]
        await connection.run_sync(lambda sync: SQLModel.metadata.drop_all(sync, tables))
        await connection.run_sync(lambda sync: SQLModel.metadata.create_all(sync, tables))
        expected = await connection.run_sync(lambda sync: {name: described(inspect(sync), name) for name in OWN})
    for name in OWN:
        assert migrated[name] == expected[name]
