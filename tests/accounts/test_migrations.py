"""The migrations build what the code expects, on both databases."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlmodel import SQLModel

from quartier.migrations import pending, upgrade
from quartier_accounts.links.model import Link
from quartier_accounts.people.model import Contact, Identifier, Person, RoleGrant
from quartier_accounts.sessions.model import Session
from quartier_accounts.sign_ins.model import SignIn
from quartier_accounts.tokens.model import ApiToken
from tests.accounts.house import House

OURS = {model.__tablename__ for model in (Person, Identifier, Contact, RoleGrant, SignIn, Session, Link, ApiToken)}


async def test_the_tables_are_those_of_the_models(either_house: House) -> None:
    database = either_house.city.runtime("accounts").database

    def differences(connection: Connection) -> Any:
        def ours(thing: Any, name: str | None, kind: str, *_rest: Any) -> bool:
            return (name if kind == "table" else thing.table.name) in OURS

        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        return compare_metadata(context, SQLModel.metadata)

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_again_changes_nothing(either_house: House) -> None:
    runtime = either_house.city.runtime("accounts")
    await upgrade(runtime.database, runtime.service)
    assert await pending(runtime.database, runtime.service) == []
