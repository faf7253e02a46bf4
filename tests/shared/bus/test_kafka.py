"""Kafka keeps the contract of every bus, shares partitions between members, and outlives its broker's death."""

import asyncio
import secrets
import sys
from collections import defaultdict
from contextlib import AsyncExitStack

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError, KafkaError, NotLeaderForPartitionError
from aiokafka.protocol.admin import CreateAclsRequest
from aiokafka.protocol.produce import ProduceRequest

from quartier import clock
from quartier.bus import BusError, Fenced, Record, Refused, Topic, Unavailable, kafka_clients, kafka_group
from quartier.bus.kafka import KafkaBus
from tests.shared.bus.contract import BusContract, commit_all, first_of, new_topic, numbered, read, topic, values

__all__ = ["topic"]


@pytest.fixture
async def opened(kafka_server):
    """Opens another bus on the broker; all that a test opened are stopped after it."""
    buses = []

    async def open_one():
        buses.append(KafkaBus([kafka_server.bootstrap], "test"))
        await buses[-1].start()
        return buses[-1]

    yield open_one
    for each in buses:
        await each.stop()


@pytest.fixture
async def bus(opened, request, kafka_server):
    if request.instance is not None:
        request.instance.open_one, request.instance.server = opened, kafka_server
    return await opened()


@pytest.fixture
async def admin(kafka_server):
    client = AIOKafkaAdminClient(bootstrap_servers=kafka_server.bootstrap)
    await client.start()
    yield client
    await client.close()


@pytest.fixture
def disturb(monkeypatch):
    """Lets a request to produce meet a fault of the network or the broker, once, and sees to it that it did."""
    faults, send = [], AIOKafkaClient.send

    async def faulty(self, node_id, request, **options):
        if isinstance(request, ProduceRequest) and faults:
            return await faults[0](lambda: send(self, node_id, request, **options), faults.clear)
        return await send(self, node_id, request, **options)

    monkeypatch.setattr(AIOKafkaClient, "send", faulty)
    yield faults.append
    assert not faults, "the fault did not happen"


def is_stored(answer):
    """Whether the broker took the batch; it may not lead a topic yet that was made a moment ago."""
    return all(code == 0 for _, partitions in answer.topics for _, code, *_ in partitions)


async def lose_the_answer(send, done):
    answer = await send()
    if is_stored(answer):
        done()
        raise KafkaConnectionError("the connection broke after the broker had stored the batch")
    return answer


async def say_not_the_leader(send, done):
    answer = await send()
    if is_stored(answer):
        done()
        answer.topics = [(name, [(number, NotLeaderForPartitionError.errno, *rest) for number, _, *rest in partitions])
                         for name, partitions in answer.topics]
    return answer


async def refuse_for_good(send, done):
    done()
    raise KafkaError("a fault that no retry mends")


class TestKafka(BusContract):
    @pytest.fixture(autouse=True)
    def faults(self, disturb):
        self.disturb = disturb

    async def reopened(self, bus):
        return await self.open_one()

    async def retire(self, bus, partition, before):
        client = AIOKafkaAdminClient(bootstrap_servers=self.server.bootstrap)
        await client.start()
        try:
            await client.delete_records({TopicPartition(partition.topic, partition.number): RecordsToDelete(before)})
        finally:
            await client.close()

    async def publish_and_lose_the_answer(self, bus, record):
        self.disturb(lose_the_answer)
        await bus.publish([record])


class Member:
    """A member of a group that polls, notes and commits until it is told to leave."""

    def __init__(self, bus, group, topic):
        self.seen, self._leaves = [], asyncio.Event()
        self._task = asyncio.create_task(self._run(bus, group, topic))

    async def _run(self, bus, group, topic):
        async with bus.consumer(group, [topic]) as consumer:
            while not self._leaves.is_set():
                for partition, records in (await consumer.poll(50, 0.2)).items():
                    try:
                        await consumer.commit(partition, records[-1].offset + 1)
                    except Fenced:
                        continue
                    self.seen += records

    async def leave(self):
        self._leaves.set()
        await self._task


async def until_each_has_its_own(bus, topic, members, seconds=60):
    """Publish round after round, until one round reaches each member and each of its partitions has one owner."""
    deadline = clock.monotonic() + seconds
    while clock.monotonic() < deadline:
        mark = secrets.token_hex(4).encode()
        await bus.publish([Record(topic, b"key-%d" % number, mark) for number in range(60)])
        while sum(record.value == mark for member in members for record in member.seen) < 60:
            assert clock.monotonic() < deadline, "a round did not arrive"
            await asyncio.sleep(0.05)
        owners = defaultdict(set)
        for number, member in enumerate(members):
            for record in member.seen:
                if record.value == mark:
                    owners[record.partition].add(number)
        if len(set.union(*owners.values())) == len(members) and all(len(each) == 1 for each in owners.values()):
            assert sorted(owners) == list(range(6))
            return
    pytest.fail("the partitions were not shared by all members in time")


async def test_each_partition_has_one_owner_while_members_join_and_leave(opened):
    buses = [await opened() for _ in range(3)]
    topic = await new_topic(buses[0])
    members = [Member(buses[0], "g" + topic, topic), Member(buses[1], "g" + topic, topic)]
    await until_each_has_its_own(buses[0], topic, members)
    members.append(Member(buses[2], "g" + topic, topic))
    await until_each_has_its_own(buses[0], topic, members)
    await members.pop(0).leave()
    await until_each_has_its_own(buses[0], topic, members)
    await members.pop(0).leave()
    await until_each_has_its_own(buses[0], topic, members)
    await members.pop().leave()


PARTNER = """
import asyncio, sys
from quartier.bus.kafka import KafkaBus
async def main(server, group, topic):
    bus = KafkaBus([server], "doomed")
    await bus.start()
    async with bus.consumer(group, [topic]) as consumer:
        print("joined", flush=True)
        while True:
            await consumer.poll(50, 1.0)
asyncio.run(main(*sys.argv[1:]))
"""


async def test_the_partitions_of_a_killed_member_go_to_the_others(bus, topic, kafka_server):
    doomed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARTNER, kafka_server.bootstrap, "g" + topic, topic, stdout=asyncio.subprocess.PIPE)
    try:
        assert await doomed.stdout.readline() == b"joined\n"
        survivor = Member(bus, "g" + topic, topic)
        await asyncio.sleep(1)
    finally:
        doomed.kill()
        await doomed.wait()
        doomed._transport.close()
    await until_each_has_its_own(bus, topic, [survivor])
    await survivor.leave()


async def test_a_member_that_is_too_slow_is_fenced(opened):
    slow, quick = await opened(), await opened()
    slow.max_poll_interval = 2.0
    topic = await new_topic(slow)
    await slow.publish(numbered(topic, 3))
    async with slow.consumer("g" + topic, [topic]) as consumer:
        in_hand = await read(consumer, 3)
        async with quick.consumer("g" + topic, [topic]) as other:
            taken_over = await read(other, 3, wait=60)
            assert taken_over == in_hand
            with pytest.raises(Fenced):
                await commit_all(consumer, in_hand)
            await commit_all(other, taken_over)
        await slow.publish(numbered(topic, 1, start=3))
        assert values(await read(consumer, 1, wait=60)) == [b"3"]
        # The partition is ours again, but what was in hand before is not: a late commit must not move the group back.
        with pytest.raises(Fenced):
            await commit_all(consumer, in_hand[:1])


async def test_an_idle_member_rejoins_after_it_did_not_poll_for_long(opened):
    busy, idle = await opened(), await opened()
    idle.max_poll_interval = 1.0
    topic = await new_topic(busy, partitions=1)
    async with AsyncExitStack() as both:
        first = await both.enter_async_context(busy.consumer("g" + topic, [topic]))
        waiting = both.enter_async_context(idle.consumer("g" + topic, [topic]))
        polling = asyncio.create_task(read_for_ever(first))
        second = await waiting
        await second.poll(1, 0.1)
        await asyncio.sleep(4)
        await second.poll(1, 0.1)
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        await first.leave()
        await busy.publish(numbered(topic, 1))
        assert values(await read(second, 1, wait=60)) == [b"0"]


async def read_for_ever(consumer):
    while True:
        await consumer.poll(50, 0.2)


async def test_a_rebalance_waits_for_the_records_in_hand(opened):
    one, other = await opened(), await opened()
    topic = await new_topic(one)
    await one.publish([Record(topic, b"key-%d" % number, b"") for number in range(60)])
    async with one.consumer("g" + topic, [topic]) as consumer:
        in_hand = await read(consumer, 60)
        joining = Member(other, "g" + topic, topic)
        # Members hear of a rebalance with their heartbeat, every three seconds.
        await asyncio.sleep(4)
        await commit_all(consumer, in_hand)
    await until_each_has_its_own(one, topic, [joining])
    await joining.leave()
    assert not [record for record in joining.seen if record.value == b""]


async def test_nothing_overtakes_a_batch_that_failed(bus, topic, disturb):
    batch = [Record(topic, b"k", b"%d" % number + bytes(40_000)) for number in range(10)]
    disturb(refuse_for_good)
    with pytest.raises(Unavailable):
        await bus.publish(batch)
    await bus.publish(batch)
    async with bus.consumer("g" + topic, [topic]) as consumer:
        assert values(await read(consumer, 10)) == values(batch)
        assert not await consumer.poll(10, 0.2)


async def test_a_leader_that_moved_on_costs_neither_a_record_nor_the_order(bus, topic, disturb):
    disturb(say_not_the_leader)
    await asyncio.gather(bus.publish(numbered(topic, 20)), bus.publish(numbered(topic, 20, start=20)))
    async with bus.consumer("g" + topic, [topic]) as consumer:
        assert values(await read(consumer, 40)) == [b"%d" % number for number in range(40)]
        assert not await consumer.poll(10, 0.2)


async def test_a_record_that_its_topic_refuses_is_named(bus, admin):
    name = f"test.{secrets.token_hex(8)}"
    await admin.create_topics([NewTopic(name, 1, 1, topic_configs={"max.message.bytes": "2000"})])
    batch = [Record(name, b"k", b"small"), Record(name, b"k", bytes(5_000)), Record(name, b"k", b"after")]
    with pytest.raises(Refused) as refused:
        await bus.publish(batch)
    assert refused.value.index == 1
    await bus.publish([batch[2]])
    async with bus.consumer("g" + name, [name]) as consumer:
        found = values(await read(consumer, 2))
    assert (found[0], found[-1]) == (b"small", b"after")


async def test_what_the_broker_does_not_allow_is_an_error_and_not_a_wait(bus, topic, admin, kafka_server):
    # The numbers of the protocol: topic 2, literal name 3; read 3, write 4, describe 8; deny 2, allow 3.
    for operation, permission in ((3, 2), (4, 2), (8, 3)):
        answer = await admin._send_to_controller(
            CreateAclsRequest(2, topic, 3, "User:ANONYMOUS", "*", operation, permission))
        assert [code for code, _ in answer.creation_responses] == [0]
    with pytest.raises(BusError, match="not let us") as refused:
        await bus.publish(numbered(topic, 1))
    assert not isinstance(refused.value, Unavailable)
    with pytest.raises(BusError, match="not let us"):
        async with bus.tail([topic]) as tail:
            await first_of(tail, 1)
    with pytest.raises(BusError, match="not let us"):
        async with bus.consumer("g" + topic, [topic]) as consumer:
            await read(consumer, 1)
    await admin._send_to_controller(CreateAclsRequest(2, topic, 3, "User:ANONYMOUS", "*", 8, 2))
    with pytest.raises(BusError, match="not let us"):
        await bus.check([Topic(topic)])


async def test_a_consumer_that_is_stuck_is_made_anew(bus, topic, monkeypatch):
    monkeypatch.setattr(kafka_group, "STALLED_AFTER", 1.0)
    async with bus.consumer("g" + topic, [topic]) as consumer:
        # Nothing tells aiokafka to fetch these any more, as after the faults that its issues tell of.
        stuck = consumer._fetch.consumer
        stuck.pause(*stuck.assignment())
        await bus.publish(numbered(topic, 3))
        assert values(await read(consumer, 3)) == [b"0", b"1", b"2"]
    assert bus.restarts == 1


async def test_a_consumer_without_anything_to_read_is_left_alone(bus, topic, monkeypatch):
    monkeypatch.setattr(kafka_group, "STALLED_AFTER", 0.2)
    async with bus.consumer("g" + topic, [topic]) as consumer:
        for _ in range(5):
            assert not await consumer.poll(10, 0.3)
    assert bus.restarts == 0


async def test_a_member_that_has_no_partition_is_left_alone_too(opened, monkeypatch):
    monkeypatch.setattr(kafka_group, "STALLED_AFTER", 0.2)
    busy, idle = await opened(), await opened()
    topic = await new_topic(busy, partitions=1)
    polling = Member(busy, "g" + topic, topic)
    async with idle.consumer("g" + topic, [topic]) as consumer:
        for _ in range(5):
            assert not await consumer.poll(10, 0.3)
    await polling.leave()
    assert busy.restarts == idle.restarts == 0


async def test_the_broker_dies_and_comes_back_and_nothing_is_lost(bus, topic, kafka_server, monkeypatch):
    monkeypatch.setattr(kafka_clients, "PATIENCE", 3.0)
    await bus.publish(numbered(topic, 5))
    async with bus.consumer("g" + topic, [topic]) as consumer, bus.tail([topic], after={}) as tail:
        await commit_all(consumer, await read(consumer, 5))
        seen_live = [await anext(tail) for _ in range(5)]
        await asyncio.to_thread(kafka_server.kill)
        try:
            with pytest.raises(Unavailable):
                await bus.publish(numbered(topic, 5, start=5))
            with pytest.raises(Unavailable):
                await bus.positions("g" + topic)
        finally:
            await asyncio.to_thread(kafka_server.start)
        for _ in range(20):
            try:
                await bus.publish(numbered(topic, 5, start=5))
                break
            except Unavailable:
                await asyncio.sleep(0.5)
        got = []
        async with asyncio.timeout(90):
            while b"9" not in values(got):
                try:
                    for records in (await consumer.poll(10, 1.0)).values():
                        got += records
                except Unavailable:
                    continue
            while b"9" not in values(seen_live):
                seen_live.append(await anext(tail))
    assert list(dict.fromkeys(values(got))) == [b"5", b"6", b"7", b"8", b"9"]
    assert list(dict.fromkeys(values(seen_live))) == [b"%d" % number for number in range(10)]
