"""The tables that the revisions make are the tables that the code expects, on both databases, and both sizes do the same."""

from typing import Any

import pytest
from sqlalchemy import inspect
from sqlmodel import SQLModel

from quartier import ids
from quartier.contracts.notices import NoticeKind
from quartier.contracts.requests import RequestTakenUp, Visibility
from quartier.database import Database
from quartier.migrations import pending, upgrade
from quartier_notify.ledger.model import State
from quartier_notify.service import service

OWN = ("message", "notice", "delivery", "followable", "subscription", "feed_entry", "mailbox_mail")


def _shape(connection: Any) -> dict[str, Any]:
    found = inspect(connection)
    return {table: (
        {column["name"]: column["nullable"] for column in found.get_columns(table)},
        {tuple(index["column_names"]) for index in found.get_indexes(table) if not index.get("duplicates_constraint")},
        {tuple(sorted(unique["column_names"])) for unique in found.get_unique_constraints(table)},
        {(tuple(key["constrained_columns"]), key["referred_table"]) for key in found.get_foreign_keys(table)},
    ) for table in OWN}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_the_revisions_make_what_the_models_declare(kind: str, tmp_path: Any, request: pytest.FixtureRequest) -> None:
    assert service.router.routes, "asking for the endpoints loads the models"
    if kind == "sqlite":
        migrated, declared = Database.in_file(tmp_path / "migrated.db"), Database.in_file(tmp_path / "declared.db")
    else:
        server = request.getfixturevalue("postgres_server")
        migrated, declared = Database(server.database()), Database(server.database())
    await upgrade(migrated, service)
    await upgrade(migrated, service)
    assert await pending(migrated, service) == []
    tables = [SQLModel.metadata.tables[name] for name in OWN]
    async with declared.engine.begin() as connection:
        await connection.run_sync(lambda plain: SQLModel.metadata.create_all(plain, tables))
        wanted = await connection.run_sync(_shape)
    async with migrated.engine.connect() as connection:
        assert await connection.run_sync(_shape) == wanted
    await migrated.stop()
    await declared.stop()


@pytest.mark.postgres
@pytest.mark.kafka
async def test_the_distributed_size_tells_owners_and_followers_the_same_way(make_notify: Any, mail_server: Any) -> None:
    notify = await make_notify(size="distributed", smtp=mail_server.address)
    request = await notify.open_request()
    await notify.follower(request)
    ada = notify.person("ada@example.org")
    owed = await notify.owe(ada, NoticeKind.SELECTED, subject=request, event_id=ids.new_id())
    await notify.publish(owed)
    await notify.publish(RequestTakenUp(request_id=request, ref="R-2027-0042", state="in_research", label="being_researched",
                                        visibility=Visibility.PUBLIC))
    await notify.until(lambda found: [one.state for one in found] == [State.SENT] * 3)
    assert sorted(mail.recipients[0] for mail in mail_server.mails) == ["ada@example.org", "fern@example.org", "fern@example.org"]
