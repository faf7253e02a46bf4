"""SQLite's engines: transactions that begin where we say, and one trip to the driver's thread for each statement.

aiosqlite runs a connection in a thread of its own, and takes a trip there for a cursor, for the statement, for its rows and for the
closing. Waking one another costs more than the statements of this house do, so a cursor here does all of it in one.
"""

import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY_SECONDS = 5.0
"""How long a statement waits for another process that writes."""
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


class Cursor:
    """What SQLAlchemy asks of a cursor. Its rows are fetched and the driver's cursor is closed before `execute` returns."""

    arraysize = 1

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> "Cursor":
        return self

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement."""
        await self._connection.there(self._run, sqlite3.Cursor.execute, operation, parameters)

    async def executemany(self, operation: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each set of parameters."""
        await self._connection.there(self._run, sqlite3.Cursor.executemany, operation, parameters)

    def _run(self, run: Any, operation: str, parameters: Sequence[Any]) -> None:
        cursor = self._connection.driver.cursor()
        try:
            run(cursor, operation, parameters)
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
            self._rows = cursor.fetchall() if cursor.description else ()
        finally:
            cursor.close()

    async def fetchall(self) -> Sequence[Any]:
        """The rows of the last statement."""
        return self._rows

    async def close(self) -> None:
        """Nothing is left open."""


class Connection(aiosqlite.Connection):
    """A connection whose cursors take one trip."""

    def __init__(self, connector: Any) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True  # A process that ends does not wait for connections that nobody closed.

    def cursor(self) -> Cursor:
        """A cursor, without asking the thread for it."""
        return Cursor(self)

    @property
    def driver(self) -> sqlite3.Connection:
        """The connection of the standard library, for the thread alone."""
        return self._conn

    async def there(self, function: Any, *arguments: Any) -> Any:
        """What the function gives in the connection's thread."""
        return await self._execute(function, *arguments)


def engine(url: str, begin: str) -> AsyncEngine:
    """An engine on that database, whose transactions open with `BEGIN` or, to write, with `BEGIN IMMEDIATE`."""

    def connect() -> Connection:
        arguments, options = made.dialect.create_connect_args(made.url)
        return Connection(partial(sqlite3.connect, *arguments, timeout=BUSY_SECONDS, **options))

    made = create_async_engine(url, async_creator=connect, hide_parameters=True)

    @event.listens_for(made.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # The driver must not open transactions of its own.
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(made.sync_engine, "begin")
    def open_transaction(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return made
