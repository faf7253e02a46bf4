"""Idempotency keys live for a day: long enough for a retry, and then nobody's answer is kept any longer."""

from datetime import timedelta

from sqlmodel import select

from quartier import clock
from quartier.idempotency import FORGOTTEN_AT_ONCE, IdempotencyKey


async def keep(small, count, *, hours, name="k"):
    """Keys that were used that many hours ago."""
    async with small.database.transaction() as session:
        session.add_all(IdempotencyKey(key=f"{name}{number}", route="POST /things", body_hash="x",
                                       created_at=clock.wall() - timedelta(hours=hours)) for number in range(count))


async def kept(small):
    async with small.database.session() as session:
        return sorted((await session.exec(select(IdempotencyKey.key))).all())


async def test_every_running_service_forgets_the_keys_of_yesterday_alone(make):
    async with make() as first:
        await keep(first, 3, hours=25, name="old")
        await keep(first, 2, hours=23, name="young")
    async with make(run=True) as small:
        async def only_young():
            return await kept(small) == ["young0", "young1"]

        await small.until(only_young)


async def test_many_old_keys_go_a_portion_at_a_time_and_then_nobody_looks_for_an_hour(make):
    async with make() as small:
        await keep(small, FORGOTTEN_AT_ONCE + 1, hours=25)
        loop = small.runtime.loops["keys"]
        assert [await loop.step() for _ in range(3)] == [FORGOTTEN_AT_ONCE, 1, 0]
        await keep(small, 1, hours=25, name="later")
        assert await loop.step() == 0
        assert await kept(small) == ["later0"]
