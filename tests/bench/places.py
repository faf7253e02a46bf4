"""What both sizes stand on while they are measured, and how a process is started for it and ended.

`embedded` is SQLite and the built-in log; `kafka` is PostgreSQL and Apache Kafka, as the tests start them.
"""

import asyncio
import os
import pstats
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from quartier import clock
from quartier.testing import kafka, postgres
from quartier.testing.kafka import KafkaServer
from quartier.testing.postgres import PostgresServer
from quartier.testing.processes import LocalProcess

ROOT = Path(__file__).parents[2]
QUARTIER = str(Path(sys.executable).with_name("quartier"))
READY_WITHIN = 60.0


@dataclass(frozen=True)
class Place:
    """The servers of one size, and a folder that is deleted in the end."""

    size: str
    folder: Path
    postgres: PostgresServer | None = None
    kafka: KafkaServer | None = None

    def database(self) -> str | None:
        """The address of an empty database; None stands for SQLite in the folder."""
        return self.postgres.database() if self.postgres else None

    @property
    def brokers(self) -> list[str]:
        return [self.kafka.bootstrap] if self.kafka else []


@contextmanager
def place_of(size: str, servers: tuple[PostgresServer, KafkaServer] | None = None) -> Iterator[Place]:
    """The place of one size; the servers of `kafka` are started for it, unless they are given."""
    folder = Path(tempfile.mkdtemp(prefix="quartier-bench-"))
    try:
        with ExitStack() as stack:
            if size == "kafka" and servers is None:
                servers = (stack.enter_context(contextmanager(postgres.provide)()),
                           kafka.given() or stack.enter_context(kafka.running(ROOT)))
            yield Place(size, folder, *(servers or ()))
    finally:
        shutil.rmtree(folder)


@contextmanager
def process(folder: Path, *command: str, profile: Path | None = None, **environment: str) -> Iterator[LocalProcess]:
    """A server in a process of its own until the block ends; it works in that folder, and what it prints is kept there.

    With `profile` it runs under cProfile, whose statistics are in that file afterwards.
    """
    folder.mkdir(exist_ok=True)
    watched = [sys.executable, "-m", "cProfile", "-o", str(profile)] if profile else []
    settings: Mapping[str, str] = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    server = LocalProcess([*watched, *command], folder, env=settings)
    server.start()
    try:
        yield server
    finally:
        server.stop(signal.SIGINT)  # An orderly end, so that a profile is written.


async def until(ready: Callable[[], Awaitable[bool]], server: LocalProcess | None = None, every: float = 0.02) -> None:
    """Wait until something is so; fails with what the server printed when it does not come about."""
    deadline = clock.monotonic() + READY_WITHIN
    while not await ready():
        if clock.monotonic() > deadline or (server and not server.is_alive()):
            raise RuntimeError(f"it did not come about\n{server.output()[-3000:] if server else ''}")
        await asyncio.sleep(every)


def report(profile: Path, what: str) -> None:
    """Say where the time went that a missed aim took: the fifteen dearest functions, on the error stream."""
    print(f"profile of {what}", file=sys.stderr)
    pstats.Stats(str(profile), stream=sys.stderr).strip_dirs().sort_stats("tottime").print_stats(15)
