"""Section 0: the figures from which the five sentences and the table at the top are written."""

from collections import Counter
from dataclasses import replace

from quartier.contracts.notices import NoticeOwed
from quartier.contracts.notify import NoticeBounced, NoticeFailed, NoticeSent, NoticeUnknown
from quartier.contracts.publications import DatasetPublished
from quartier.contracts.requests import (
    PublicationDatePassed,
    PublicationRescheduled,
    PublicationScheduled,
    RequestAnswered,
    RequestPublished,
    RequestRefused,
    RequestSubmitted,
    RequestWithdrawn,
    TriageStarted,
)
from quartier.contracts.wishes import Verdict
from quartier.events import Event
from quartier_publications.notes.story import Part, Story


class Figures(Part):
    """What happened in one period. Each figure counts facts, so the figures of two halves add up to those of the whole."""

    received: int
    first_looks: int
    settled: int
    promised: int
    moved: int
    passed: int
    slip_days: int
    versions: int
    first_versions: int
    answered: int
    wishes: int
    wishes_met: int
    owed: int
    sent: int
    bounced: int
    failed: int
    unknown: int


class Summary(Part):
    """Figures of the period and of the one before, and the stock at the end: requests by public label, people not reached."""

    figures: Figures
    before: Figures | None
    stock: dict[str, int]
    unreached: int


def summary(story: Story, unreached: int) -> Summary:
    """The figures of the period beside those of the one before, where a period has one."""
    before = story.period.previous
    return Summary(
        figures=figures(story), before=figures(replace(story, period=before, requests={})) if before else None,
        stock=dict(sorted(Counter(request.label for request in story.requests.values()).items())), unreached=unreached)


def figures(story: Story) -> Figures:
    """Count what happened in the story's period."""

    def count(*classes: type[Event]) -> int:
        return len(story.during(*classes))

    published = story.during(RequestPublished)
    verdicts = Counter(cell["verdict"] for fact in published for cell in fact.data.get("wishes", ()))
    return Figures(
        received=count(RequestSubmitted), first_looks=count(TriageStarted),
        settled=count(RequestAnswered, RequestPublished, RequestRefused, RequestWithdrawn), promised=count(PublicationScheduled),
        moved=count(PublicationRescheduled), passed=count(PublicationDatePassed),
        slip_days=sum(fact.data["days"] for fact in story.during(PublicationRescheduled)), versions=count(DatasetPublished),
        first_versions=sum(fact.data["is_first"] for fact in story.during(DatasetPublished)), answered=len(published),
        wishes=verdicts.total(), wishes_met=verdicts[Verdict.MET], owed=count(NoticeOwed), sent=count(NoticeSent),
        bounced=count(NoticeBounced), failed=count(NoticeFailed), unknown=count(NoticeUnknown))
