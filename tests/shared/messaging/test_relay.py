"""The relay: what the outbox holds comes onto the bus, in order, once on the log, whatever happens in between."""

from uuid import UUID

from quartier.bus import Refused, Unavailable
from quartier.cloudevents import from_record
from quartier.outbox import Relay


async def words(small):
    """The words of the events on the bus, each key's in order."""
    return [from_record(record).data.decode().split('"ended_by":"')[1].split('"')[0]
            for record in await small.read_bus()]


async def test_what_was_emitted_comes_onto_the_bus_in_order_and_under_its_own_id(make):
    async with make() as small:
        await small.emit("a", "one", "two")
        await small.emit("a", "three")
        relay = small.runtime.loops["relay"]
        assert await relay.step() == 0
        records = await small.read_bus()
        envelopes = [from_record(record) for record in records]
        assert await words(small) == ["one", "two", "three"]
        assert [envelope.sequence for envelope in envelopes] == [1, 2, 3]
        assert {record.key for record in records} == {str(small.key("a")).encode()}
        stored = await small.rows("select id from outbox order by seq")
        assert [UUID(envelope.id) for envelope in envelopes] == [UUID(str(id)) for (id,) in stored]
        assert await small.rows("select published from relay_state") == [(3,)]


async def test_a_relay_that_dies_between_sending_and_marking_leaves_no_second_record(make):
    async with make() as small:
        await small.emit("a", "one", "two")
        relay = small.runtime.loops["relay"]
        await relay.publish(await relay.take())
        # Nothing was marked: a new process sends the same numbers again, and only then what came later.
        await small.emit("a", "three")
        successor = Relay(small.runtime)
        await relay.close()
        while await successor.step():
            pass
        await successor.close()
        assert await words(small) == ["one", "two", "three"]


class Choosy:
    """A bus that refuses one word and is away on demand; everything else goes to the real one."""

    def __init__(self, bus, word="(none)"):
        self._bus, self._word, self.is_away = bus, word, False

    async def publish(self, records):
        if self.is_away:
            raise Unavailable("The bus is away.")
        for index, record in enumerate(records):
            if self._word.encode() in record.value:
                raise Refused(index, "it does not like this word.")
        await self._bus.publish(records)


async def test_while_the_bus_is_away_nothing_is_lost_and_the_order_is_kept(make):
    async with make(run=True) as small:
        bus, relay = Choosy(small.bus), small.runtime.loops["relay"]
        bus.is_away, small.runtime.bus = True, bus
        await small.emit("a", "one")

        async def has_trouble():
            return relay.trouble and "The bus is away." in relay.trouble

        await small.until(has_trouble)
        await small.emit("a", "two")
        bus.is_away = False
        assert len(await small.read_bus(2)) == 2
        assert await words(small) == ["one", "two"]
        await small.until(lambda: small.rows("select 1 from relay_state where published = 2"))


async def test_a_record_that_the_bus_refuses_stops_its_own_key_alone(make):
    async with make() as small:
        await small.emit("a", "fine", "awful", "behind")
        await small.emit("b", "other")
        relay = small.runtime.loops["relay"]
        small.runtime.bus = Choosy(small.bus, "awful")
        while await relay.step():
            pass
        await small.emit("a", "later")
        await small.emit("b", "another")
        while await relay.step():
            pass
        assert sorted(await words(small)) == ["another", "fine", "other"]
        assert await small.rows("select count(*) from outbox where refused like '%does not like%'") == [(1,)]
        small.runtime.bus = small.bus
        await small.change("update outbox set refused = null")
        while await relay.step():
            pass
        by_key = {}
        for record, word in zip(await small.read_bus(), await words(small), strict=True):
            by_key.setdefault(record.key, []).append(word)
        assert by_key == {str(small.key("a")).encode(): ["fine", "awful", "behind", "later"],
                          str(small.key("b")).encode(): ["other", "another"]}


async def test_more_than_one_batch_goes_out_in_the_order_of_writing(make):
    async with make() as small:
        for start in range(0, 450, 50):
            await small.emit("a", *(str(number) for number in range(start, start + 50)))
        relay = small.runtime.loops["relay"]
        assert [await relay.step() for _ in range(3)] == [200, 50, 0]
        assert await words(small) == [str(number) for number in range(450)]


async def make_old(small, sequence):
    """Let an event be one of the year 2017: the machine's time of writing stands in the id, a UUIDv7."""
    id = UUID(int=(1_500_000_000_000 << 80) | 0x7 << 76 | 0b10 << 62)
    await small.change(f"update outbox set id = :id where sequence = {sequence}", id=id if small.database.is_postgres else id.hex)


async def test_what_was_published_more_than_a_week_ago_is_deleted_by_number(make):
    async with make() as small:
        await small.emit("a", "old", "young")
        relay = small.runtime.loops["relay"]
        await relay.step()
        await small.emit("a", "unsent")
        await make_old(small, 1)
        await Relay._purge(relay)
        assert await small.rows("select sequence from outbox order by seq") == [(2,), (3,)]


async def test_what_is_young_stays_although_an_old_event_was_published_after_it(make):
    async with make() as small:
        await small.emit("a", "young", "refused for weeks")
        relay = small.runtime.loops["relay"]
        await relay.step()
        await make_old(small, 2)
        await Relay._purge(relay)
        assert await small.rows("select sequence from outbox order by seq") == [(1,), (2,)]


async def test_the_loop_sends_soon_after_the_commit_without_being_asked(make):
    async with make(run=True) as small:
        await small.emit("a", "one")
        assert len(await small.read_bus(1)) == 1
        await small.until(lambda: small.rows("select 1 from relay_state where published = 1"))
