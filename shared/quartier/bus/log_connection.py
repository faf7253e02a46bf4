"""How the embedded log reaches its SQLite file without ever blocking the event loop."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from quartier.bus import BusError, Unavailable

T = TypeVar("T")


class Connection:
    """One SQLite connection on a thread of its own: work is done in the order it was asked for, each in a transaction."""

    def __init__(self, path: Path, writes: bool) -> None:
        self._path, self._writes = path, writes
        self._thread = ThreadPoolExecutor(1, "bus-writer" if writes else "bus-reader")
        self._db: sqlite3.Connection | None = None
        self.is_open = False

    async def open(self) -> None:
        """Open the file. Raises Unavailable when it cannot be opened."""
        self._loop = asyncio.get_running_loop()
        await self._loop.run_in_executor(self._thread, self._open)
        self.is_open = True

    async def run(self, work: Callable[[sqlite3.Connection], T], then: Callable[[], None] | None = None) -> T:
        """Do work in a transaction; `then` is called on the event loop after the commit, whoever still waits for it."""
        if not self.is_open:
            raise BusError("The embedded log is closed.")
        return await self._loop.run_in_executor(self._thread, self._transaction, work, then)

    async def close(self) -> None:
        """Do what was asked for before, then close."""
        if self.is_open:
            self.is_open = False
            await self._loop.run_in_executor(self._thread, self._db.close)
        self._thread.shutdown()

    def _open(self) -> None:
        try:
            self._db = sqlite3.connect(self._path, isolation_level=None)
            self._db.execute("pragma journal_mode = wal")
            # An event that was acknowledged survives a loss of power.
            self._db.execute("pragma synchronous = full")
            self._db.execute(f"pragma query_only = {int(not self._writes)}")
        except sqlite3.DatabaseError as problem:
            raise Unavailable(f"The embedded log {self._path} cannot be opened: {problem}.") from problem

    def _transaction(self, work: Callable[[sqlite3.Connection], T], then: Callable[[], None] | None) -> T:
        try:
            # A deferred transaction that reads and then writes fails at once in spite of the time-out.
            self._db.execute("begin immediate" if self._writes else "begin")
            try:
                result = work(self._db)
                self._db.execute("commit")
            finally:
                if self._db.in_transaction:
                    self._db.execute("rollback")
        except sqlite3.OperationalError as problem:
            raise Unavailable(f"The embedded log {self._path} cannot be used: {problem}.") from problem
        if then is not None:
            self._loop.call_soon_threadsafe(then)
        return result
