"""The two sizes of a city as a storm needs them: processes that can be told where to die, and what they leave behind.

The methods wait and block: a coroutine calls them by `asyncio.to_thread`.
"""
import json
import os
import shutil
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path

from quartier import ids, keys
from quartier.auth import Signer
from quartier.bus import Bus
from quartier.database import Database
from quartier.settings import Settings
from quartier.testing.kafka import KafkaServer
from quartier.testing.otlp import OtlpSink
from quartier.testing.postgres import PostgresServer
from quartier.testing.processes import LocalProcess, free_port
from quartier.testing.smtp import MailServer
from quartier.transport import bus_of
from tests.infra import distributed
from tests.infra.compose import Container

SERVICES = ("accounts", "notify", "portal", "publications", "requests")
LEASE_SECONDS = 16.0
"""Of a delivery, in place of two minutes. With a shorter one, a sender that is only slow counts as lost."""
SEND = ("relay-before-send", "relay-amid-send", "relay-after-send")
COMMIT = ("command-before-commit", "command-after-commit")
CONSUME = ("consumer-before-commit", "consumer-after-commit")
MAIL = ("mail-before-data", "mail-after-data", "mail-after-reply")
POINTS: dict[str, tuple[str, ...]] = {
    "accounts": (*COMMIT, *SEND, *CONSUME),
    "notify": (*COMMIT, *SEND, *CONSUME, *MAIL),
    "portal": CONSUME,
    "publications": (*COMMIT, *SEND, *CONSUME),
    "requests": (*COMMIT, *SEND, *CONSUME),
}
"""Where each service can die: the portal commands nothing and sends nothing, and only notify writes mails."""


class Place(ABC):
    """What both sizes offer."""

    size: str
    mail: MailServer
    kafka: KafkaServer | None = None

    @abstractmethod
    def process_of(self, service: str) -> LocalProcess:
        """The process in which a service runs."""

    @abstractmethod
    def url(self, service: str) -> str:
        """Where a service listens."""

    @abstractmethod
    def settings(self, service: str) -> Settings:
        """What a service was told; whoever asks sees its keys, its database and the bus."""

    @abstractmethod
    def start(self) -> None:
        """Start every process."""

    @abstractmethod
    def stop(self) -> None:
        """End what is left of them."""

    def processes(self) -> list[LocalProcess]:
        """Each once."""
        return list({id(process): process for process in map(self.process_of, SERVICES)}.values())

    def order(self, service: str, point: str, passage: int) -> Path:
        """Tell the process of a service to die at that passage of the point; the file is there until it does."""
        file = self._order_file(service)
        written = file.with_suffix(".part")
        written.write_text(json.dumps({"id": str(ids.new_id()), "service": service, "point": point, "passage": passage}))
        written.rename(file)
        return file

    def _order_file(self, service: str) -> Path:
        return Path(self.process_of(service).env["QUARTIER_STORM_ORDER"])

    def signer(self, service: str) -> Signer:
        """Who signs as that service; accounts signs people."""
        return Signer(keys.load(self.settings(service), service))

    def database(self, service: str) -> Database:
        """A service's database, opened from outside."""
        settings = self.settings(service)
        return Database(settings.database_url) if settings.database_url else Database.in_file(settings.folder / f"{service}.db")

    def bus(self) -> Bus:
        """The bus, opened from outside."""
        return bus_of(self.settings("requests"))


def with_orders(process: LocalProcess, arguments: list[str]) -> None:
    """Let a process run the same command with the seams of the storm around it."""
    process.command = [sys.executable, "-m", "tests.storm.process", *arguments]
    process.env |= {"PYTHONPATH": str(distributed.ROOT), "QUARTIER_STORM_ORDER": str(process.folder / "order"),
                    "QUARTIER_STORM_LEASE": str(LEASE_SECONDS)}


class Embedded(Place):
    """The whole city in one process, with a mail server outside it."""

    size = "embedded"

    def __init__(self, mail: MailServer) -> None:
        self.mail, self.port = mail, free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="quartier-storm-"))
        self._environment = {"QUARTIER_FOLDER": str(self.folder / "city"), "QUARTIER_SMTP": mail.address,
                             "QUARTIER_PUBLIC_URL": f"http://127.0.0.1:{self.port}"}
        self._process = LocalProcess([], self.folder, env={**self._environment, "PATH": os.environ["PATH"], "HOME": str(self.folder)})
        with_orders(self._process, ["up", "--host", "127.0.0.1", "--port", str(self.port)])

    def process_of(self, service: str) -> LocalProcess:
        return self._process

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self, service: str) -> Settings:
        return Settings(folder=self.folder / "city")

    def start(self) -> None:
        self._process.start()

    def stop(self) -> None:
        self._process.stop()
        shutil.rmtree(self.folder)


class _City(distributed.City):
    """The city of the compose file, each of whose services can be told where to die."""

    def _launch(self, container: Container) -> None:
        super()._launch(container)
        if process := self.processes.get(container.name):
            process.kill()
            with_orders(process, process.command[1:])
            process.start()


class Distributed(Place):
    """One process a service, on PostgreSQL and Kafka."""

    size = "distributed"

    def __init__(self, kafka: KafkaServer, postgres: PostgresServer, mail: MailServer, otlp: OtlpSink) -> None:
        self.kafka, self.mail = kafka, mail
        self.city = _City(kafka, postgres, mail, otlp, {})

    def process_of(self, service: str) -> LocalProcess:
        return self.city.processes[service]

    def url(self, service: str) -> str:
        return self.city.urls[service]

    def settings(self, service: str) -> Settings:
        environment: Mapping[str, str] = self.city.environment(service)
        return Settings(database_url=environment["QUARTIER_DATABASE_URL"], keys=Path(environment["QUARTIER_KEYS"]),
                        kafka=[environment["QUARTIER_KAFKA"]])

    def start(self) -> None:
        self.city.start()

    def stop(self) -> None:
        self.city.stop()
