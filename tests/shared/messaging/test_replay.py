"""Old events once more: for a handler that is new, and never twice for one that is not."""

from datetime import UTC, datetime, timedelta

from quartier import clock
from quartier.contracts.notify import FollowEnded
from quartier.handlers import Handlers
from quartier.replay import replay
from tests.shared.messaging.small import TOPIC, note

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def telling(*names, outside=()):
    """Handlers of these names that write down what they hear, and whether it is a replay."""
    handlers = Handlers()
    for name in names:
        async def tell(received, uow, name=name):
            await note(uow, name, received.event.ended_by + (" again" if received.is_replay else ""))

        tell.__name__ = name
        handlers.on(FollowEnded, outside=name in outside)(tell)
    return handlers


async def test_a_replay_reaches_new_handlers_and_changes_nothing_for_old_ones(make):
    async with make(run=True, handlers=telling("old")) as small:
        await small.emit("a", "one", "two")

        async def told():
            return await small.told("old") == ["one", "two"]

        await small.until(told)
        small.service.handlers = telling("old", "new")
        done = await replay(small.runtime, TOPIC, since=LONG_AGO)
        assert done.events == 2
        assert await small.told("new") == ["one again", "two again"]
        assert await small.told("old") == ["one", "two"]


async def test_a_replay_leaves_out_what_reaches_outside_unless_the_operator_wants_it(make):
    async with make(run=True, handlers=telling("old")) as small:
        await small.emit("a", "one")
        await small.until(lambda: small.told("old"))
        small.service.handlers = telling("old", "mail", outside=["mail"])
        await replay(small.runtime, TOPIC, since=LONG_AGO)
        assert await small.told("mail") == []
        await replay(small.runtime, TOPIC, since=LONG_AGO, with_effects=True)
        assert await small.told("mail") == ["one again"]


async def test_a_replay_takes_the_events_that_were_asked_for(make):
    async with make(run=True, handlers=telling("old")) as small:
        await small.emit("a", "one")
        await small.emit("b", "other")

        async def both():
            return len(await small.told("old")) == 2

        await small.until(both)
        small.service.handlers = telling("new")
        assert (await replay(small.runtime, TOPIC, since=LONG_AGO, dry_run=True)).events == 2
        assert (await replay(small.runtime, TOPIC, since=clock.wall() + timedelta(hours=1))).events == 0
        assert (await replay(small.runtime, TOPIC, since=LONG_AGO, type_="org.quartier.other.v1")).events == 0
        assert await small.told("new") == []
        assert (await replay(small.runtime, TOPIC, since=LONG_AGO, key=str(small.key("b")))).events == 1
        assert await small.told("new") == ["other again"]
