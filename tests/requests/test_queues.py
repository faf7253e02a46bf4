"""The desk's tasks: each request stands where somebody has to do something about it, and nowhere else."""

from quartier.contracts.accounts import Role
from quartier_requests.machine import MACHINE
from quartier_requests.queues.schemas import QueueName
from tests.requests.test_transitions import in_state
from tests.requests.town import Town


async def tasks(town: Town, name: str, role: Role = Role.OFFICER) -> list[dict]:
    return (await town.get(f"/queues/{name}", headers=town.staff(role)))["items"]


async def test_every_unsettled_request_is_somebodys_task_when_its_time_comes(town: Town):
    requests = {state: await in_state(town, state) for state in MACHINE.states if state != "awaiting_confirmation"}
    await town.move_to(2998, 12, 25)
    found = {name: {task["request_id"] for task in await tasks(town, name)} for name in QueueName}
    unsettled = {requests[state] for state in requests if not MACHINE.states[state].settled}
    assert found["first_look"] == {requests["submitted"]}
    assert found["sorting"] == {requests["triage"], requests["in_research"]}
    assert found["dates"] == {requests["scheduled"]}
    assert found["first_look"] | found["sorting"] | found["dates"] == unsettled


async def test_a_task_says_since_when_until_when_and_why(town: Town):
    await town.move_to(2026, 3, 2)
    request = await town.submitted(title="Trees of the north")
    await town.move_to(2026, 3, 4)
    [task] = await tasks(town, "first_look")
    assert (task["title"]["text"], task["since"], task["due"], task["is_late"], task["why"], task["state"]) == (
        "Trees of the north", "2026-03-02", "2026-03-09", False, "Give it its first look.", "submitted")
    await town.act(request, version=f'"{task["version"]}"', event="triage.started", visibility="public")
    [task] = await tasks(town, "sorting")
    assert (task["since"], task["due"], task["why"]) == ("2026-03-04", "2026-04-01", "Answer it or take it up.")
    await town.move_to(2026, 4, 2)
    assert [task["is_late"] for task in await tasks(town, "sorting")] == [True]


async def test_a_promise_is_a_task_from_ten_days_before_its_end(town: Town):
    await town.move_to(2026, 3, 2)
    await town.scheduled("2026-04-20")
    await town.move_to(2026, 4, 9)
    assert await tasks(town, "dates") == []
    await town.move_to(2026, 4, 10)
    assert [task["due"] for task in await tasks(town, "dates")] == ["2026-04-20"]


async def test_the_most_urgent_task_comes_first(town: Town):
    await town.move_to(2026, 3, 2)
    first = await town.submitted(title="Asked first")
    await town.move_to(2026, 3, 5)
    second = await town.submitted(title="Asked later")
    assert [task["request_id"] for task in await tasks(town, "first_look")] == [first, second]


async def test_an_approver_decides_what_she_did_not_sort_herself(town: Town):
    request = await in_state(town, "in_research")
    assert [task["request_id"] for task in await tasks(town, "decisions", Role.APPROVER)] == [request]
    assert await tasks(town, "decisions") == []
    own = await town.get("/queues/decisions", headers=town.staff(Role.APPROVER, town.officer))
    assert own["items"] == []
    await town.refuse(request)
    assert await tasks(town, "decisions", Role.APPROVER) == []


async def test_a_dataset_that_names_a_request_in_sorting_tells_the_officer(town: Town):
    request = await in_state(town, "triage")
    await town.publish(request)
    [task] = await tasks(town, "sorting")
    assert task["why"] == "A dataset that concerns it is published: answer with its link."


async def test_the_counts_are_those_of_the_queues(town: Town):
    await town.move_to(2026, 3, 2)
    await town.submitted(title="One of two")
    await town.submitted(title="Two of two")
    await in_state(town, "in_research")
    await town.move_to(2026, 3, 20)
    counts = {row["name"]: row for row in (await town.get("/queues", headers=town.staff(Role.APPROVER)))["items"]}
    assert list(counts) == [name.value for name in QueueName]
    assert counts["first_look"] == {"name": "first_look", "total": 2, "late": 2, "oldest_due": "2026-03-09"}
    assert (counts["sorting"]["total"], counts["sorting"]["late"], counts["decisions"]["total"]) == (1, 0, 1)
    assert counts["unreached"]["total"] == 4  # no mail service runs here, so nobody has been told anything


async def test_a_queue_that_does_not_exist_is_refused(town: Town):
    assert (await town.call("GET", "/queues/unheard_of", headers=town.staff())).status_code == 422
