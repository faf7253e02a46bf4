"""An Apache Kafka broker for tests: in a container where an engine runs, else from the jars that `make kafka` brings."""
import asyncio
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from quartier.testing import tiers
from quartier.testing.engine import Container, engine_runs
from quartier.testing.processes import LocalProcess, Runner, free_port, run_apart, start_and_wait

IMAGE = "apache/kafka:4.3.1"
# One processor is all that a test broker needs to be quick: the small collector, and no second compiler.
JAVA = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]


class KafkaServer:
    """A broker that a test may kill; `start` brings it back with the same data on the same port.

    The methods wait and block: an async test calls them by `asyncio.to_thread`.
    """

    def __init__(self, bootstrap: str, cluster_id: str, runner: Runner | None = None) -> None:
        self.bootstrap, self.cluster_id, self._runner = bootstrap, cluster_id, runner

    @property
    def runner(self) -> Runner:
        if self._runner is None:
            tiers.missing("kafka", "the broker of QUARTIER_TEST_KAFKA is not ours to stop")
        return self._runner

    def start(self) -> None:
        """Starts the broker, and returns when it lists its topics and is the cluster that we formatted."""
        start_and_wait(self.runner, self._is_ours, f"the broker at {self.bootstrap}")

    def clear(self, prefix: str) -> None:
        """Deletes the topics whose names begin so, and with them what groups had read; returns when they are gone."""
        async def delete() -> None:
            admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
            await admin.start()
            try:
                while topics := [name for name in await admin.list_topics() if name.startswith(prefix)]:
                    await admin.delete_topics(topics)
                    await asyncio.sleep(0.1)
            finally:
                await admin.close()

        run_apart(delete())

    def _is_ours(self) -> bool:
        answer = cluster_of(self.bootstrap)
        if answer not in (None, self.cluster_id):
            raise RuntimeError(f"the broker at {self.bootstrap} is of cluster {answer}, not of ours, {self.cluster_id}")
        return answer is not None

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, no client is told."""
        self.runner.kill()

    def stop(self) -> None:
        """The orderly end, as in a rolling upgrade."""
        self.runner.stop()


def cluster_of(bootstrap: str) -> str | None:
    """The cluster id that a broker gives, or None while no admin client gets an answer from it."""
    host, port = bootstrap.split(",")[0].rsplit(":", 1)
    try:  # The client would write an error into the log for each try.
        socket.create_connection((host, int(port)), timeout=3).close()
    except OSError:
        return None

    async def ask() -> str | None:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=3000)
        try:
            await admin.start()
            await admin.list_topics()
            return str((await admin.describe_cluster())["cluster_id"])
        except (KafkaError, OSError):
            return None
        finally:
            await admin.close()

    return run_apart(ask())


def settings(template: Path, **values: str | int) -> dict[str, str]:
    """The broker's settings from the template, as names and values."""
    lines = template.read_text().format(**values).splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def from_container(template: Path) -> tuple[KafkaServer, Container]:
    """A broker in a container; the image takes the same settings as environment variables."""
    port, cluster_id = free_port(), secrets.token_urlsafe(16)
    values = settings(template, port=port, controller_port=free_port(), address="0.0.0.0", folder="/tmp/kraft")
    env = {"KAFKA_" + name.upper().replace(".", "_"): value for name, value in values.items()}
    container = Container(IMAGE, port, port, {**env, "CLUSTER_ID": cluster_id})
    return KafkaServer(f"127.0.0.1:{port}", cluster_id, container), container


def from_jars(template: Path, jars: Path) -> tuple[KafkaServer, Path]:
    """A broker as a process of this machine, freshly formatted in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="quartier-kafka-"))
    port, cluster_id = free_port(), secrets.token_urlsafe(16)
    values = settings(template, port=port, controller_port=free_port(), address="127.0.0.1", folder=folder / "kraft")
    properties = folder / "server.properties"
    properties.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    java = [*JAVA, "-cp", f"{jars}/*"]
    subprocess.run([*java, "kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", str(properties)],
                   check=True, capture_output=True, cwd=folder)
    runner = LocalProcess([*java, "kafka.Kafka", str(properties)], folder)
    return KafkaServer(f"127.0.0.1:{port}", cluster_id, runner), folder


def given() -> KafkaServer | None:
    """The broker that QUARTIER_TEST_KAFKA names, if any."""
    bootstrap = os.environ.get("QUARTIER_TEST_KAFKA")
    if not bootstrap:
        return None
    cluster_id = cluster_of(bootstrap)
    if cluster_id is None:
        tiers.missing("kafka", f"QUARTIER_TEST_KAFKA names {bootstrap}, where no broker answers")
    return KafkaServer(bootstrap, cluster_id)


@contextmanager
def running(root: Path) -> Iterator[KafkaServer]:
    """A broker of our own, from a container or from the jars; else the tier is missing."""
    template, cache = root / "infra/kafka/ci/server.properties", root / ".cache/kafka"
    if not template.exists():
        tiers.missing("kafka", "set QUARTIER_TEST_KAFKA: the broker's template is in Quartier's own repository only")
    if engine_runs():
        server, container = from_container(template)
        try:
            server.start()
            yield server
        finally:
            container.remove()
        return
    if shutil.which("java") is None or not (cache / "complete").exists():
        tiers.missing("kafka", "no container engine runs, and there is no Java with the jars of `make kafka`")
    server, folder = from_jars(template, cache / "lib")
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder)
