"""What a public event of a request tells those who follow it: the kind of news, and the facts as a letter."""

from collections.abc import Mapping

from quartier.contracts.notices import Letter, NoticeKind
from quartier.contracts.requests import (
    PublicationDatePassed,
    PublicationRescheduled,
    PublicationScheduled,
    RequestAnswered,
    RequestFact,
    RequestPublished,
    RequestRefused,
    RequestTakenUp,
    RequestWithdrawn,
    TriageStarted,
)
from quartier.contracts.words import Quote

NEWS: Mapping[type[RequestFact], NoticeKind] = {
    TriageStarted: NoticeKind.OPENED,
    RequestAnswered: NoticeKind.ANSWERED,
    RequestTakenUp: NoticeKind.SELECTED,
    PublicationScheduled: NoticeKind.SCHEDULED,
    PublicationRescheduled: NoticeKind.RESCHEDULED,
    PublicationDatePassed: NoticeKind.DATE_PASSED,
    RequestPublished: NoticeKind.PUBLISHED,
    RequestRefused: NoticeKind.REFUSED,
    RequestWithdrawn: NoticeKind.WITHDRAWN,
}
"""The events that followers and feeds hear of, and what they are called there."""


def letter_of(event: RequestFact, title: Quote | None, public_url: str) -> Letter:
    """The facts of a public event, in the shape that a service gives for the person who asked."""
    letter = Letter(ref=event.ref, title=title, state=event.state)
    match event:
        case RequestAnswered():
            found = {"outcome": event.outcome, "answer": event.answer, "links": event.links}
        case RequestTakenUp():
            found = {"motive": event.motive}
        case PublicationScheduled() | PublicationDatePassed():
            found = {"expected_on": event.expected_on, "precision": event.precision}
        case PublicationRescheduled():
            found = {"expected_on": event.expected_on, "precision": event.precision, "previous_on": event.previous_on,
                     "previous_precision": event.previous_precision, "motive": event.why}
        case RequestPublished():
            found = {"outcome": event.outcome, "dataset_title": event.dataset_title, "wishes": event.wishes,
                     "dataset_url": f"{public_url}/datasets/{event.slug}"}
        case RequestRefused():
            found = {"outcome": event.outcome, "ground": event.ground, "article": event.article, "motive": event.motive,
                     "redress": event.redress, "appeal_by": event.appeal_by}
        case _:
            found = {}
    return letter.model_copy(update=found)


def joined(letters: list[Letter]) -> Letter:
    """One letter of several about the same subject: of each fact the latest that any of them holds."""
    facts: dict[str, object] = {}
    for letter in letters:
        facts |= {name: value for name, value in letter if value not in (None, [])}
    return Letter.model_validate(facts)
