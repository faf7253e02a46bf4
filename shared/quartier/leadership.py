"""Which replica of a service relays its outbox: the one that holds an advisory lock on PostgreSQL.

The lock belongs to a connection of its own, outside the pool, and never behind a proxy that pools transactions: when the process or
the connection dies, the server frees the lock and another replica takes over. On SQLite the process owns its folder, and leads.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import make_url

from quartier.database import Database

if TYPE_CHECKING:
    from asyncpg import Connection

PATIENCE = 5.0
# A leader whose machine is gone sends no goodbye: the server notices within 20 seconds, not after the two hours of the default.
KEEPALIVE = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
LOCK = "SELECT pg_try_advisory_lock(hashtextextended(concat('quartier relay ', current_schema(), ' ', $1::text), 0))"


class Leadership:
    """The wish to lead, and a bell: on PostgreSQL the same connection listens for the commits of all replicas."""

    def __init__(self, database: Database, service: str, ring: Callable[[], None]) -> None:
        self._database, self._service, self._ring = database, service, ring
        self._connection: Connection | None = None
        self._is_held = False

    async def is_held(self) -> bool:
        """Whether this replica leads now; takes the lead where nobody has it."""
        if not self._database.is_postgres:
            return True
        if self._connection is None or self._connection.is_closed():
            self._is_held = False
            self._connection = await self._connect()
        if not self._is_held:
            self._is_held = await self._connection.fetchval(LOCK, self._service, timeout=PATIENCE)
        return self._is_held

    async def give_up(self) -> None:
        """Close the connection, and with it the lock."""
        if self._connection is not None and not self._connection.is_closed():
            self._connection.terminate()
        self._connection, self._is_held = None, False

    async def _connect(self) -> "Connection":
        # The embedded city needs no driver for PostgreSQL.
        import asyncpg

        url = make_url(self._database.url)
        options: dict[str, Any] = url.translate_connect_args(username="user") | dict(url.query)
        connection = await asyncpg.connect(**options, timeout=PATIENCE, server_settings=KEEPALIVE)
        await connection.add_listener("quartier_outbox", lambda *_: self._ring())
        return connection
