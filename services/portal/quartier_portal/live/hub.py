"""What the bus says, as hints for open pages: which thing moved, and how far it has come.

One tail a process, without a group, so that every replica of the portal sees everything; each open page takes the hints that it
asked for. A hint holds no content: the page asks for what it shows, as the person who looks at it.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quartier.bus import OffsetGone, Partition, Record, Start
from quartier.cloudevents import Malformed, from_record
from quartier.contracts.requests import RequestFact, Visibility
from quartier.events import Audience, event_class
from quartier.loops import Loop
from quartier.transport import topics

if TYPE_CHECKING:
    from quartier.service import Runtime

REMEMBERED = 1000
"""Hints that a page which lost its line can still be given."""
WAITING_AT_MOST = 200
"""Hints that one slow page may be behind; then it is told to look at everything."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing has moved. `position` is the vector of offsets at which the hub stood, and the id of the server-sent event."""

    position: str
    key: str
    sequence: int
    is_public: bool


class Hub(Loop):
    """Tails the bus and hands hints to the pages that are open in this process."""

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__("portal live pages", runtime.bell)
        self._bus = runtime.bus
        self._at: dict[Partition, int] = {}
        self._open: set[asyncio.Queue[Hint | None]] = set()
        self._remembered: deque[Hint] = deque(maxlen=REMEMBERED)

    async def step(self) -> int:
        """Follow the bus until the loop is stopped or the bus is away; where it has forgotten our place, pages look at everything."""
        try:
            async with self._bus.tail([topic.name for topic in topics()], self._at or Start.LATEST) as records:
                self.works()
                while (record := await self.unless_stopped(anext(records))) is not None:
                    self._at = dict(records.after)
                    self._tell(record)
        except OffsetGone:
            self._at = {}
            for page in self._open:
                page.put_nowait(None)
        return 0

    def _tell(self, record: Record) -> None:
        hint = _hint(record, _vector(self._at))
        if hint is None:
            return
        self._remembered.append(hint)
        for page in self._open:
            if page.qsize() >= WAITING_AT_MOST:
                while not page.empty():
                    page.get_nowait()
                page.put_nowait(None)
            page.put_nowait(hint)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[Hint | None]]:
        """The hints from now on, for one open page; None means that some were left out."""
        page: asyncio.Queue[Hint | None] = asyncio.Queue()
        self._open.add(page)
        try:
            yield page
        finally:
            self._open.discard(page)

    def since(self, position: str | None) -> list[Hint] | None:
        """What was said after that position; None when it is not remembered and a page has to look at everything."""
        remembered = list(self._remembered)
        positions = [hint.position for hint in remembered]
        return remembered[positions.index(position) + 1:] if position in positions else None


def _vector(at: Mapping[Partition, int]) -> str:
    return ",".join(f"{partition.topic}:{partition.number}:{offset}" for partition, offset in sorted(at.items()))


def _hint(record: Record, position: str) -> Hint | None:
    try:
        envelope = from_record(record)
        cls = event_class(envelope.type)
        if cls is None or envelope.sequence is None or envelope.data is None:
            return None
        event = cls.read(envelope.data)
    except (Malformed, ValueError):
        return None
    is_public = event.audience is not Audience.INTERNAL and (
        not isinstance(event, RequestFact) or event.visibility is Visibility.PUBLIC)
    service = record.topic.removeprefix("quartier.")
    return Hint(position, f"{service}/{envelope.partitionkey}", envelope.sequence, is_public)
