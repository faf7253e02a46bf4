"""Things that are due at a business instant: one row a timer, fired in a transaction of its own, in the order of due instants."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, delete
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.database import Utc

if TYPE_CHECKING:
    from quartier.uow import UnitOfWork


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
    await cancel(session, name, key)
    session.add(TimerRow(name=name, key=key, due_at=due_at))
    await session.flush()


async def cancel(session: AsyncSession, name: str, key: str) -> None:
    """Forget a timer, if there is one."""
    await session.execute(delete(TimerRow).where(TimerRow.name == name, TimerRow.key == key))
