"""What accounts does besides answering."""

from weakref import WeakKeyDictionary

from quartier import clock
from quartier.database import Database
from quartier.service import Runtime
from quartier.workers import Workers
from quartier_accounts.clearing import clear

EVERY_SECONDS = 86_400.0

workers = Workers()
_cleared_at: WeakKeyDictionary[Database, float] = WeakKeyDictionary()


@workers.loop
async def forget_what_ran_out(runtime: Runtime) -> int:
    """Clear once a day, and when the process starts. Machine time: lives of links and sessions are no business of the calendar."""
    last = _cleared_at.get(runtime.database)
    if last is not None and clock.monotonic() - last < EVERY_SECONDS:
        return 0
    async with runtime.unit_of_work() as uow:
        cleared = await clear(uow)
    _cleared_at[runtime.database] = clock.monotonic()
    return cleared
