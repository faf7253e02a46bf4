"""One storm: people come and go while processes are killed where it hurts, then calm, then the count."""
import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.storm.check import check, wait_for_quiet
from tests.storm.driver import Crowd, Driver, Ledger
from tests.storm.places import SERVICES, Place

Kill = tuple[str, str]
"""A service and the point at which its process dies; or the broker, and for how many seconds it stays away."""
BROKER = "broker"
REACHED_WITHIN = 40.0
READY_WITHIN = 60.0


@dataclass
class Report:
    """What a storm came to. Without violations, it was weathered."""

    profile: str
    size: str
    seed: int
    kills: list[str] = field(default_factory=list)
    not_reached: list[str] = field(default_factory=list)
    ready_again: list[float] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def line(self) -> dict[str, Any]:
        """The figures, as they are printed."""
        ready = sorted(self.ready_again)
        return {"profile": self.profile, "size": self.size, "seed": self.seed, "kills": len(self.kills), "not_reached": self.not_reached,
                "ready_again_p95": round(ready[int(0.95 * (len(ready) - 1))], 2) if ready else None,
                **self.figures, "violations": self.violations}


async def storm(place: Place, profile: str, seed: int, kills: Sequence[Kill], pace: float) -> Report:
    """Kill each of these once, in an order that the seed decides, while people come and go."""
    report = Report(profile, place.size, seed)
    chance = random.Random(seed)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="quartier-ledger-") as folder:
        ledger = Ledger(Path(folder, "ledger.jsonl"))
        async with httpx.AsyncClient(timeout=10) as client:
            for service in SERVICES:
                await _ready(place, client, service)
            driver = Driver(place, ledger, chance, client)
            crowd = Crowd(driver, pace, at_once=24)
            for service, point in chance.sample(list(kills), len(kills)):
                # A city that dies as soon as it lives would only start, and start again.
                await asyncio.sleep(chance.uniform(0.5, 2))
                if service == BROKER:
                    await _take_the_broker_away(place, float(point), report, driver)
                else:
                    await _kill(place, service, point, chance.randint(1, 3), report, driver)
            await crowd.stop()
            calm = time.monotonic()
            report.violations += await wait_for_quiet(driver)
            report.figures["quiet_after"] = round(time.monotonic() - calm, 1)
            found = await check(driver)
        ledger.close()
    report.violations += [*driver.complaints, *found.violations]
    report.figures |= found.figures | {"seconds": round(time.monotonic() - began, 1)}
    return report


async def _take_the_broker_away(place: Place, seconds: float, report: Report, driver: Driver) -> None:
    """SIGKILL to the broker, and its return after so long; meanwhile the city has to go on answering."""
    assert place.kafka is not None
    await asyncio.sleep(5)  # so that something is under way
    await asyncio.to_thread(place.kafka.kill)
    before = driver.ledger.acked
    await asyncio.sleep(seconds)
    meanwhile = driver.ledger.acked - before
    await asyncio.to_thread(place.kafka.start)
    report.kills.append(f"{BROKER} for {seconds:g} s")
    report.figures["acked_without_broker"] = meanwhile
    if not meanwhile:
        report.violations.append("nothing was acknowledged while the broker was away")


async def _kill(place: Place, service: str, point: str, passage: int, report: Report, driver: Driver) -> None:
    """Order a death, wait for it, and start the process again, as an engine would."""
    process = place.process_of(service)
    order = place.order(service, point, passage)
    deadline = time.monotonic() + REACHED_WITHIN
    while process.is_alive():
        if time.monotonic() > deadline:
            order.unlink(missing_ok=True)
            report.not_reached.append(f"{service} {point}")
            return
        await asyncio.sleep(0.05)
    if not order.with_suffix(".done").exists():
        report.violations.append(f"{service} ended by itself: {process.output()[-1500:]}")
    order.unlink(missing_ok=True)
    order.with_suffix(".done").unlink(missing_ok=True)
    died = time.monotonic()
    await asyncio.to_thread(process.start)
    await _ready(place, driver.client, service)
    report.kills.append(f"{service} {point}")
    report.ready_again.append(time.monotonic() - died)


async def _ready(place: Place, client: httpx.AsyncClient, service: str) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        try:
            if (await client.get(f"{place.url(service)}/readyz")).is_success:
                return
        except httpx.HTTPError:
            pass
        await asyncio.sleep(0.1)
    raise TimeoutError(f"{service} is not ready: {place.process_of(service).output()[-2000:]}")
