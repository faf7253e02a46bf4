"""Section 2: what was asked."""

from collections import Counter
from datetime import datetime

from quartier.contracts.requests import RequestSubmitted, Visibility
from quartier_publications.notes.story import Part, Row, Story


class AskedRow(Row):
    """A public request that was submitted in the period; `on` is the day on which it was asked, `label` where it stands."""

    kind: str
    channel: str
    label: str


class Asked(Part):
    """All requests of the period: the public ones by name, the others as a count."""

    total: int
    hidden: int
    waiting: int
    by_kind: dict[str, int]
    by_channel: dict[str, int]
    rows: list[AskedRow]


def asked(story: Story) -> Asked:
    """Requests belong to the period in which they were confirmed; `waiting` ones have not had their first look."""
    facts = story.during(RequestSubmitted)
    public = story.public(facts)
    standing = Counter(story.requests[fact.data["request_id"]].visibility for fact in facts)
    return Asked(
        total=len(facts), hidden=standing[Visibility.REQUESTER_ONLY], waiting=standing[Visibility.HELD],
        by_kind=_count(facts, "kind"), by_channel=_count(facts, "channel"),
        rows=[AskedRow.model_validate(story.row(fact) | {"on": story.period.day(datetime.fromisoformat(fact.data["received_at"]))})
              for fact in public])


def _count(facts: list, name: str) -> dict[str, int]:
    return dict(sorted(Counter(fact.data[name] for fact in facts).items()))
