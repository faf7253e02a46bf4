"""(d) How soon `quartier up` shows its first page from an empty folder, and what it takes while nothing happens."""

import asyncio
import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil

from quartier import clock
from quartier.testing.processes import LocalProcess, free_port
from tests.bench.figure import Figure, under
from tests.bench.places import QUARTIER, Place, process, report, until

MEBIBYTE = 1024 * 1024


@asynccontextmanager
async def started(folder: Path, profile: Path | None = None) -> AsyncIterator[tuple[LocalProcess, float]]:
    """`quartier up --demo` in an empty folder, as `make run` has it, and the seconds until its first page was there."""
    port, began = free_port(), clock.monotonic()
    with process(folder, QUARTIER, "up", "--demo", "--port", str(port), profile=profile, QUARTIER_FOLDER=str(folder / "city")) as city:
        async with httpx.AsyncClient(trust_env=False) as http:

            async def shows_a_page() -> bool:
                try:
                    return (await http.get(f"http://localhost:{port}/en", follow_redirects=True)).status_code == 200
                except httpx.ConnectError:
                    return False

            await until(shows_a_page, city)
            yield city, clock.monotonic() - began


async def measure(place: Place, *, rounds: int = 5, idle_seconds: float = 10.0, explain: bool = True) -> AsyncIterator[Figure]:
    """Start the city several times, and let the last one sit."""
    seconds, resident = [], 0
    for turn in range(rounds):
        async with started(place.folder / f"start-{turn}") as (city, took):
            seconds.append(took)
            if turn == rounds - 1:
                await asyncio.sleep(idle_seconds)
                resident = psutil.Process(city.pid).memory_info().rss
    yield (first_page := under("start.first_page", place.size, statistics.median(seconds), "s", 3))
    yield under("start.idle_memory", place.size, resident / MEBIBYTE, "MiB", 300)
    if explain and not first_page.met:
        statistics_file = place.folder / "start.profile"
        async with started(place.folder / "start-watched", statistics_file):
            pass
        report(statistics_file, "quartier up until its first page")
