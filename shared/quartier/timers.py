"""Things that are due at a business instant: one row a timer, fired in a transaction of its own, in the order of due instants.

A timer that fails is tried again at growing intervals and says why; it is never dropped.
"""

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Text, delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier import clock, ids
from quartier.database import Utc, claim
from quartier.loops import Loop, reason_of

if TYPE_CHECKING:
    from quartier.service import Runtime
    from quartier.uow import UnitOfWork

    Function = Callable[[str, datetime, UnitOfWork], Awaitable[None]]

PAUSES = (1, 5, 30, 120, 600, 3600)
"""Seconds between the tries of a timer that fails; the last one repeats."""

F = TypeVar("F", bound="Function")


class TimerRow(SQLModel, table=True):
    """One timer that is set. `next_try_at` is machine time and stands there only after a failure."""

    __tablename__ = "timer"

    name: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    due_at: Utc = Field(index=True)
    tries: int = 0
    next_try_at: Utc | None = None
    reason: str | None = Field(default=None, sa_type=Text)


async def schedule(session: AsyncSession, name: str, key: str, due_at: datetime) -> None:
    """Set the timer of that name and key to a business instant, whether it was set before or not."""
    connection = await session.connection()
    await connection.execute(_setting(connection.dialect.name), {
        "name": name, "key": key, "due_at": due_at, "tries": 0, "next_try_at": None, "reason": None})


@cache
def _setting(dialect: str) -> Insert:
    # One statement, built once: nearly every act sets a timer.
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(TimerRow.__table__)
    anew = {name: statement.excluded[name] for name in ("due_at", "tries", "next_try_at", "reason")}
    return statement.on_conflict_do_update(index_elements=["name", "key"], set_=anew)


async def cancel(session: AsyncSession, name: str, key: str) -> None:
    """Forget a timer, if there is one."""
    await session.exec(delete(TimerRow).where(TimerRow.name == name, TimerRow.key == key))


class Timers:
    """What a service does when something is due, by the timer's name."""

    def __init__(self) -> None:
        self._by_name: dict[str, Function] = {}

    def on(self, name: str) -> Callable[[F], F]:
        """Register a function for the timers of that name."""

        def register(function: F) -> F:
            if name in self._by_name:
                raise ValueError(f"two functions want the timer {name}")
            self._by_name[name] = function
            return function

        return register

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __getitem__(self, name: str) -> "Function":
        return self._by_name[name]


class TimerLoop(Loop):
    """Fires what is due, one timer a step."""

    breath = 0.1

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__(f"{runtime.service.name} timers", runtime.bell)
        self.runtime = runtime
        self.timers = runtime.service.timers

    async def step(self) -> int:
        """Fire the timer that has been due for the longest time: its row goes in the transaction of its effect."""
        due = self._due().limit(1)
        async with self.runtime.database.session() as session:
            if (await session.exec(due)).first() is None:
                return 0
        fired: tuple[str, str, datetime] | None = None
        try:
            async with self.runtime.unit_of_work() as uow:
                claimed = await claim(uow.session, due)
                if not claimed:
                    return 0
                name, key, due_at = fired = claimed[0].name, claimed[0].key, claimed[0].due_at
                # Deleted first, so that the function may set the same timer again.
                await cancel(uow.session, name, key)
                await self.timers[name](key, due_at, uow)
        except Exception as error:
            if fired is None:
                raise
            await self._note_failure(*fired, error)
        return 1

    def _due(self) -> Any:
        may_try = or_(TimerRow.next_try_at.is_(None), TimerRow.next_try_at <= clock.wall())
        return select(TimerRow).where(TimerRow.name.in_(list(self.timers)), TimerRow.due_at <= clock.now(), may_try).order_by(
            TimerRow.due_at, TimerRow.name, TimerRow.key)

    async def _note_failure(self, name: str, key: str, due_at: datetime, error: Exception) -> None:
        """Plan the next try, unless the timer was set anew meanwhile."""
        async with self.runtime.database.transaction() as session:
            timer = await session.get(TimerRow, (name, key), with_for_update=True)
            if timer is None or timer.due_at != due_at:
                return
            timer.tries += 1
            timer.reason = reason_of(error)
            timer.next_try_at = clock.in_seconds(ids.jitter(PAUSES[min(timer.tries, len(PAUSES)) - 1]))
