"""The plain sentences about a request, in the reader's language."""

from datetime import date
from typing import Any

from quartier.contracts.requests import Outcome
from quartier.contracts.words import Texts
from quartier.i18n import LANGUAGES, expected, long_date, translator
from quartier_requests.facts import Facts
from quartier_requests.model import Request

PACKAGE = "quartier_requests"


def label_text(label: str, lang: str) -> str:
    """What the public calls a state."""
    return translator(PACKAGE)(lang, f"request-label-{label}")


def act_title(verb: str, lang: str) -> str:
    """The button of an act."""
    return translator(PACKAGE)(lang, f"request-act-{verb}")


def task_text(name: str, lang: str) -> str:
    """Why something stands in a queue."""
    return translator(PACKAGE)(lang, f"request-task-{name}")


def note_text(name: str, day: date, lang: str) -> str:
    """What an officer may want to look at again before she sends it."""
    return translator(PACKAGE)(lang, f"request-note-{name}", day=long_date(day, lang))


def status_sentence(request: Request, lang: str) -> str:
    """Where the request stands."""
    facts = Facts(**{**request.answer, "outcome": request.outcome, "expected_on": request.expected_on,
                     "precision": request.precision})
    due = long_date(request.first_look_due, lang) if request.first_look_due else ""
    return translator(PACKAGE)(lang, f"request-status-{request.state}", due=due, passed="yes" if request.has_passed else "no",
                               **_spoken(facts, lang))


def status_texts(request: Request) -> Texts:
    """The status sentence in every language of the house."""
    return Texts(**{lang: status_sentence(request, lang) for lang in LANGUAGES})


def event_sentence(event: str, facts: Facts, lang: str) -> str:
    """What happened."""
    return translator(PACKAGE)(lang, f"request-event-{event.replace('.', '-')}", **_spoken(facts, lang))


def _spoken(facts: Facts, lang: str) -> dict[str, Any]:
    dataset = facts.dataset_title.best(lang) if facts.dataset_title else None
    return {
        "outcome": facts.outcome or Outcome.REFUSED,
        "expected": expected(facts.expected_on, facts.precision, lang) if facts.expected_on and facts.precision else "",
        "previous": expected(facts.previous_on, facts.previous_precision, lang)
        if facts.previous_on and facts.previous_precision else "",
        "dataset": dataset.text if dataset else ""}
