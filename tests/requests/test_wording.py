"""Everything that can happen to a request can be said in both languages."""

from datetime import date

import pytest

from quartier import clock, ids
from quartier.contracts.requests import Outcome
from quartier.i18n import LANGUAGES
from quartier_requests.commands import LINKED
from quartier_requests.facts import Facts
from quartier_requests.machine import MACHINE
from quartier_requests.model import Request
from quartier_requests.wording import event_sentence, status_sentence

FACTS = Facts(expected_on=date(2026, 12, 31), precision="quarter", previous_on=date(2026, 9, 30), previous_precision="month",
              dataset_title={"en": "Trees", "fr": "Arbres"})


def settled(state: str, outcome: Outcome) -> Request:
    return Request(person_id=ids.new_id(), words="", twin_hash="", kind="new", channel="web", lang="en", title="T", body="B", state=state,
                   received_at=clock.now(), state_since=clock.now(), outcome=outcome, answer=FACTS.kept())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_event_has_a_sentence(lang: str):
    said = [event_sentence(event, FACTS, lang) for event in {LINKED, *(row.event for row in MACHINE.transitions)}]
    assert all(sentence.endswith(".") for sentence in said)
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_outcome_has_sentences_of_its_own(lang: str):
    ends = {(row.event, row.target, outcome) for row in MACHINE.transitions for outcome in row.outcomes}
    statuses = [status_sentence(settled(state, outcome), lang) for _, state, outcome in ends]
    events = [event_sentence(event, FACTS.model_copy(update={"outcome": outcome}), lang) for event, _, outcome in ends]
    assert len(set(statuses)) == len(set(events)) == len(ends)
