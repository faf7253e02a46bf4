"""The shapes in which requests are read."""

from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field

from quartier.contracts.notices import NoticeKind
from quartier.contracts.requests import Channel, Outcome, RequestKind, Visibility
from quartier.contracts.wishes import Wish
from quartier.contracts.words import Language, Precision, Quote, Texts
from quartier.settings import Settings
from quartier.web import Out
from quartier_requests import days
from quartier_requests.facts import Facts
from quartier_requests.machine import By
from quartier_requests.model import Request, RequestEvent, Slip
from quartier_requests.notices.model import Notice, NoticeState
from quartier_requests.wording import event_sentence, label_text, status_sentence


class StatusOut(Out):
    """Where a request stands, for reading: a label, and one sentence in the language of the answer."""

    label: str
    label_text: str
    sentence: str


class RequestSummaryOut(Out):
    """A request as lists show it."""

    id: UUID
    ref: str | None
    kind: RequestKind
    title: Quote
    state: str
    label: str
    status: StatusOut
    outcome: Outcome | None
    visibility: Visibility
    received_on: date
    since: date = Field(description="The day on which it came into its state.")
    first_look_due: date | None
    expected_on: date | None
    precision: Precision | None
    has_passed: bool = Field(description="The promised period is over and the data is not out.")
    slips: int = Field(description="How often the promised date was moved.")
    informed_on: date | None = Field(description="The day on which its requester was last told something.")
    is_unreached: bool = Field(description="Something she is owed has not reached her yet; a person is finding another way.")
    channel: Channel
    themes: list[str]
    area: str | None
    version: int
    sequence: int

    @classmethod
    def fields_of(cls, request: Request, lang: str, settings: Settings) -> dict[str, Any]:
        """What a summary shows."""
        status = StatusOut(label=request.label, label_text=label_text(request.label, lang), sentence=status_sentence(request, lang))
        same = {name: getattr(request, name) for name in (
            "id", "ref", "kind", "state", "label", "outcome", "visibility", "first_look_due", "expected_on", "precision",
            "has_passed", "slips", "informed_on", "is_unreached", "channel", "themes", "area", "version", "sequence")}
        return {**same, "title": request.quoted_title, "status": status,
                "received_on": days.local_day(request.received_at, settings),
                "since": days.local_day(request.state_since, settings)}

    @classmethod
    def of(cls, request: Request, lang: str, settings: Settings) -> Self:
        """A request, read in a language."""
        return cls(**cls.fields_of(request, lang, settings))


class RequestOut(RequestSummaryOut):
    """A request with everything that its readers may know of it."""

    body: Quote
    question: str | None
    period: str | None
    reuse: str | None
    how_today: str | None
    useful_until: date | None
    wishes: list[Wish]
    answer: Facts | None = Field(description="What settled it: the answer, the refusal, or the dataset with its table of wishes.")

    @classmethod
    def fields_of(cls, request: Request, lang: str, settings: Settings) -> dict[str, Any]:
        """What a summary shows, and all that was asked and answered."""
        same = {name: getattr(request, name) for name in ("question", "period", "reuse", "how_today", "useful_until", "wishes")}
        return {**super().fields_of(request, lang, settings), **same, "body": Quote(text=request.body, lang=Language(request.lang)),
                "answer": Facts(**request.answer) if request.answer else None}


class RequestListOut(Out):
    """A page of requests; `next` is the cursor of the page that follows."""

    items: list[RequestSummaryOut]
    next: str | None


class EventOut(Out):
    """One line of public history. What the requester herself did is public to the day alone."""

    id: UUID
    event: str
    on: date
    at: datetime | None
    by: By
    from_state: str | None
    to_state: str
    sentence: str
    facts: Facts

    @classmethod
    def of(cls, line: RequestEvent, lang: str, settings: Settings) -> Self:
        """A line of history, read in a language."""
        facts = Facts(**line.facts)
        return cls(id=line.id, event=line.event, on=days.local_day(line.at, settings), by=By(line.by), from_state=line.from_state,
                   at=None if line.by == By.REQUESTER else line.at, to_state=line.to_state, facts=facts,
                   sentence=event_sentence(line.event, facts, lang))


class EventListOut(Out):
    """The whole public history of a request, oldest first."""

    items: list[EventOut]


class SlipOut(Out):
    """A date that was promised, moved, or passed."""

    kind: Literal["promised", "moved", "passed"]
    at: datetime
    old: date | None
    old_precision: Precision | None
    new: date | None
    new_precision: Precision | None
    days: int | None = Field(description="Days later than promised before; negative when earlier.")
    why: Texts | None

    @classmethod
    def of(cls, slip: Slip) -> Self:
        """A line of the ledger."""
        return cls.model_validate(slip)


class SlipListOut(Out):
    """All promises of a request, in order."""

    items: list[SlipOut]


class WishListOut(Out):
    """What the dataset has to have, and, once one is out, the table of what it gives."""

    items: list[Wish]
    answered: Facts | None


class InformedOut(Out):
    """Whether the requester was told about an act, and on which day; never where or by which address."""

    notice_id: UUID
    kinds: list[NoticeKind]
    owed_on: date
    state: NoticeState
    informed_on: date | None
    is_unreached: bool

    @classmethod
    def of(cls, notice: Notice, settings: Settings) -> Self:
        """A line of the follow-up ledger, to the day."""
        return cls(notice_id=notice.id, kinds=notice.kinds, owed_on=days.local_day(notice.owed_at, settings), state=notice.state,
                   informed_on=notice.informed_at and days.local_day(notice.informed_at, settings),
                   is_unreached=notice.unreached_because is not None)


class InformedListOut(Out):
    """The follow-up ledger of a request."""

    items: list[InformedOut]


class OwnRequestOut(RequestOut):
    """The requester's own page: everything at once, and what she can do now."""

    events: list[EventOut]
    promises: list[SlipOut]
    notices: list[InformedOut]
    choices: list[Literal["withdraw"]]
