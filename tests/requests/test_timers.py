"""What happens by the passing of time alone, at the city's own instants."""

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from quartier import clock, ids
from quartier_requests.machine import By
from quartier_requests.model import Request
from tests.requests.test_notices import letter, told
from tests.requests.town import Town


async def test_nobody_reads_it_and_three_levels_hear_of_it_one_after_the_other(town: Town):
    await town.move_to(2017, 8, 3, 21, 5)
    request = await town.submitted()
    assert (await town.emitted("request.submitted"))[0].first_look_due == date(2017, 8, 10)
    await town.move_to(2017, 8, 10, 21, 59)
    assert await town.emitted("triage.escalated") == []
    await town.move_to(2017, 8, 10, 22, 0)  # midnight in Paris
    assert [(event.level, event.working_days) for event in await town.emitted("triage.escalated")] == [(1, 5)]
    [task] = (await town.get("/queues/first_look", headers=town.staff()))["items"]
    assert (task["due"], task["is_late"]) == ("2017-08-10", True)
    await town.move_to(2017, 10, 1)
    assert [(event.level, event.working_days) for event in await town.emitted("triage.escalated")] == [(1, 5), (2, 10), (3, 20)]
    await town.act(request, event="triage.started", visibility="public")
    lines = await town.get(f"/requests/{request}/events")
    assert "triage.escalated" not in [line["event"] for line in lines["items"]]
    assert (await town.get("/register/figures"))["public"] == 1


async def test_a_first_look_in_time_silences_the_alarm(town: Town):
    await town.move_to(2026, 3, 2)
    request = await town.submitted()
    await town.move_to(2026, 3, 4)
    await town.act(request, event="triage.started", visibility="public")
    await town.move_to(2026, 6, 1)
    assert await town.emitted("triage.escalated") == []


@pytest.mark.parametrize(("promised", "precision", "passed"), [
    ("2017-11-30", "day", datetime(2017, 11, 30, 23, tzinfo=UTC)), ("2017-09", "month", datetime(2017, 9, 30, 22, tzinfo=UTC)),
    ("2017-Q4", "quarter", datetime(2017, 12, 31, 23, tzinfo=UTC))])
async def test_a_promise_passes_at_the_first_instant_after_its_period(town: Town, promised: str, precision: str, passed: datetime):
    await town.move_to(2017, 8, 25)
    request = await town.scheduled(promised, precision)
    last = passed.replace(minute=0)
    await town.move_to(last.year, last.month, last.day, last.hour - 1, 59)
    assert await town.emitted("publication.date_passed") == []
    await town.move_to(last.year, last.month, last.day, last.hour)
    [event] = await town.emitted("publication.date_passed")
    assert (event.precision, event.state) == (precision, "scheduled")
    shown = await town.get(f"/requests/{request}")
    assert shown["has_passed"] and "That time has passed" in shown["status"]["sentence"]
    assert (await town.get(f"/requests/{request}/events"))["items"][-1]["at"] == passed.isoformat().replace("+00:00", "Z")
    facts = await letter(town, await told(town, "date_passed"))
    assert facts["expected_on"] == event.expected_on.isoformat()
    [task] = (await town.get("/queues/dates", headers=town.staff()))["items"]
    assert task["is_late"] and task["request_id"] == request


async def test_moving_the_date_renews_the_promise_and_its_alarm(town: Town):
    await town.move_to(2017, 8, 25)
    request = await town.scheduled("2017-09-29")
    await town.act(request, event="publication.rescheduled", date="2017-11-30", precision="day", why={"en": "The export is late."})
    await town.move_to(2017, 10, 15)
    assert await town.emitted("publication.date_passed") == []
    await town.move_to(2017, 12, 5)
    assert len(await town.emitted("publication.date_passed")) == 1
    await town.act(request, event="publication.rescheduled", date="2018-03-30", precision="day", why={"en": "Under test."})
    shown = await town.get(f"/requests/{request}")
    assert (shown["has_passed"], shown["slips"]) == (False, 2)
    slips = (await town.get(f"/requests/{request}/slips"))["items"]
    assert [(slip["kind"], slip["days"]) for slip in slips] == [("promised", None), ("moved", 62), ("passed", None), ("moved", 120)]
    await town.move_to(2018, 4, 1)
    assert len(await town.emitted("publication.date_passed")) == 2


async def test_what_is_published_or_taken_back_in_time_does_not_pass(town: Town):
    await town.move_to(2026, 3, 2)
    person = ids.new_id()
    published = await town.scheduled("2026-03-20")
    withdrawn = await town.scheduled("2026-03-20", person=person)
    await town.publish(published)
    headers = town.link(withdrawn, person) | {"if-match": await town.version(withdrawn)}
    assert (await town.call("POST", f"/requests/{withdrawn}/withdrawal", headers=headers)).status_code == 200
    await town.move_to(2026, 6, 1)
    assert await town.emitted("publication.date_passed") == []


async def test_after_a_long_outage_everything_due_happens_once(either_town: Town):
    town = either_town
    await town.move_to(2026, 3, 2)
    for number in range(4):
        await town.submitted(title=f"Request number {number}")
        await town.scheduled("2026-03-10", title=f"Promise number {number}")
    await town.move_to(2026, 7, 1)
    assert len(await town.emitted("triage.escalated")) == 12
    assert len(await town.emitted("publication.date_passed")) == 4
    await town.move_to(2026, 8, 1)
    assert len(await town.emitted("publication.date_passed")) == 4


async def test_a_timer_gives_way_to_whoever_is_changing_the_request(either_town: Town):
    town = either_town
    await town.move_to(2026, 3, 2)
    request = UUID(await town.submitted())
    await town.move_to(2026, 3, 3)
    async with town.city.runtime("requests").unit_of_work() as uow:
        held = await uow.session.get_one(Request, request, with_for_update=True)
        town.city.move_clock(to=datetime(2026, 3, 31, tzinfo=UTC))
        town.city.runtime("requests").wake()
        # The timer finds the request taken. Were it to wait for it, then PostgreSQL, which looks for deadlocks after a second of
        # waiting, would choose the officer as their victim.
        await asyncio.sleep(1.5)
        held.move("triage.started", {By.OFFICER}, clock.now())
        await uow.cancel("triage.escalated", str(request))
    await town.city.quiet()
    assert await town.emitted("triage.escalated") == []
    assert (await town.get(f"/requests/{request}", headers=town.staff()))["state"] == "triage"
