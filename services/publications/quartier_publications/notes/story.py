"""What the facts tell, read once for all sections of a note: the requests as they stand at its end, and what happened in its time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from pydantic import BaseModel, ConfigDict

from quartier.contracts.requests import Visibility
from quartier.contracts.words import Quote
from quartier.events import Event
from quartier_publications.notes.facts import Fact
from quartier_publications.notes.period import Period


class Part(BaseModel):
    """Base of what a note consists of. Rows pick the fields that they show from a fact's data and leave the rest."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Row(Part):
    """A line about one public request."""

    ref: str
    title: Quote | None
    on: date


@dataclass(slots=True)
class Request:
    """What the facts say of one request."""

    visibility: str
    label: str
    ref: str | None = None
    title: Quote | None = None


@dataclass(slots=True)
class Story:
    """Ordered, released facts up to the end of a period, and the requests that they tell of."""

    facts: Sequence[Fact]
    period: Period
    requests: dict[str, Request] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Fold the facts into the requests as they stand at the end."""
        for fact in self.facts:
            if "visibility" not in fact.data:
                continue
            known = self.requests.get(fact.data["request_id"])
            title = fact.data.get("title")
            self.requests[fact.data["request_id"]] = Request(
                visibility=fact.data["visibility"], label=fact.data["label"], ref=fact.data.get("ref"),
                title=Quote.model_validate(title) if title else known and known.title)

    def during(self, *classes: type[Event]) -> list[Fact]:
        """The facts of these kinds that happened in the period, in order."""
        types = {cls.event_type for cls in classes}
        return [fact for fact in self.facts if fact.type in types and self.period.holds(fact.occurred_at)]

    def until_the_end(self, *classes: type[Event]) -> list[Fact]:
        """The facts of these kinds that happened in the period or before it, in order."""
        types = {cls.event_type for cls in classes}
        return [fact for fact in self.facts if fact.type in types]

    def public(self, facts: Sequence[Fact]) -> list[Fact]:
        """Those that are about a request which everybody may read, day by day, by reference within one."""
        found = [fact for fact in facts if self._of(fact).visibility == Visibility.PUBLIC]
        return sorted(found, key=lambda fact: (fact.occurred_at, self._of(fact).ref or "", fact.sequence or 0))

    def row(self, fact: Fact) -> dict[str, object]:
        """What a line about this fact can show: the fact's own data, the request's name, and the day."""
        request = self._of(fact)
        return fact.data | {"ref": request.ref, "title": request.title, "label": request.label,
                            "on": self.period.day(fact.occurred_at)}

    def _of(self, fact: Fact) -> Request:
        """The request of a fact; one that no fact has shown yet is as good as hidden."""
        return self.requests.get(fact.request_id or "", _UNKNOWN)


_UNKNOWN = Request(visibility=Visibility.HELD, label="received")
