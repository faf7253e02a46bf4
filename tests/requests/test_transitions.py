"""The staff's acts: each state, role, version and field is answered as the machine says, and a preview is the act itself."""

import asyncio
from datetime import date
from typing import Any

import pytest

from quartier import ids
from quartier.contracts.accounts import Role
from quartier.i18n import long_date
from quartier_requests.machine import MACHINE, By
from tests.requests.town import ANSWER, REFUSAL, TAKE_UP, Town

ACTS: dict[str, dict[str, Any]] = {
    "triage.started": {"event": "triage.started", "visibility": "public"},
    "request.answered": ANSWER,
    "request.taken_up": TAKE_UP,
    "publication.scheduled": {"event": "publication.scheduled", "date": "2040-Q1", "precision": "quarter"},
    "publication.rescheduled": {"event": "publication.rescheduled", "date": "2040-06", "precision": "month", "why": {"fr": "Retard."}},
    "request.refused": {**REFUSAL, "appeal_by": "2040-01-31"}}
ROLES = {Role.OFFICER: By.OFFICER, Role.APPROVER: By.APPROVER}


async def in_state(town: Town, state: str) -> str:
    """A request that has come to that state by the acts that lead there."""
    person, words = ids.new_id(), {"title": f"A request to be {state}"}
    match state:
        case "submitted":
            return await town.submitted(person, **words)
        case "triage":
            return await town.triaged(person, **words)
        case "in_research":
            return await town.taken_up(person, **words)
        case "scheduled" | "published":
            request = await town.scheduled("2040-01-01", person=person, **words)
            if state == "published":
                await town.publish(request)
            return request
        case "answered_closed":
            request = await town.triaged(person, **words)
            await town.act(request, **ANSWER)
            return request
        case "withdrawn":
            request = await town.submitted(person, **words)
            headers = town.link(request, person) | {"if-match": await town.version(request)}
            assert (await town.call("POST", f"/requests/{request}/withdrawal", headers=headers)).status_code == 200
            return request
    raise AssertionError(state)


@pytest.mark.parametrize("state", [state for state in MACHINE.states if state != "awaiting_confirmation"])
async def test_every_role_and_act_is_answered_as_the_machine_says(town: Town, state: str):
    request = await in_state(town, state)
    for role, by in ROLES.items():
        offered = await town.get(f"/requests/{request}/transitions", headers=town.staff(role))
        assert {item["event"] for item in offered["items"]} == {row.event for row in MACHINE.possible(state, {by})}
        for event, act in ACTS.items():
            answer = await town.try_act(request, role=role, path="transitions/previews", **act)
            row = MACHINE.find(event, state)
            if by not in MACHINE.actors_of(event):
                assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (403, "another-role")
            elif row is None or (row.outcomes and act["outcome"] not in row.outcomes):
                assert answer.status_code == 409
                assert {one["event"] for one in answer.json()["possible"]} == {row.event for row in MACHINE.possible(state, {by})}
            else:
                assert answer.status_code == 200, answer.text
                assert answer.json()["state"] == (row.target or state)
                assert answer.json()["owed"] == ([row.owes] if row.owes else [])
    shown = await town.get(f"/requests/{request}", headers=town.staff())
    assert shown["state"] == state, "looking has changed something"


@pytest.mark.parametrize(("event", "state"), [
    ("request.answered", "triage"), ("request.taken_up", "triage"), ("publication.scheduled", "in_research"),
    ("publication.rescheduled", "scheduled"), ("request.refused", "in_research")])
async def test_a_preview_says_what_the_act_will_say_and_changes_nothing(town: Town, event: str, state: str):
    request = await in_state(town, state)
    role = Role.APPROVER if event == "request.refused" else Role.OFFICER
    before = await town.emitted()
    preview = (await town.try_act(request, role=role, path="transitions/previews", **ACTS[event])).json()
    assert await town.emitted() == before
    after = await town.act(request, role=role, **ACTS[event])
    assert preview["public_sentence"]["en"] == after["status"]["sentence"]
    owed = (await town.emitted("notice.owed"))[-1]
    assert preview["owed"] == owed.kinds
    letter = await town.call("GET", f"/notices/{owed.notice_id}/letter",
                             headers={"authorization": f"Bearer {town.city.service_token('notify')}"})
    assert preview["letter"] == letter.json()
    assert preview["visible_to"] == "everyone"


async def test_a_promise_for_a_holiday_is_accepted_with_a_note(town: Town):
    await town.move_to(2026, 3, 2)
    request = await in_state(town, "in_research")
    promise = {"event": "publication.scheduled", "precision": "day"}
    for day, is_off in (("2026-05-01", True), ("2026-05-02", True), ("2026-05-04", False)):
        preview = await town.try_act(request, path="transitions/previews", **promise, date=day)
        assert preview.json()["notes"] == ([f"Nobody works on {long_date(date.fromisoformat(day), 'en')}."] if is_off else [])
    assert (await town.try_act(request, **promise, date="2026-05-01")).status_code == 200


async def test_the_whole_way_from_the_ask_to_a_promise_leaves_its_history(town: Town):
    await town.move_to(2026, 3, 2)
    request = await town.scheduled("2026-05-20")
    await town.act(request, event="publication.rescheduled", date="2026-Q3", precision="quarter", why={"en": "The export is late."})
    events = (await town.get(f"/requests/{request}/events"))["items"]
    assert [(one["event"], one["by"], one["from_state"], one["to_state"]) for one in events] == [
        ("request.submitted", "requester", "awaiting_confirmation", "submitted"), ("triage.started", "officer", "submitted", "triage"),
        ("request.taken_up", "officer", "triage", "in_research"), ("publication.scheduled", "officer", "in_research", "scheduled"),
        ("publication.rescheduled", "officer", "scheduled", "scheduled")]
    assert events[0]["at"] is None and events[1]["at"] is not None
    was = long_date(date(2026, 5, 20), "en")
    assert events[-1]["sentence"] == f"The city moved the promised date from {was} to the third quarter of 2026."
    slips = (await town.get(f"/requests/{request}/slips"))["items"]
    assert [(slip["kind"], slip["old"], slip["new"], slip["days"]) for slip in slips] == [
        ("promised", None, "2026-05-20", None), ("moved", "2026-05-20", "2026-09-30", 133)]
    assert slips[1]["why"] == {"en": "The export is late.", "fr": None}
    shown = await town.get(f"/requests/{request}", headers={"accept-language": "fr-CH, en;q=0.5"})
    assert (shown["slips"], shown["expected_on"], shown["precision"]) == (1, "2026-09-30", "quarter")
    assert shown["status"] == {"label": "date_promised", "label_text": "date promise",
                               "sentence": "La ville a promis les données pour le troisième trimestre 2026."}


async def test_an_answer_and_a_refusal_stand_on_the_request(town: Town):
    answered = await in_state(town, "answered_closed")
    shown = await town.get(f"/requests/{answered}")
    assert (shown["outcome"], shown["answer"]["answer"]["en"], shown["answer"]["links"]) == (
        "already_available", "It is here.", ["https://city.test/trees"])
    refused = await in_state(town, "in_research")
    await town.refuse(refused)
    shown = (await town.get(f"/requests/{refused}"))["answer"]
    assert (shown["outcome"], shown["ground"], shown["article"], shown["appeal_by"]) == (
        "refused", "personal_data", "CRPA L311-6", "2040-01-31")
    assert shown["redress"]["en"] == "Ask the CADA."


async def test_who_gave_the_first_look_does_not_refuse(town: Town):
    both = {"role": Role.APPROVER, "person": town.officer}
    request = await in_state(town, "in_research")
    answer = await town.try_act(request, **both, **ACTS["request.refused"])
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (403, "four-eyes")
    offered = await town.get(f"/requests/{request}/transitions", headers=town.staff(Role.APPROVER, town.officer))
    assert offered["items"][0]["refused_because"]
    assert (await town.get(f"/requests/{request}/transitions", headers=town.staff(Role.APPROVER)))["items"][0]["refused_because"] is None
    assert (await town.get(f"/requests/{request}"))["state"] == "in_research"


async def test_from_sorting_an_approver_may_only_say_that_the_city_does_not_hold_it(town: Town):
    request = await in_state(town, "triage")
    refusal = {**ACTS["request.refused"], "role": Role.APPROVER}
    assert (await town.try_act(request, **refusal)).status_code == 409
    assert (await town.try_act(request, **{**refusal, "outcome": "not_held", "ground": None, "article": None})).status_code == 200


WRONG = [
    ("submitted", {"event": "triage.started"}, "/visibility"),
    ("submitted", {"event": "triage.started", "visibility": "held"}, "/visibility"),
    ("submitted", {"event": "triage.finished"}, "/"), ("submitted", {"visibility": "public"}, "/"),
    ("triage", {**ANSWER, "links": []}, "/links"), ("triage", {**ANSWER, "links": ["javascript:alert(1)"]}, "/links/0"),
    ("triage", {**ANSWER, "answer": {}}, "/answer"), ("triage", {**ANSWER, "answer": {"en": " "}}, "/answer"),
    ("triage", {**ANSWER, "answer": {"de": "Hier."}}, "/answer/de"), ("triage", {**ANSWER, "answer": {"en": "a\u0000b"}}, "/answer/en"),
    ("triage", {**ANSWER, "outcome": "shrug"}, "/outcome"), ("triage", {**ANSWER, "mood": "good"}, "/mood"),
    ("triage", {"event": "request.taken_up"}, "/motive"),
    ("in_research", {"event": "publication.scheduled", "date": "2001-01-01", "precision": "day"}, "/date"),
    ("in_research", {"event": "publication.scheduled", "date": "9999-12-31", "precision": "day"}, "/date"),
    ("scheduled", {**ACTS["publication.rescheduled"], "date": "2999-Q1", "precision": "quarter"}, "/date"),
    ("in_research", {"event": "publication.scheduled", "date": "2040-Q5", "precision": "quarter"}, "/date"),
    ("in_research", {"event": "publication.scheduled", "date": "2040-02-31", "precision": "day"}, "/date"),
    ("in_research", {"event": "publication.scheduled", "date": "2040-01-01", "precision": "week"}, "/precision"),
    ("scheduled", {**ACTS["publication.rescheduled"], "date": "2040-01-01", "precision": "day"}, "/date"),
    ("scheduled", {key: value for key, value in ACTS["publication.rescheduled"].items() if key != "why"}, "/why")]


async def test_a_wrong_field_is_refused_with_a_pointer_and_nothing_happens(town: Town):
    requests = {state: await in_state(town, state) for state in ("submitted", "triage", "in_research", "scheduled")}
    before = await town.emitted()
    for state, act, pointer in WRONG:
        answer = await town.try_act(requests[state], **act)
        assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer]), act
    assert await town.emitted() == before


async def test_a_refusal_without_ground_article_or_redress_is_refused(town: Town):
    request = await in_state(town, "in_research")
    for missing, pointer in (
        ({"ground": None}, "/ground"), ({"article": None}, "/article"), ({"redress": {}}, "/redress"), ({"motive": {}}, "/motive"),
        ({"appeal_by": "2001-01-01"}, "/appeal_by"), ({"appeal_by": None}, "/appeal_by")):
        answer = await town.try_act(request, role=Role.APPROVER, **{**ACTS["request.refused"], **missing})
        assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer]), missing


async def test_an_act_names_the_version_that_it_was_decided_on(town: Town):
    request = await in_state(town, "submitted")
    old = await town.version(request)
    without = await town.call("POST", f"/requests/{request}/transitions", headers=town.staff(), json=ACTS["triage.started"])
    assert without.status_code == 428
    await town.act(request, **ACTS["triage.started"])
    stale = await town.try_act(request, version=old, **TAKE_UP)
    assert stale.status_code == 412
    assert (await town.get(f"/requests/{request}"))["state"] == "triage"


async def test_two_officers_at_once_make_one_move(either_town: Town):
    town = either_town
    request = await in_state(town, "submitted")
    version = await town.version(request)
    answers = await asyncio.gather(*(town.try_act(request, version=version, **ACTS["triage.started"]) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 5]
    assert len(await town.emitted("triage.started")) == 1


async def test_an_act_sent_twice_with_one_key_happens_once(town: Town):
    request = await in_state(town, "triage")
    headers = town.staff() | {"if-match": await town.version(request)}
    first, again = [await town.call("POST", f"/requests/{request}/transitions", headers=headers, json=TAKE_UP) for _ in range(2)]
    assert first.status_code == 200 and first.content == again.content and first.headers["etag"] == again.headers["etag"]
    assert first.headers["etag"] == await town.version(request)
    assert len(await town.emitted("request.taken_up")) == 1


async def test_the_desk_is_closed_to_everybody_else(town: Town):
    person = ids.new_id()
    request = await town.submitted(person)
    for headers, status in (({}, 401), (town.city.bearer(), 403), (town.link(request, person), 403), (town.staff(Role.OPERATOR), 403)):
        for path in (f"/requests/{request}/transitions", "/queues", "/queues/sorting"):
            assert (await town.call("GET", path, headers=headers)).status_code == status, path
        answer = await town.call("POST", f"/requests/{request}/transitions", headers=headers | {"if-match": '"1"'},
                                 json=ACTS["triage.started"])
        assert answer.status_code == status


async def test_a_form_says_of_each_field_what_it_is_and_who_reads_it(town: Town):
    request = await in_state(town, "triage")
    offered = (await town.get(f"/requests/{request}/transitions", headers=town.staff() | {"accept-language": "fr"}))["items"]
    answer = next(item for item in offered if item["verb"] == "answer")
    assert answer["title"] == "Répondre à la demande"
    outcome = next(field for field in answer["fields"] if field["name"] == "outcome")
    assert outcome == {"name": "outcome", "kind": "outcome", "is_required": True, "read_by": "public", "longest": None,
                       "choices": ["already_available", "not_a_data_request", "technical_fix"]}
    assert answer["json_schema"]["properties"]["event"]["const"] == "request.answered"
