"""Why the relay gives numbers of its own: on PostgreSQL, `seq` is drawn before the commit, so no cursor over it is safe.

Many writers commit in another order than they drew their `seq`, while four readers poll the same outbox. Three of them are the usual
designs, written here to be measured; the fourth is ours.
"""

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from quartier import ids
from quartier.cloudevents import from_record
from quartier.contracts.notify import FollowEnded
from quartier.outbox import Relay

WRITERS, KEYS, EVENTS = 16, 40, 2000
POLL = 0.002


@pytest.fixture
def database_url(postgres_server):
    """Always PostgreSQL: this is its trap alone."""
    return postgres_server.database()


@dataclass
class Reader:
    """What one design has seen, in the order in which it saw it."""

    query: str
    advance: tuple[str, ...]
    cursor: tuple = ()
    seen: list = field(default_factory=list)

    async def poll(self, connection):
        for row in await connection.fetch(self.query, *self.cursor):
            self.seen.append((row["aggregateid"], row["sequence"]))
            self.cursor = tuple(row[name] for name in self.advance)


def usual_readers():
    horizon = "xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    fields = "select seq, xid, aggregateid, sequence from outbox where"
    return {
        "cursor over seq": Reader(f"{fields} seq > $1 order by seq", ("seq",), (0,)),
        "cursor over seq below the horizon": Reader(f"{fields} seq > $1 and {horizon} order by seq", ("seq",), (0,)),
        "cursor over (xid, seq) below the horizon": Reader(
            f"{fields} (xid, seq) > ($1, $2) and {horizon} order by xid, seq", ("xid", "seq"), (0, 0)),
    }


def verdict(seen, written):
    """How many were never seen, and how many came after a later one of their key."""
    late, last = 0, defaultdict(int)
    for key, sequence in seen:
        late += sequence < last[key]
        last[key] = max(last[key], sequence)
    return len(written - set(seen)), late


async def emit(connection, key, sequence):
    """The row that a unit of work writes."""
    await connection.execute(
        "insert into outbox (id, aggregatetype, aggregateid, sequence, type, topic, payload, source, dataschema, occurred_at, "
        "correlationid) values ($1, 'follow', $2, $3, $4, 'quartier.notify', $5, 'https://city.test/notify', 'x', now(), 'c')",
        ids.new_id(), key, sequence, FollowEnded.event_type, b"{}")


async def write(dsn, keys, count, seed):
    """One writer: it draws its `seq`, stays a moment, and commits. The row lock of the aggregate orders the events of one key."""
    chance = random.Random(seed)
    connection = await asyncpg.connect(**dsn)
    try:
        for _ in range(count):
            async with connection.transaction():
                first = chance.choice(keys)
                if chance.random() < 0.3:
                    # A transaction that wrote something else before it came to this aggregate has an old xid.
                    await connection.execute("insert into elsewhere default values")
                    await asyncio.sleep(chance.random() * 0.004)
                sequence = await connection.fetchval(
                    "update aggregate set sequence = sequence + 1 where id = $1 returning sequence", first)
                await emit(connection, first, sequence)
                await asyncio.sleep(chance.random() * 0.004)
    finally:
        await connection.close()


async def test_the_usual_cursors_lose_or_overtake_and_the_relays_numbers_do_neither(make, database_url):
    url = make_url(database_url)
    dsn = url.translate_connect_args(username="user")
    async with make() as small:
        keys = [str(small.key(f"k{number}")) for number in range(KEYS)]
        await small.change("create table aggregate (id varchar primary key, sequence int not null default 0)")
        await small.change("create table elsewhere (id serial)")
        # The readers with a horizon need the writer's own transaction, which the row's hidden xmin no longer tells after an update.
        await small.change("alter table outbox add column xid bigint not null default pg_current_xact_id()::text::bigint")
        for key in keys:
            await small.change("insert into aggregate values (:key)", key=key)
        readers, done = usual_readers(), asyncio.Event()

        async def keep_reading(reader):
            connection = await asyncpg.connect(**dsn)
            try:
                while not done.is_set():
                    await reader.poll(connection)
                    await asyncio.sleep(POLL)
                await reader.poll(connection)
            finally:
                await connection.close()

        async def keep_relaying():
            while not done.is_set():
                await small.runtime.loops["relay"].step()
                await asyncio.sleep(POLL)
            while await small.runtime.loops["relay"].step():
                pass

        reading = [asyncio.create_task(keep_reading(reader)) for reader in readers.values()]
        relaying = asyncio.create_task(keep_relaying())
        await asyncio.gather(*(write(dsn, keys, EVENTS // WRITERS, seed) for seed in range(WRITERS)))
        done.set()
        await asyncio.gather(*reading, relaying)
        ours = [(envelope.subject, envelope.sequence) for envelope in map(from_record, await small.read_bus())]
        written = set(await small.rows("select aggregateid, sequence from outbox"))
        verdicts = {name: verdict(reader.seen, written) for name, reader in readers.items()} | {"ours": verdict(ours, written)}
        assert len(written) == EVENTS
        assert verdicts["ours"] == (0, 0), verdicts
        assert len(ours) == EVENTS, "and each came once"
        assert verdicts["cursor over seq"][0] > 0, verdicts
        assert verdicts["cursor over seq below the horizon"][0] > 0, verdicts
        missed, late = verdicts["cursor over (xid, seq) below the horizon"]
        assert missed == 0, verdicts
        assert late > 0, verdicts


async def test_a_row_that_commits_late_gets_a_later_number_and_is_not_skipped(make, database_url):
    async with make() as small:
        relay = small.runtime.loops["relay"]
        connection = await asyncpg.connect(**make_url(database_url).translate_connect_args(username="user"))
        async with connection.transaction():
            await emit(connection, str(small.key("slow")), 1)
            await small.emit("fast", "committed first")
            await relay.step()
        await connection.close()
        await relay.step()
        assert len(await small.read_bus()) == 2
        assert await small.rows("select relay_no from outbox order by seq") == [(2,), (1,)]


async def test_one_replica_leads_and_another_takes_over_when_it_dies(make, database_url):
    async with make() as small:
        leader = small.runtime.loops["relay"]
        successor = Relay(small.runtime)
        await small.emit("a", "one")
        await leader.step()
        await small.emit("a", "two")
        await successor.step()
        assert len(await small.read_bus()) == 1
        # The database server ends the leader's connection: its process is gone, or the network is.
        await small.change("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'")

        async def takes_over():
            await successor.step()
            return len(await small.read_bus()) == 2

        await small.until(takes_over)
        await small.emit("a", "three")
        await leader.step()
        assert len(await small.read_bus()) == 2
        await successor.close()


async def test_a_commit_of_another_replica_wakes_the_leader(make, database_url):
    async with make() as small:
        relay = small.runtime.loops["relay"]
        await relay.step()
        rings = small.runtime.bell.rings
        connection = await asyncpg.connect(**make_url(database_url).translate_connect_args(username="user"))
        await connection.execute("select pg_notify('quartier_outbox', '')")
        await connection.close()

        async def rung():
            return small.runtime.bell.rings > rings

        await small.until(rung)
