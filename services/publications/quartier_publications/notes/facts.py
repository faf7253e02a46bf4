"""Facts: copies of what the services said happened, and the order and form in which a note is computed from them.

Everything here is pure. A note's facts are also published, as `facts.jsonl`, so that anybody can compute the note again; hence
`released` leaves out whatever the public may not read. The facts of requests that are not public keep codes and counts alone; and all facts
keep the day alone, because what a requester does is public to the day, and each of her acts has messages and answers beside it.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from quartier.contracts.publications import DatasetPublished
from quartier.contracts.requests import Visibility


@dataclass(frozen=True, slots=True)
class Fact:
    """One event as a note reads it. `key` names its aggregate, `sequence` its place there; `data` is JSON."""

    source: str
    id: str
    occurred_at: datetime
    key: str
    sequence: int | None
    type: str
    data: dict[str, Any]

    @property
    def request_id(self) -> str | None:
        """The request that this is about, if it is about one."""
        if self.data.get("subject_kind") == "request":
            return str(self.data["subject_id"])
        return self.data.get("request_id")


COUNTED = frozenset({
    "request_id", "state", "label", "visibility", "kind", "channel", "outcome", "days", "notice_id", "subject_kind", "subject_id",
    "kinds", "counts_as_sent", "because"})
"""What stays readable of a request that is not public: codes and counts, no words, no reference, no date."""

SAID_AT = {"received_at", "at"}
"""Instants within the data of facts about requests and messages."""
DIGEST = "sha256:"


def ordered(facts: Iterable[Fact]) -> list[Fact]:
    """Each fact once, in the one order in which all notes read them, whatever the order of arrival: of one aggregate, as it happened."""
    once = {(fact.source, fact.id): fact for fact in facts}
    return sorted(once.values(), key=lambda fact: (fact.occurred_at, fact.source, fact.key, fact.sequence or 0, fact.id))


def by_day(facts: Iterable[Fact], zone: str) -> list[Fact]:
    """The same facts at the first instant of their day in the city. Doing it twice changes nothing.

    The ids of requests' events and of their messages hold the time to the millisecond (UUIDv7, RFC 9562): digests take their place.
    """
    city = ZoneInfo(zone)
    return [_by_day(fact, city) for fact in facts]


def _by_day(fact: Fact, city: ZoneInfo) -> Fact:
    data = {name: _first_instant(value, city) if name in SAID_AT else _opaque(value) if name == "notice_id" else value
            for name, value in fact.data.items()}
    return replace(fact, occurred_at=_midnight(fact.occurred_at, city), data=data,
                   id=fact.id if fact.request_id is None else _opaque(fact.id))


def _midnight(at: datetime, city: ZoneInfo) -> datetime:
    return datetime.combine(at.astimezone(city).date(), time(), city).astimezone(UTC)


def _first_instant(value: str, city: ZoneInfo) -> str:
    return _midnight(datetime.fromisoformat(value), city).isoformat()


def _opaque(id_: str) -> str:
    return id_ if id_.startswith(DIGEST) else DIGEST + digest(id_.encode())


def visibilities(facts: Sequence[Fact]) -> dict[str, str]:
    """Who may see each request, after the last of these facts."""
    return {fact.data["request_id"]: fact.data["visibility"] for fact in facts if "visibility" in fact.data}


def released(facts: Sequence[Fact]) -> list[Fact]:
    """The same facts as the public may read them. Doing it twice changes nothing."""
    public = {request for request, visibility in visibilities(facts).items() if visibility == Visibility.PUBLIC}
    return [replace(fact, data=_released(fact, public)) for fact in facts]


def _released(fact: Fact, public: set[str]) -> dict[str, Any]:
    if fact.type == DatasetPublished.event_type:
        return fact.data | {"request_ids": [id_ for id_ in fact.data["request_ids"] if id_ in public]}
    if fact.request_id is None or fact.request_id in public:
        return fact.data
    return {name: value for name, value in fact.data.items() if name in COUNTED}


def canonical(facts: Iterable[Fact]) -> bytes:
    """The facts as JSON Lines, always the same bytes for the same facts in the same order."""
    return b"".join(canonical_json({
        "source": fact.source, "id": fact.id, "occurred_at": _instant(fact.occurred_at), "key": fact.key, "sequence": fact.sequence,
        "type": fact.type, "data": fact.data}) for fact in facts)


def canonical_json(value: Any) -> bytes:
    """One line of JSON: keys sorted, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def digest(content: bytes) -> str:
    """The SHA-256 that a note prints, so that a reader can check what it was computed from."""
    return hashlib.sha256(content).hexdigest()


def read(lines: bytes) -> list[Fact]:
    """The facts of a published `facts.jsonl`."""
    rows = [json.loads(line) for line in lines.splitlines()]
    return [Fact(**row | {"occurred_at": datetime.fromisoformat(row["occurred_at"])}) for row in rows]


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
