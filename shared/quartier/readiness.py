"""What a service lacks before it can do its work: its database and tables, room on the disk, its bus and topics, its loops.

Whoever asks learns which check failed; what exactly is wrong may name hosts and files, and is for operators and the log.
"""

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from quartier.bus import BusError
from quartier.migrations import pending
from quartier.problems import Problem
from quartier.transport import topics

if TYPE_CHECKING:
    from quartier.service import Runtime

ROOM = 64 * 1024 * 1024
"""Free bytes below which a service that writes files is not ready: a few more acts, and they would be refused."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lack:
    """One check that failed: whose, which, and in a sentence why."""

    service: str
    check: str
    detail: str


async def lacks(runtime: "Runtime") -> list[Lack]:
    """Everything that this service lacks just now; empty when it is ready."""
    found = [*await _in_storage(runtime), *await _on_the_bus(runtime)]
    found += [(f"loop {name}", f"It makes no progress: {loop.trouble or 'it is starting'}.")
              for name, loop in runtime.loops.items() if not loop.ready]
    return [Lack(runtime.service.name, check, detail) for check, detail in found]


async def _in_storage(runtime: "Runtime") -> list[tuple[str, str]]:
    found = [] if runtime.database.is_postgres else _on_the_disk(runtime.settings.folder)
    try:
        async with runtime.database.session() as session:
            await session.exec(text("SELECT 1"))
        return found + [("schema", sentence) for sentence in await pending(runtime.database, runtime.service)]
    except Problem as problem:
        return [*found, ("database", f"{problem.detail} {problem.__cause__ or ''}".strip())]


def _on_the_disk(folder: Path) -> list[tuple[str, str]]:
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return [("disk", str(error))]
    return [("disk", f"{folder.resolve()} has {free:,} bytes left.")] if free < ROOM else []


async def _on_the_bus(runtime: "Runtime") -> list[tuple[str, str]]:
    try:
        return [("topics", sentence) for sentence in await runtime.bus.check(topics())]
    except BusError as error:
        return [("bus", str(error))]


class Changes:
    """Tells the log what is lacking when that changes, and not at each probe."""

    def __init__(self) -> None:
        self._told: list[tuple[str, str]] = []

    def tell(self, found: list[Lack]) -> None:
        """Note what a probe has found."""
        names = [(lack.service, lack.check) for lack in found]
        if names == self._told:
            return
        self._told = names
        for lack in found:
            _log.warning("%s is not ready, %s: %s", lack.service, lack.check, lack.detail)
        if not found:
            _log.warning("All services are ready.")
