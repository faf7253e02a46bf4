"""Section 3: what was settled, and how."""

from collections import Counter
from datetime import date

from pydantic import AliasChoices, Field

from quartier.contracts.requests import RequestAnswered, RequestPublished, RequestRefused, RequestWithdrawn
from quartier.contracts.words import Slug, Texts
from quartier_publications.notes.story import Part, Row, Story


class SettledRow(Row):
    """A public request that was answered, refused, withdrawn or given its dataset: the city's words, and the law where it said no."""

    outcome: str
    answer: Texts | None = None
    motive: Texts | None = None
    ground: str | None = None
    article: str | None = None
    redress: Texts | None = None
    appeal_by: date | None = None
    links: list[str] = []
    dataset: Slug | None = Field(None, validation_alias=AliasChoices("dataset", "slug"))


class Settled(Part):
    """All requests settled in the period, by outcome; those that are not public are in the counts alone."""

    total: int
    hidden: int
    by_outcome: dict[str, int]
    rows: list[SettledRow]


def settled(story: Story) -> Settled:
    """Sorted by outcome, then as they happened; what a dataset gave of the wishes has its own section."""
    facts = story.during(RequestAnswered, RequestPublished, RequestRefused, RequestWithdrawn)
    rows = [SettledRow.model_validate(story.row(fact)) for fact in story.public(facts)]
    return Settled(total=len(facts), hidden=len(facts) - len(rows),
                   by_outcome=dict(sorted(Counter(fact.data["outcome"] for fact in facts).items())),
                   rows=sorted(rows, key=lambda row: row.outcome))
