"""(c) How many events a second one consumer group handles, beside a bare consumer that inserts one row an event."""

import asyncio
import cProfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert

from quartier import clock, ids, keys, telemetry
from quartier.app import create_app
from quartier.bus import Bus
from quartier.cloudevents import Envelope, to_record
from quartier.contracts.notify import FollowEnded
from quartier.database import Database
from quartier.handlers import ConsumerLoop, Handlers, Received
from quartier.migrations import upgrade
from quartier.service import Runtime
from quartier.settings import Settings
from quartier.traces import TraceRing
from quartier.transport import prepare_topics
from tests.bench.figure import Figure, rates
from tests.bench.places import Place, report, until
from tests.shared.messaging.small import PUBLIC_URL, TOPIC, SmallService, own, tally

BATCH = 200
POLL_LIMIT = 500


@dataclass
class Pace:
    """When how many effects had happened; what comes before the first, such as joining a group, does not count."""

    stamps: list[tuple[float, int]] = field(default_factory=list)

    def note(self, count: int = 1) -> None:
        self.stamps.append((clock.monotonic(), count))

    @property
    def count(self) -> int:
        return sum(count for _, count in self.stamps)

    @property
    def rate(self) -> float:
        (first, already), (last, _) = self.stamps[0], self.stamps[-1]
        return (self.count - already) / (last - first)


async def measure(place: Place, *, rounds: int = 5, count: int = 1000, explain: bool = True) -> AsyncIterator[Figure]:
    """Both kinds of handlers, each in turn with the bare consumer of the same topic and database."""
    for kind, batch in (("handle.one_by_one", None), ("handle.batches", BATCH)):
        pace = Pace()
        async with consumers(place, kind, batch, pace) as (runtime, bus):
            ours, bare = [], []
            for _ in range(rounds):
                await publish(bus, count)
                bare.append(await bare_rate(runtime.database, bus, count))
                ours.append(await our_rate(runtime, pace, count))
            yield (figure := rates(kind, place.size, "events/s", ours, bare))
            if explain and not figure.met:
                await publish(bus, count)
                with cProfile.Profile() as profile:
                    await our_rate(runtime, pace, count)
                profile.dump_stats(place.folder / f"{kind}.profile")
                report(place.folder / f"{kind}.profile", f"{kind} on {place.size}")


@asynccontextmanager
async def consumers(place: Place, name: str, batch: int | None, pace: Pace) -> AsyncIterator[tuple[Runtime, Bus]]:
    """A service with one handler, on a database and topics of its own, recording traces as a city does."""
    handlers = Handlers()

    async def tally_the_event(received: Received[FollowEnded], uow: Any) -> None:
        await uow.session.exec(insert(tally).values(handler="ours", what=received.event.ended_by))
        pace.note()

    async def tally_the_events(received: Sequence[Received[FollowEnded]], uow: Any) -> None:
        rows = [{"handler": "ours", "what": one.event.ended_by} for one in received]
        await uow.session.exec(insert(tally), params=rows)
        pace.note(len(rows))

    handlers.on(FollowEnded, batch=batch)(tally_the_events if batch else tally_the_event)
    service, folder = SmallService("notify", handlers=handlers), place.folder / name
    keys.create(folder / "keys", ["accounts", "notify"])
    if place.kafka:
        await asyncio.to_thread(place.kafka.clear, "quartier.")
    settings = Settings(folder=folder, public_url=PUBLIC_URL, database_url=place.database(), kafka=place.brokers)
    app = create_app([service], settings=lambda _: settings)
    runtime: Runtime = app.state.runtimes["notify"]
    await upgrade(runtime.database, service)
    async with runtime.database.engine.begin() as connection:
        await connection.run_sync(own.create_all)
    await prepare_topics(settings)
    telemetry.start("bench", processor=TraceRing(folder / "traces.db"))
    await runtime.bus.start()
    try:
        yield runtime, runtime.bus
    finally:
        await runtime.bus.stop()
        await runtime.database.stop()
        telemetry.stop()


async def publish(bus: Bus, count: int) -> None:
    """So many events, each about a thing of its own."""
    records = []
    for _ in range(count):
        about = ids.new_id()
        event = FollowEnded(subscription_id=about, subject_kind="request", subject_id=about, ended_by="link")
        records.append(to_record(Envelope(
            id=str(ids.new_id()), source=f"{PUBLIC_URL}/notify", type=event.event_type, subject=event.key, time=clock.now(), sequence=1,
            datacontenttype="application/json", partitionkey=event.key, correlationid=str(about), data=event.data()), TOPIC))
    for start in range(0, count, BATCH):
        await bus.publish(records[start:start + BATCH])


async def our_rate(runtime: Runtime, pace: Pace, count: int) -> float:
    """Events a second through the consumer loop: inbox, handler, offset, spans."""
    pace.stamps.clear()
    loop = ConsumerLoop(runtime)
    running = asyncio.create_task(loop.run())

    async def all_are_handled() -> bool:
        return pace.count >= count

    try:
        await until(all_are_handled)
    finally:
        loop.stop()
        await running
    return pace.rate


async def bare_rate(database: Database, bus: Bus, count: int) -> float:
    """Events a second of a consumer that inserts one row an event and commits it, and knows nothing of doing things once."""
    pace = Pace()
    async with bus.consumer("bare", [TOPIC]) as consumer:
        while pace.count < count:
            for partition, records in (await consumer.poll(POLL_LIMIT, 1.0)).items():
                for record in records:
                    async with database.engine.begin() as connection:
                        await connection.execute(insert(tally).values(handler="bare", what=record.value.decode()))
                    pace.note()
                await consumer.commit(partition, records[-1].offset + 1)
    return pace.rate
