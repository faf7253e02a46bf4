"""Bringing a service's database to the shape that its code expects: the kit's tables first, then the service's own.

The two histories have a version table each. This package alone imports Alembic.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from quartier.database import Database

if TYPE_CHECKING:
    from quartier.service import Service

HERE = Path(__file__).parent
KIT = HERE / "kit"


def _histories(service: "Service") -> list[tuple[Path, str]]:
    own = service.migrations
    return [(KIT, "kit_version"), *([(own, f"{service.name}_version")] if own else [])]


def _config(folder: Path, table: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("version_locations", str(folder))
    config.set_main_option("path_separator", "newline")
    config.attributes["version_table"] = table
    return config


async def upgrade(database: Database, service: "Service") -> None:
    """Apply every revision that is missing, all in one transaction; running it again changes nothing."""

    def run(connection: Any) -> None:
        for folder, table in _histories(service):
            config = _config(folder, table)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    async with database.engine.begin() as connection:
        await connection.run_sync(run)


@cache
def _head(folder: Path, table: str) -> str | None:
    """The last revision that this process knows; reading it runs every script, and probes ask all day long."""
    return ScriptDirectory.from_config(_config(folder, table)).get_current_head()


async def pending(database: Database, service: "Service") -> list[str]:
    """A sentence for each history that is behind; nothing when the schema is current."""

    def look(connection: Any) -> list[str]:
        behind = []
        for folder, table in _histories(service):
            head = _head(folder, table)
            present = MigrationContext.configure(connection, opts={"version_table": table}).get_current_revision()
            if present != head:
                behind.append(f"{service.name}: the database is at revision {present}, the code at {head}: run `quartier migrate`.")
        return behind

    async with database.session() as session:
        return await (await session.connection()).run_sync(look)
