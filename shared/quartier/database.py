"""The one way to a database: entities, aware times, and a transaction that is the same on SQLite and PostgreSQL.

SQLite: WAL, `synchronous=FULL`, one writer at a time (a queue in this process, BEGIN IMMEDIATE in the file), because a deferred
read-then-write fails at once in spite of any timeout. PostgreSQL: the pool's ordinary transactions.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import JSON, DateTime, TypeDecorator, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import ids, sqlite
from quartier.refusals import name_lost_connections, translated


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC times on both databases; SQLite gives naive ones back, and nobody may store one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


Utc = Annotated[datetime, Field(sa_type=UtcDateTime)]
JsonValue = JSON().with_variant(JSONB(), "postgresql")


def json_field(**kwargs: Any) -> Any:
    """A column that holds a list or an object of JSON values."""
    return Field(sa_type=JsonValue, **kwargs)


class Entity(SQLModel):
    """Base of the aggregates that emit events.

    `version` counts the updates of the row and is its ETag; `sequence` counts the events that it has emitted.
    """

    id: UUID = Field(default_factory=ids.new_id, primary_key=True)
    version: int = Field(default=1, nullable=False)
    sequence: int = Field(default=0, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version} if hasattr(cls, "__table__") else {}


class Database:
    """One service's database: its engines, reading sessions and writing transactions."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_postgres = url.startswith("postgresql")
        if self.is_postgres:
            self._reader = self._writer = _postgres(url)
        else:
            self._reader, self._writer = sqlite.engine(url, "BEGIN"), sqlite.engine(url, "BEGIN IMMEDIATE")
        self._turn = asyncio.Lock()

    @classmethod
    def in_file(cls, path: Path) -> "Database":
        """The SQLite database in that file, made when it is first written."""
        return cls(f"sqlite+aiosqlite:///{path}")

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes, for migrations and for what needs a connection of its own."""
        return self._writer

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session for reading. What it changed is not kept."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            with translated():
                yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose changes are committed at the end, all or none."""
        async with nullcontext() if self.is_postgres else self._turn:
            async with AsyncSession(self._writer, expire_on_commit=False) as session:
                with translated():
                    try:
                        yield session
                        await session.commit()
                    except BaseException:
                        await session.rollback()
                        raise

    async def stop(self) -> None:
        """Close every connection."""
        await self._reader.dispose()
        await self._writer.dispose()


def _postgres(url: str) -> AsyncEngine:
    # No ping before use, which costs three more trips each time: a server that has been away is noticed by the loops, which look
    # each second, and the first error makes the pool replace all its connections.
    engine = create_async_engine(url, pool_size=20, max_overflow=20, hide_parameters=True)
    name_lost_connections(engine.sync_engine)
    return engine


async def take_turn(session: AsyncSession, *what: object) -> None:
    """Wait until no other transaction is about this; it is ours until the end. On SQLite one writer is at work at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        name = "/".join(str(part) for part in what)
        await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def claim(session: AsyncSession, statement: Any) -> list[Any]:
    """Rows that this transaction alone works on: others skip them on PostgreSQL, and wait their turn on SQLite."""
    if session.get_bind().dialect.name == "postgresql":
        statement = statement.with_for_update(skip_locked=True)
    return list((await session.exec(statement)).all())
