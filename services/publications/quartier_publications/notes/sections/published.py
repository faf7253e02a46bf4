"""Section 5: what was published and improved, with what was wished and what was given."""

from collections import Counter
from datetime import date

from quartier.contracts.publications import DatasetPublished, DatasetRegistered
from quartier.contracts.requests import RequestPublished
from quartier.contracts.wishes import WishCell
from quartier.contracts.words import Quote, Texts
from quartier_publications.notes.facts import Fact
from quartier_publications.notes.story import Part, Story


class Answers(Part):
    """A public request that a version answers, wish by wish."""

    ref: str
    title: Quote | None
    outcome: str
    wishes: list[WishCell]


class VersionRow(Part):
    """A version that came out in the period, and the requests that it answered in it."""

    slug: str
    title: Texts
    version: str
    is_first: bool
    on: date
    answers: list[Answers]


class Published(Part):
    """The versions of the period, and the verdicts of all their wish tables together; `hidden` answered requests are not public."""

    versions: int
    first: int
    datasets: int
    registered: int
    answered: int
    hidden: int
    verdicts: dict[str, int]
    rows: list[VersionRow]


def published(story: Story) -> Published:
    """A request's table belongs to the period in which the request moved, even if the version came out the day before."""
    versions = story.during(DatasetPublished)
    moved = story.during(RequestPublished)
    by_version: dict[tuple[str, str], list[Fact]] = {}
    for fact in story.public(moved):
        by_version.setdefault((fact.data["slug"], fact.data["version"]), []).append(fact)
    rows = [_row(story, fact, by_version.get((fact.data["slug"], fact.data["version"]), []))
            for fact in _shown(story, versions, by_version)]
    verdicts = Counter(cell.verdict.value for row in rows for answer in row.answers for cell in answer.wishes)
    return Published(
        versions=len(versions), first=sum(fact.data["is_first"] for fact in versions),
        datasets=len({fact.key for fact in versions}), registered=len(story.during(DatasetRegistered)), answered=len(moved),
        hidden=len(moved) - len(story.public(moved)), verdicts=dict(sorted(verdicts.items())), rows=rows)


def _shown(story: Story, versions: list[Fact], moved: dict[tuple[str, str], list[Fact]]) -> list[Fact]:
    """The versions of the period, and earlier ones that a request of the period was answered by."""
    new = {fact.id for fact in versions}
    return [fact for fact in story.until_the_end(DatasetPublished)
            if fact.id in new or (fact.data["slug"], fact.data["version"]) in moved]


def _row(story: Story, version: Fact, moved: list[Fact]) -> VersionRow:
    answers = [Answers.model_validate(story.row(fact)) for fact in moved]
    return VersionRow.model_validate(version.data | {"on": story.period.day(version.occurred_at), "answers": answers})
