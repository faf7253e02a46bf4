"""The partner's service of the examples: installed with the kit alone, killed in the midst, and each dataset listed once."""

import asyncio
import os
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

from quartier import clock, ids
from quartier.bus import Record, Topic
from quartier.bus.kafka import KafkaBus
from quartier.cloudevents import Envelope, to_record
from quartier.contracts.publications import TOPIC, DatasetPublished
from quartier.testing import tiers
from quartier.testing.processes import LocalProcess

ROOT = Path(__file__).parents[2]


def with_the_kit_alone(folder: Path) -> Path:
    """The Python of a fresh environment that holds the kit's base and nothing else, in the versions of the lock."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    versions = folder / "versions.txt"
    versions.write_text("\n".join(re.findall(r"^[a-zA-Z0-9._\[\]-]+==[^ ;\\]+", (ROOT / "requirements.lock").read_text(), re.MULTILINE)))
    command = [str(python), "-m", "pip", "install", "--quiet", "--retries", "1", "-c", str(versions), str(ROOT / "shared")]
    installed = subprocess.run(command, capture_output=True, text=True, check=False)
    if installed.returncode:
        assert "Could not find a version" in installed.stderr, installed.stderr
        tiers.missing("kafka", "pip reaches no package index, from which a partner would install the kit's base")
    return python


def published(title: str, dataset: UUID | None = None, version: str = "1.0.0") -> Record:
    """A dataset's version as publications puts it on the bus."""
    event = DatasetPublished(
        dataset_id=dataset or ids.new_id(), slug=f"set-{secrets.token_hex(4)}", title={"fr": title}, version=version, is_first=True,
        released_at=clock.now(), coverage={}, distributions=[{"format": "CSV", "url": "https://city.test/a.csv"}],
        page_url="https://city.test/datasets/a")
    return to_record(Envelope(
        id=str(ids.new_id()), source="https://city.test/publications", type=event.event_type, subject=event.key, time=clock.now(),
        datacontenttype="application/json", partitionkey=event.key, sequence=1, data=event.data()), TOPIC)


async def shows(page: Path, service: LocalProcess, *titles: str) -> str:
    """The page, once it names all of these."""
    deadline = time.monotonic() + 60
    while not all(title in (text := _read(page)) for title in titles):
        assert service.is_alive() and time.monotonic() < deadline, service.output()
        await asyncio.sleep(0.1)
    return text


def _read(page: Path) -> str:
    return page.read_text() if page.exists() else ""


async def all_read(bus: KafkaBus, service: LocalProcess) -> None:
    """Return when the partner's group has committed everything."""
    deadline = time.monotonic() + 60
    while any(position.committed < position.end for position in (await bus.positions("partner.neighbours")).values()):
        assert service.is_alive() and time.monotonic() < deadline, service.output()
        await asyncio.sleep(0.1)


async def test_a_partner_lists_each_dataset_once_although_it_was_killed_and_told_twice(kafka_server, tmp_path):
    python = await asyncio.to_thread(with_the_kit_alone, tmp_path / "venv")
    without = await asyncio.to_thread(subprocess.run, [str(python), "-c", "import fastapi"], capture_output=True, text=True, check=False)
    assert without.returncode and "No module named 'fastapi'" in without.stderr

    await asyncio.to_thread(kafka_server.clear, "quartier.")
    bus = KafkaBus([kafka_server.bootstrap], client_id="test")
    await bus.start()
    service = LocalProcess([str(python), str(ROOT / "examples/partner/neighbours.py")], tmp_path, env={
        "PATH": os.environ["PATH"], "PARTNER_KAFKA": kafka_server.bootstrap, "PARTNER_FOLDER": str(tmp_path)})
    page = tmp_path / "neighbours.html"
    try:
        await bus.apply([Topic(TOPIC)])
        dataset = ids.new_id()
        trees, benches = published("Arbres <i>", dataset), published("Bancs")
        await bus.publish([trees])
        service.start()
        assert "<i>" not in await shows(page, service, "Arbres &lt;i&gt;")

        service.kill()
        # The city tells the first again, as after a replay, and says something that nobody can read.
        await bus.publish([trees, Record(TOPIC, trees.key, b"{", trees.headers), benches])
        service.start()
        await shows(page, service, "Arbres", "Bancs")

        # A newer version takes its line; what comes again afterwards from the older one does not.
        newer = published("Arbres", dataset, "2.0.0")
        await bus.publish([newer, trees])
        await shows(page, service, "2.0.0")
        await bus.publish([trees, benches, published("Places")])
        await shows(page, service, "Places")
        await all_read(bus, service)
        text = _read(page)
        assert "2.0.0" in text
        assert text.count("<li>") == 3
        assert [text.count(title) for title in ("Arbres", "Bancs", "Places")] == [1, 1, 1]
    finally:
        service.kill()
        await bus.stop()
