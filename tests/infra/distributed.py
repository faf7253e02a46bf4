"""A city of separate processes, one a service, started as docker-compose.yml says against the servers of the tests."""
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from sqlalchemy.engine import make_url

from quartier.testing import tiers
from quartier.testing.kafka import KafkaServer
from quartier.testing.otlp import OtlpSink
from quartier.testing.postgres import PostgresServer
from quartier.testing.processes import LocalProcess, free_port
from quartier.testing.smtp import Mail, MailServer
from tests.infra.compose import Container, HealthCheck, NotUnderstood, in_order, located, read
from tests.infra.proxy import Proxy, read_routes

ROOT = Path(__file__).parents[2]
# The only things that a process gets and the file does not say: where programs are, and a home that is not somebody's.
PROGRAMS = f"{Path(sys.executable).parent}:{os.environ['PATH']}"


@cache
def secrets() -> dict[str, str]:
    """The installation's secrets, made as an operator makes them; once a run, since roles belong to the whole server."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([ROOT / "infra/secrets", f"{folder}/env"], check=True)
        return dict(line.split("=", 1) for line in Path(folder, "env").read_text().splitlines())


class City:
    """The processes of one city, and the servers that it stands on.

    The methods wait and block: an async test calls them by `asyncio.to_thread`.
    """

    def __init__(self, kafka: KafkaServer, postgres: PostgresServer, mail: MailServer, otlp: OtlpSink,
                 extra: Mapping[str, str]) -> None:
        self.kafka, self.postgres, self.mail, self.otlp, self._extra = kafka, postgres, mail, otlp, extra
        self.folder = Path(tempfile.mkdtemp(prefix="quartier-city-"))
        self.containers = read(ROOT / "docker-compose.yml", secrets())
        self.processes: dict[str, LocalProcess] = {}
        self.database = make_url(postgres.database())
        self._ports = {name: free_port() for name, container in self.containers.items() if container.is_ours and container.ports}
        self._proxy_port = free_port()
        self._addresses = self._places()
        self._proxy: Proxy | None = None

    @property
    def url(self) -> str:
        """The address at which people reach the city."""
        return f"http://127.0.0.1:{self._proxy_port}"

    @property
    def urls(self) -> dict[str, str]:
        """Where each service listens itself."""
        return {name: f"http://127.0.0.1:{port}" for name, port in self._ports.items()}

    @property
    def mails(self) -> list[Mail]:
        return list(self.mail.mails)

    def start(self) -> None:
        """Starts everything in the order of `depends_on`; returns when each health check of ours says yes."""
        (self.folder / "infra").symlink_to(ROOT / "infra")
        self.kafka.clear("quartier.")
        for container in in_order(self.containers):
            for other, condition in container.depends_on.items():
                if condition == "service_healthy" and other in self.processes:
                    self._wait_for(other)
            if container.name == "postgres":
                self._run_first_scripts(container)
            elif container.name == "proxy":
                self._proxy = Proxy(read_routes(self._bound(container, "/etc/caddy/Caddyfile"), self._addresses), self._proxy_port)
            elif container.is_ours:
                self._launch(container)

    def stop(self) -> None:
        """Ends the processes in the reverse order, each within its grace."""
        if self._proxy is not None:
            self._proxy.stop()
        for name, process in reversed(self.processes.items()):
            process.stop(seconds=self.containers[name].grace.total_seconds())
        shutil.rmtree(self.folder)

    def kill(self, name: str) -> None:
        """SIGKILL to one service."""
        self.processes[name].kill()

    def restart(self, name: str) -> None:
        """Starts a service that was killed, as the engine would; returns when it is healthy."""
        self.processes[name].start()
        self._wait_for(name)

    def environment(self, name: str) -> dict[str, str]:
        """What a process of this service gets to see: the file's words, with the places of this machine."""
        container = self.containers[name]
        seen = {key: self._here(value, container) for key, value in container.environment.items()}
        return {**seen, **self._extra, "PATH": PROGRAMS, "HOME": str(self.folder)}

    def run(self, name: str, *command: str) -> str:
        """Runs one command as an operator does in a service's container; gives what it printed."""
        done = subprocess.run(command, cwd=self.folder, env=self.environment(name), capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} in {name} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _places(self) -> dict[tuple[str, int], str]:
        """Where each address of the compose network is on this machine; `localhost` is the machine of whoever opens a page."""
        sink = self.otlp.url.removeprefix("http://")
        servers = {("kafka", 9092): self.kafka.bootstrap, ("postgres", 5432): f"{self.database.host}:{self.database.port}",
                   ("mail", 1025): self.mail.address, ("otel", 4318): sink, ("jaeger", 16686): sink,
                   ("proxy", 80): f"127.0.0.1:{self._proxy_port}"}
        if missing := [place for place in servers if place[1] not in self.containers[place[0]].ports]:
            raise NotUnderstood(f"the file no longer offers {missing}")
        if strange := {name for name, container in self.containers.items() if not container.is_ours} - {name for name, _ in servers}:
            raise NotUnderstood(f"nothing on this machine stands in for {', '.join(strange)}")
        ours = {(name, self.containers[name].ports[0]): f"127.0.0.1:{port}" for name, port in self._ports.items()}
        published = {("localhost", outside): servers[name, inside] for name in ("proxy", "jaeger")
                     for outside, inside in self.containers[name].published.items()}
        return servers | ours | published

    def _here(self, text: str, container: Container) -> str:
        """A word of the file, with hosts, the database's name and the container's folders as they are on this machine."""
        text = located(text, self._addresses)
        name = self.containers["postgres"].environment["POSTGRES_DB"]
        text = text.replace(f"{self._addresses['postgres', 5432]}/{name}", f"{self._addresses['postgres', 5432]}/{self.database.database}")
        for mount in container.mounts:
            if text == mount.target or text.startswith(f"{mount.target}/"):
                return str(self.folder / mount.source / mount.subpath) + text.removeprefix(mount.target)
        return text

    def _launch(self, container: Container) -> None:
        inside, port = (str(container.ports[0]), str(self._ports[container.name])) if container.ports else ("", "")
        command = [{"0.0.0.0": "127.0.0.1", inside: port}.get(word, word) for word in container.command]
        for mount in container.mounts:
            (self.folder / mount.source).mkdir(exist_ok=True)
        if "service_completed_successfully" in {other.depends_on.get(container.name) for other in self.containers.values()}:
            self.run(container.name, *command)
            return
        folder = self.folder / container.name
        folder.mkdir()
        process = self.processes[container.name] = LocalProcess(command, folder, env=self.environment(container.name))
        process.start()

    def _wait_for(self, name: str) -> None:
        check = self.containers[name].health
        assert check is not None
        deadline = time.monotonic() + check.patience.total_seconds()
        while (answer := self._is_healthy(name, check)).returncode != 0:
            process = self.processes[name]
            if not process.is_alive() or time.monotonic() > deadline:
                raise RuntimeError(f"{name} is not healthy: {answer.stderr[-500:]}\n{process.output()[-4000:]}")
            time.sleep(0.2)

    def _is_healthy(self, name: str, check: HealthCheck) -> subprocess.CompletedProcess[str]:
        own = {("localhost", port): self._addresses[name, port] for port in self.containers[name].ports}
        command = [located(word, own) for word in check.command]
        return subprocess.run(command, env=self.environment(name), capture_output=True, text=True)

    def _bound(self, container: Container, target: str) -> Path:
        return next(ROOT / mount.source for mount in container.mounts if mount.kind == "bind" and mount.target == target)

    def _run_first_scripts(self, container: Container) -> None:
        """What the official image does with a new data folder: the scripts mounted for it, as the server's owner."""
        if shutil.which("psql") is None:
            tiers.missing("postgres", "psql is not installed, and the first scripts of the database need it")
        server = self.postgres.url
        environment = {**container.environment, "POSTGRES_USER": str(server.username), "POSTGRES_DB": str(self.database.database),
                       "PGHOST": str(server.host), "PGPORT": str(server.port), "PGPASSWORD": str(server.password), "PATH": PROGRAMS}
        for mount in container.mounts:
            if mount.target.startswith("/docker-entrypoint-initdb.d/"):
                subprocess.run([ROOT / mount.source], check=True, env=environment)


@asynccontextmanager
async def city(kafka: KafkaServer, postgres: PostgresServer, mail: MailServer, otlp: OtlpSink,
               **extra: str) -> AsyncIterator[City]:
    """A running city; `extra` are further environment variables for all of its processes."""
    place = await asyncio.to_thread(City, kafka, postgres, mail, otlp, extra)
    try:
        await asyncio.to_thread(place.start)
        yield place
    finally:
        await asyncio.to_thread(place.stop)
