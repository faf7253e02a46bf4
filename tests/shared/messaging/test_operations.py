"""What operators see and do, over HTTP as they do it."""

import asyncio
from datetime import timedelta

import pytest

from quartier import clock, ids
from quartier.bus import Refused
from quartier.bus.packing import pack
from quartier.cloudevents import Envelope, to_record
from quartier.contracts.accounts import Role
from quartier.contracts.notify import FollowEnded
from quartier.handlers import Handlers, Permanent
from quartier.timers import Timers
from tests.shared.messaging.small import TOPIC, note


class Mood:
    """A handler that fails at a word until it is taken out."""

    def __init__(self, *bad, error=RuntimeError, **options):
        self.bad, self.handlers = set(bad), Handlers()

        @self.handlers.on(FollowEnded, **options)
        async def tell(received, uow):
            await note(uow, "tell", received.event.ended_by)
            if received.event.ended_by in self.bad:
                raise error(f"not {received.event.ended_by}")


async def json(small, path, **params):
    response = await small.ask("GET", path, Role.OPERATOR, params=params)
    assert response.status_code == 200, response.text
    return response.json()


async def quiet(small):
    return (await json(small, "/quiet"))["quiet"]


PATHS = [("GET", "/quiet"), ("GET", "/readiness"), ("GET", "/outbox"), ("GET", "/lag"), ("GET", "/parked-keys"),
         ("GET", "/dead-letters"), ("GET", "/timers"),
         ("GET", f"/dead-letters/{ids.new_id()}"), ("POST", f"/outbox/{ids.new_id()}/retry"),
         ("POST", f"/parked-keys/{ids.new_id()}/retry"), ("POST", f"/dead-letters/{ids.new_id()}/replay"),
         ("POST", f"/dead-letters/{ids.new_id()}/discard")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_operations_are_for_operators_alone(make):
    async with make(run=True) as small:
        for method, path in PATHS:
            body = {"json": {"reason": "because"}} if path.endswith("discard") else {}
            visitor = await small.http.request(method, f"/api/notify/v1/operations{path}", **body)
            officer = await small.ask(method, path, Role.OFFICER, **body)
            operator = await small.ask(method, path, Role.OPERATOR, **body)
            missing = 404 if str(path).count("/") > 1 else 200
            assert (path, visitor.status_code, officer.status_code, operator.status_code) == (path, 401, 403, missing)


async def test_a_service_is_quiet_when_everything_was_sent_and_handled(make):
    mood, hold = Mood(), asyncio.Event()

    @mood.handlers.on(FollowEnded)
    async def wait(received, uow):
        await hold.wait()

    async with make(run=True, handlers=mood.handlers) as small:
        await small.until(lambda: quiet(small))
        await small.emit("a", "one")

        async def unread():
            return "1 events to read" in (await json(small, "/quiet"))["reasons"]

        await small.until(unread)
        lag = await json(small, "/lag")
        assert (lag["group"], lag["lag"]) == ("notify", 1)
        assert [part["lag"] for part in lag["partitions"] if part["lag"]] == [1]
        assert {"name": "consumer", "ready": True, "trouble": None} in lag["loops"]
        hold.set()
        await small.until(lambda: quiet(small))
        assert await small.told("tell") == ["one"]


async def test_the_next_timer_and_what_is_due_stand_in_the_answer(make):
    timers = Timers()

    @timers.on("never")
    async def fail(key, due_at, uow):
        raise RuntimeError("broken")

    async with make(run=True, timers=timers) as small:
        due_at = clock.now() + timedelta(days=3)
        async with small.runtime.unit_of_work() as uow:
            await uow.schedule("never", "a", due_at)
        answer = await json(small, "/quiet")
        assert clock.now() < due_at == type(due_at).fromisoformat(answer["next_timer_due_at"])
        await small.until(lambda: quiet(small))
        clock.move_to(due_at)

        async def failed():
            return (await json(small, "/timers"))["items"][0]["tries"]

        await small.until(failed)
        [timer] = (await json(small, "/timers"))["items"]
        assert (timer["name"], timer["reason"]) == ("never", "RuntimeError: broken")
        assert "1 timers that are due" in (await json(small, "/quiet"))["reasons"]


async def test_a_service_adds_reasons_of_its_own(make):
    async def busy(runtime):
        return f"{runtime.service.name} has letters to write"

    async with make(run=True, quiet=[busy]) as small:
        await small.until(lambda: say(small, ["notify has letters to write"]))


async def say(small, reasons):
    return (await json(small, "/quiet"))["reasons"] == reasons


async def test_an_operator_sends_a_refused_event_again(make):
    async with make(run=True) as small:
        bus = small.bus

        class Closed:
            async def publish(self, records):
                raise Refused(0, "it is too large.")

            def __getattr__(self, name):
                return getattr(bus, name)

        small.runtime.bus = Closed()
        await small.emit("a", "one", "two")

        async def refused():
            return (await json(small, "/outbox"))["refused"]

        [row] = await small.until(refused)
        assert (row["key"], row["type"]) == (str(small.key("a")), FollowEnded.event_type)
        assert "too large" in row["reason"]
        outbox = await json(small, "/outbox")
        assert outbox["pending"] == 1
        assert 0 <= outbox["oldest_seconds"] < 600
        small.runtime.bus = bus
        assert (await small.ask("POST", f"/outbox/{row['id']}/retry", Role.OPERATOR)).status_code == 202
        await small.until(lambda: quiet(small))
        assert len(await small.read_bus()) == 2
        assert (await small.ask("POST", f"/outbox/{row['id']}/retry", Role.OPERATOR)).status_code == 404


async def test_an_operator_sees_a_parked_key_and_tries_it_at_once(make, hasty):
    mood = Mood("bad")
    async with make(run=True, handlers=mood.handlers) as small:
        await small.emit("a", "bad", "behind")

        async def parked():
            return [lane for lane in (await json(small, "/parked-keys"))["items"] if lane["events"] == 2]

        [lane] = await small.until(parked)
        assert (lane["handler"], lane["key"], lane["reason"]) == ("tell", str(small.key("a")), "RuntimeError: not bad")
        await small.change(f"update parked_key set next_try_at = '{clock.wall() + timedelta(days=1):%Y-%m-%d %H:%M:%S.%f}'")
        mood.bad.clear()
        assert (await small.ask("POST", f"/parked-keys/{lane['id']}/retry", Role.OPERATOR)).status_code == 202
        await small.until(lambda: quiet(small))
        assert await small.told("tell") == ["bad", "behind"]
        assert (await json(small, "/parked-keys"))["total"] == 0


async def test_an_operator_lets_a_strict_handler_go_on_without_a_missing_event(make):
    mood = Mood(order="strict")
    async with make(run=True, handlers=mood.handlers) as small:
        event = small.event("a", "two")
        await small.bus.publish([to_record(Envelope(id="2", source="https://city.test/notify", type=event.event_type, sequence=2,
                                                    subject=event.key, partitionkey=event.key, data=event.data()), TOPIC)])

        async def parked():
            return (await json(small, "/parked-keys"))["items"]

        [lane] = await small.until(parked)
        assert lane["reason"] == "SequenceGap: waiting for sequence 1"
        answer = await small.ask("POST", f"/parked-keys/{lane['id']}/retry", Role.OPERATOR, json={"without_predecessor": True})
        assert answer.status_code == 202
        await small.until(lambda: quiet(small))
        assert await small.told("tell") == ["two"]


async def test_an_operator_reads_and_replays_a_dead_letter(make):
    mood = Mood("bad", error=Permanent)
    async with make(run=True, handlers=mood.handlers) as small:
        await small.emit("a", "bad")

        async def dead():
            return (await json(small, "/dead-letters"))["items"]

        [letter] = await small.until(dead)
        assert (letter["handler"], letter["state"], letter["reason"]) == ("tell", "waiting", "Permanent: not bad")
        opened = await json(small, f"/dead-letters/{letter['id']}")
        assert '"ended_by":"bad"' in opened["value"]
        assert opened["headers"]["ce_type"] == FollowEnded.event_type
        again = await small.ask("POST", f"/dead-letters/{letter['id']}/replay", Role.OPERATOR)
        assert (again.status_code, again.json()["detail"]) == (409, "Permanent: not bad")
        assert await small.told("tell") == []
        mood.bad.clear()
        done = await small.ask("POST", f"/dead-letters/{letter['id']}/replay", Role.OPERATOR)
        assert (done.status_code, done.json()["state"]) == (200, "replayed")
        assert await small.told("tell") == ["bad"]
        twice = await small.ask("POST", f"/dead-letters/{letter['id']}/replay", Role.OPERATOR)
        assert twice.status_code == 409
        assert await small.told("tell") == ["bad"]
        assert (await json(small, "/dead-letters"))["total"] == 0
        assert (await json(small, "/dead-letters", state="replayed"))["total"] == 1


async def test_a_letter_that_nobody_could_read_is_replayed_once_it_can_be_read(make):
    mood = Mood()
    async with make(run=True, handlers=mood.handlers) as small:
        event = small.event("a", "one")
        good = to_record(Envelope(id="1", source="s", type=event.event_type, subject=event.key, partitionkey=event.key,
                                  data=event.data()), TOPIC)
        broken = type(good)(TOPIC, good.key, good.value, good.headers[1:])
        await small.bus.publish([broken])

        async def dead():
            return (await json(small, "/dead-letters"))["items"]

        [letter] = await small.until(dead)
        assert letter["handler"] == ""
        assert (await small.ask("POST", f"/dead-letters/{letter['id']}/replay", Role.OPERATOR)).status_code == 409
        await small.change("update dead_letter set headers = :headers", headers=pack(good.headers))
        assert (await small.ask("POST", f"/dead-letters/{letter['id']}/replay", Role.OPERATOR)).status_code == 200
        assert await small.told("tell") == ["one"]


async def test_an_operator_discards_a_dead_letter_with_a_reason(make):
    mood = Mood("bad", error=Permanent)
    async with make(run=True, handlers=mood.handlers) as small:
        await small.emit("a", "bad")

        async def dead():
            return (await json(small, "/dead-letters"))["items"]

        [letter] = await small.until(dead)
        path = f"/dead-letters/{letter['id']}/discard"
        assert (await small.ask("POST", path, Role.OPERATOR, json={})).status_code == 422
        done = await small.ask("POST", path, Role.OPERATOR, json={"reason": "It was a test."})
        assert (done.status_code, done.json()["state"], done.json()["remark"]) == (200, "discarded", "It was a test.")
        assert (await small.ask("POST", path, Role.OPERATOR, json={"reason": "Again."})).status_code == 409
        assert await small.told("tell") == []
