"""What a unit of work emits is true together with what it writes, or not at all."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from quartier.contracts.notify import FollowEnded
from quartier.events import MAX_DATA_BYTES
from quartier.problems import Problem, TooLarge
from tests.shared.messaging.small import Follow

KIT = {"outbox", "relay_state", "inbox", "inbox_sequence", "parked_key", "parked_event", "dead_letter", "timer", "idempotency_key"}


async def test_a_command_leaves_one_outbox_row_for_each_event_with_its_place_in_the_order(make):
    async with make() as small:
        await small.emit("a", "one", "two")
        await small.emit("b", "other")
        rows = await small.rows("select aggregatetype, aggregateid, sequence, type, topic, source from outbox order by seq")
        a, b = str(small.key("a")), str(small.key("b"))
        fixed = (FollowEnded.event_type, "quartier.notify", "https://city.test/notify")
        assert rows == [("follow", a, 1, *fixed), ("follow", a, 2, *fixed), ("follow", b, 1, *fixed)]


async def test_a_failed_command_leaves_neither_row_nor_event(make):
    async with make() as small:
        with pytest.raises(RuntimeError):
            async with small.runtime.unit_of_work() as uow:
                follow = Follow(id=small.key("a"))
                uow.session.add(follow)
                uow.emit(follow, small.event("a", "one"))
                raise RuntimeError
        assert await small.rows("select * from follow") == []
        assert await small.rows("select * from outbox") == []


async def test_the_events_of_one_command_share_a_correlation(make):
    async with make() as small:
        await small.emit("a", "one", "two")
        await small.emit("a", "three")
        rows = [correlation for (correlation,) in await small.rows("select correlationid from outbox order by seq")]
        assert rows[0] == rows[1] != rows[2]


async def test_two_writers_of_one_aggregate_collide_instead_of_overtaking(make):
    async with make() as small:
        await small.emit("a", "one")
        results = await asyncio.gather(*(small.emit("a", f"writer {number}") for number in range(5)), return_exceptions=True)
        refused = [result for result in results if result is not None]
        assert all(isinstance(result, Problem | IntegrityError) for result in refused)
        sequences = [sequence for (sequence,) in await small.rows("select sequence from outbox order by seq")]
        assert sequences == list(range(1, 7 - len(refused)))


async def test_an_event_that_is_too_large_fails_in_its_own_transaction(make):
    async with make() as small:
        with pytest.raises(TooLarge):
            await small.emit("a", "x" * MAX_DATA_BYTES)
        assert await small.rows("select * from outbox") == []


async def test_the_kits_revision_makes_what_the_classes_say(make):
    async with make() as small:
        def differences(connection):
            context = MigrationContext.configure(connection, opts={
                "include_name": lambda name, kind, _: kind != "table" or name in KIT,
                "include_object": lambda thing, name, kind, reflected, _: kind != "table" or name in KIT})
            return compare_metadata(context, SQLModel.metadata)

        async with small.database.engine.connect() as connection:
            assert await connection.run_sync(differences) == []
