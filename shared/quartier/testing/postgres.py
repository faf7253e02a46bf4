"""A PostgreSQL server for tests: in a container where an engine runs, else from the machine's own binaries."""
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
from sqlalchemy.engine import URL, make_url

from quartier.testing import tiers
from quartier.testing.engine import Container, engine_runs
from quartier.testing.processes import LocalProcess, Runner, free_port, run_apart, start_and_wait

IMAGE = "postgres:17"
OWNER = "postgres"
OPTIONS = ["-c", "max_connections=300"]


class PostgresServer:
    """A server that a test may kill; `start` brings it back with the same data on the same port.

    The methods wait and block: an async test calls them by `asyncio.to_thread`.
    """

    def __init__(self, url: URL, runner: Runner | None = None) -> None:
        self.url, self._runner = url.set(drivername="postgresql+asyncpg"), runner

    @property
    def runner(self) -> Runner:
        if self._runner is None:
            tiers.missing("postgres", "the server of QUARTIER_TEST_POSTGRES is not ours to stop")
        return self._runner

    def start(self) -> None:
        """Starts the server, and returns when it answers a query."""
        start_and_wait(self.runner, self.answers, f"PostgreSQL at {self.url}")

    def kill(self) -> None:
        """SIGKILL to the server and its back ends: what was not on disk is gone."""
        self.runner.kill()

    def stop(self) -> None:
        self.runner.stop()

    def answers(self) -> bool:
        try:
            self.execute("select 1")
        except (OSError, asyncpg.PostgresError):
            return False
        return True

    def execute(self, statement: str) -> None:
        """Runs one statement as the server's owner, outside any transaction."""
        async def run() -> None:
            connection = await asyncpg.connect(
                host=self.url.host, port=self.url.port, user=self.url.username, password=self.url.password,
                database=self.url.database, timeout=10)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        run_apart(run())

    def database(self) -> str:
        """A fresh, empty database with a name of its own; gives its address for SQLAlchemy."""
        name = f"test_{secrets.token_hex(6)}"
        self.execute(f'create database "{name}"')
        return self.url.set(database=name).render_as_string(hide_password=False)


class Local(LocalProcess):
    """The server as a process of this machine."""

    def stop(self) -> None:
        """The fast end, which does not wait for clients to leave."""
        super().stop(signal.SIGINT)


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL on this machine (Debian keeps them out of the path)."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    if debian:
        return debian[-1]
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found else None


def from_container() -> tuple[PostgresServer, Container]:
    port, password = free_port(), secrets.token_urlsafe(16)
    container = Container(IMAGE, 5432, port, {"POSTGRES_PASSWORD": password}, ["postgres", *OPTIONS])
    return PostgresServer(_url(port, password), container), container


def from_machine(programs: Path) -> tuple[PostgresServer, Path]:
    # PostgreSQL refuses to run as root, and the folders of pytest can be entered by root alone.
    folder = Path(tempfile.mkdtemp(prefix="quartier-postgres-"))
    user = OWNER if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    port, password = free_port(), secrets.token_urlsafe(16)
    secret = folder / "password"
    secret.write_text(password)
    secret.chmod(0o644)
    identity = {"user": user, "extra_groups": []} if user else {}
    subprocess.run([programs / "initdb", "--pgdata", folder / "data", "--username", OWNER, "--auth", "scram-sha-256", "--pwfile", secret,
                    "--encoding", "UTF8", "--locale", "C.UTF-8"], check=True, capture_output=True, cwd=folder, **identity)
    secret.unlink()
    command = [str(programs / "postgres"), "-D", str(folder / "data"), "-c", "listen_addresses=127.0.0.1", "-c", f"port={port}",
               "-c", "unix_socket_directories=", *OPTIONS]
    return PostgresServer(_url(port, password), Local(command, folder, user=user)), folder


def _url(port: int, password: str) -> URL:
    return URL.create("postgresql", OWNER, password, "127.0.0.1", port, "postgres")


def provide() -> Iterator[PostgresServer]:
    """Yields the server of this run: a given one, a container, or the machine's binaries; else the tier is missing."""
    if given := os.environ.get("QUARTIER_TEST_POSTGRES"):
        server = PostgresServer(make_url(given))
        if not server.answers():
            tiers.missing("postgres", "QUARTIER_TEST_POSTGRES names a server that does not answer")
        yield server
        return
    if engine_runs():
        server, container = from_container()
        try:
            server.start()
            yield server
        finally:
            container.remove()
        return
    programs = binaries()
    if programs is None:
        tiers.missing("postgres", "no container engine runs, and PostgreSQL is not installed")
    server, folder = from_machine(programs)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
