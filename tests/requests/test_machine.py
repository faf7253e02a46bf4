"""The machine is one file: what it says is what the code does, and it says nothing that leads nowhere."""

import tomllib
from importlib.resources import files
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartier import clock, ids
from quartier.contracts.requests import Outcome
from quartier_requests import machine_document, timers
from quartier_requests.machine import MACHINE, STAFF, By, State, read_machine
from quartier_requests.model import Request
from quartier_requests.problems import NotPossibleNow, NotYoursToDo
from quartier_requests.transitions.commands import ACTS
from quartier_requests.transitions.guards import GUARDS
from quartier_requests.wording import act_title, label_text

FILE = files("quartier_requests").joinpath("machine.toml").read_text()
RAW = tomllib.loads(FILE)
EVENTS = sorted({row["event"] for row in RAW["transitions"]})


def a_request(state: str) -> Request:
    return Request(person_id=ids.new_id(), words="", twin_hash="", kind="new", channel="web", lang="en", title="Trees", body="All of them",
                   state=state, state_since=clock.now(), received_at=clock.now())


@given(st.sampled_from(sorted(RAW["states"])), st.sampled_from(sorted(By)), st.sampled_from(EVENTS),
       st.sampled_from([None, *Outcome]))
def test_every_state_actor_and_event_is_answered_as_the_file_says(state: str, by: By, event: str, outcome: Outcome | None):
    rows = [row for row in RAW["transitions"] if row["event"] == event]
    fitting = [row for row in rows if state in row["from"] and ("outcomes" not in row or outcome in row["outcomes"])]
    request = a_request(state)
    if not any(by in row["actors"] for row in rows):
        with pytest.raises(NotYoursToDo):
            request.move(event, {by}, clock.now(), outcome=outcome)
    elif not fitting:
        with pytest.raises(NotPossibleNow) as refusal:
            request.move(event, {by}, clock.now(), outcome=outcome)
        offered = {row["event"] for row in refusal.value.extensions["possible"]}
        assert offered == {row["event"] for row in RAW["transitions"] if state in row["from"] and by in row["actors"]}
    else:
        request.move(event, {by}, clock.now(), outcome=outcome)
        assert request.state == (fitting[0]["to"] or state)
        assert (request.settled_at is not None) == (RAW["states"][request.state]["settled"] and bool(fitting[0]["to"]))


def test_no_unsettled_state_is_a_dead_end():
    leads_out = {name for name, row in RAW["states"].items() if row["settled"]}
    while True:
        more = {name for row in RAW["transitions"] if row["to"] in leads_out for name in row["from"]} - leads_out
        if not more:
            break
        leads_out |= more
    assert leads_out == set(RAW["states"])


def test_every_state_is_reached_by_some_move():
    assert {row["to"] for row in RAW["transitions"]} - {""} == set(RAW["states"])


def test_nothing_waits_without_an_age_and_every_alarm_clock_rings_somewhere():
    for state in MACHINE.states.values():
        assert state.settled == (state.age is None), state.name
        if state.age and state.age.timer:
            assert state.age.timer in timers.timers
        elif state.age:
            assert state.queue, f"nobody sees that {state.name} is late"


def test_a_settled_state_is_left_by_nothing():
    settled = {name for name, row in RAW["states"].items() if row["settled"]}
    assert not settled & {name for row in RAW["transitions"] for name in row["from"]}


def test_every_guard_of_the_file_exists_and_every_guard_is_used():
    assert {name for row in MACHINE.transitions for name in row.guards} == set(GUARDS)


def test_every_act_of_the_staff_has_a_body_with_the_fields_of_the_file_and_a_button_in_both_languages():
    bodies = {get_args(cls.model_fields["event"].annotation)[0]: cls for cls in ACTS}
    staff = [row for row in MACHINE.transitions if row.actors & set(STAFF.values())]
    assert {row.event for row in staff} == set(bodies)
    for row in staff:
        fields = bodies[row.event].model_fields
        assert set(fields) == {"event", *row.required, *row.optional}
        assert {name for name, field in fields.items() if field.is_required()} == {"event", *row.required}
        assert act_title(row.verb, "en") != act_title(row.verb, "fr")


def test_every_label_has_words_in_both_languages():
    for state in MACHINE.states.values():
        assert label_text(state.label, "en") != label_text(state.label, "fr")


def test_the_states_by_name_are_those_of_the_file():
    assert {state.value for state in State} == set(RAW["states"])


def test_the_page_of_the_machine_shows_every_state_and_every_move():
    page = machine_document.render()
    for name in RAW["states"]:
        assert f"| {name} |" in page
    for row in RAW["transitions"]:
        for source in row["from"] or ["[*]"]:
            assert f"{source} --> {row['to'] or source}: {row['event']}" in page


@pytest.mark.parametrize(("word", "nonsense"), [
    ('to = "scheduled"', 'to = "someday"'), ('from = ["triage"]', 'from = ["limbo"]'),
    ('event = "request.answered"', 'event = "request.sung"'), ('actors = ["approver"]', 'actors = ["passer-by"]'),
    ('owes = "selected"', 'owes = "a song"'), ('required = ["motive"]', 'required = ["mood"]')])
def test_a_word_that_nothing_defines_stops_the_service_when_it_starts(word: str, nonsense: str):
    assert word in FILE
    with pytest.raises(ValueError):
        read_machine(FILE.replace(word, nonsense))
