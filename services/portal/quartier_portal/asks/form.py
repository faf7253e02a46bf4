"""What a person has typed so far, carried from page to page in the form itself, so that nothing is kept before she sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from quartier import ids
from quartier.contracts.requests import RequestKind
from quartier.contracts.wishes import Property, Weight

STEPS = ("what", "more", "wishes", "check")
WISHES = 3
"""Wishes that the form offers; the API takes twenty."""
WISH_PARTS = ("property", "wanted", "weight")
TEXTS = ("title", "body", "question", "area", "period", "reuse", "how_today", "address")
LIMITS = {"title": 200, "body": 20_000, "question": 5000, "area": 200, "period": 100, "reuse": 5000, "how_today": 5000, "address": 320}
PLACES = {"title": "what", "body": "what", "kind": "what", "question": "more", "area": "more", "period": "more", "reuse": "more",
          "how_today": "more", "wishes": "wishes", "address": "check"}
"""On which page each field stands."""


@dataclass
class Ask:
    """The answers so far."""

    values: dict[str, str] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def read(cls, form: Mapping[str, object]) -> "Ask":
        """From what the browser sent; fields that the form does not have are dropped."""
        names = {*TEXTS, "kind", "key", *(f"wish{number}_{part}" for number in range(1, WISHES + 1) for part in WISH_PARTS)}
        ask = cls({name: str(value) for name, value in form.items() if name in names and isinstance(value, str)})
        ask.values.setdefault("key", str(ids.new_id()))
        return ask

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def kind(self) -> str:
        """What is asked for; a new dataset unless she says otherwise."""
        return self.values.get("kind") or RequestKind.NEW.value

    @property
    def wishes(self) -> list[dict[str, str]]:
        """The wishes that were filled in."""
        rows = [{part: self[f"wish{number}_{part}"].strip() for part in WISH_PARTS} for number in range(1, WISHES + 1)]
        return [{"property": row["property"] or Property.OTHER.value, "wanted": row["wanted"],
                 "weight": row["weight"] or Weight.MUST.value} for row in rows if row["wanted"]]

    def hidden(self, step: str) -> list[tuple[str, str]]:
        """What the page of that step has to carry along: everything that does not stand on it."""
        return [(name, value) for name, value in self.values.items() if value and place_of(name) != step]

    def error(self, name: str) -> str | None:
        """What is wrong with a field."""
        return next((message for field_, message in self.errors if field_ == name), None)

    def request(self, ticket: str, lang: str) -> dict[str, object]:
        """The body for the requests service."""
        optional = {name: self[name].strip() or None for name in ("question", "area", "period", "reuse", "how_today")}
        return {"contact_ticket": ticket, "kind": self.kind, "title": self["title"], "body": self["body"], "lang": lang,
                "wishes": self.wishes, "channel": "web", **{name: value for name, value in optional.items() if value}}


def place_of(name: str) -> str:
    """The page on which a field stands; none for the form's own key."""
    return PLACES.get("wishes" if name.startswith("wish") else name, "")
