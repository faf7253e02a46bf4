"""Dataset requests: what happened to each, as events on `quartier.requests`, key request id.

A person's words (title, body, answer) travel only once an officer has cleared them for the public.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from quartier.contracts.notices import NoticeKind
from quartier.contracts.wishes import WishCell
from quartier.contracts.words import Precision, Quote, Texts
from quartier.events import Event


class RequestKind(StrEnum):
    """What is asked: a dataset that is not there, more in one that is, or a repair."""

    NEW = "new"
    EXTEND = "extend"
    FIX = "fix"


class Channel(StrEnum):
    """How the ask reached the city."""

    WEB = "web"
    SOCIAL = "social"
    MEETUP_GROUP = "meetup_group"
    IN_PERSON_EVENT = "in_person_event"
    NEWSLETTER = "newsletter"
    CITY_WEBSITE = "city_website"
    PRESS = "press"
    PHONE = "phone"
    PARTNER = "partner"


class Visibility(StrEnum):
    """Who may see a request: nobody but staff until its first look, then everybody or the requester alone."""

    HELD = "held"
    PUBLIC = "public"
    REQUESTER_ONLY = "requester_only"


class Outcome(StrEnum):
    """What a settled request came to; compulsory when it is settled."""

    NEW_DATASET = "new_dataset"
    IMPROVED_EXISTING = "improved_existing"
    ALREADY_AVAILABLE = "already_available"
    NOT_HELD = "not_held"
    REFUSED = "refused"
    NOT_A_DATA_REQUEST = "not_a_data_request"
    TECHNICAL_FIX = "technical_fix"
    INFEASIBLE = "infeasible"
    WITHDRAWN = "withdrawn"


class Ground(StrEnum):
    """Why a dataset may not be published (Directive (EU) 2019/1024, article 4(3))."""

    PERSONAL_DATA = "personal_data"
    SECURITY = "security"
    THIRD_PARTY_RIGHTS = "third_party_rights"
    COMMERCIAL_SECRECY = "commercial_secrecy"
    DRAFT = "draft"
    DISPROPORTIONATE = "disproportionate"
    STATISTICAL_SECRECY = "statistical_secrecy"
    NOT_COLLECTED = "not_collected"
    LEGAL_PROHIBITION = "legal_prohibition"


TOPIC = "quartier.requests"


class RequestFact(Event):
    """What every event of a request says: which one, and where it stands after the fact."""

    request_id: UUID
    ref: str
    state: str = Field(description="The state after this fact, a word of the request machine; open for new words.")
    label: str = Field(description="The public label of that state.")
    visibility: Visibility


class RequestDrafted(Event, topic=TOPIC, type="org.quartier.request.drafted.v1", key="request_id"):
    """Someone typed a request and was sent a link; until she confirms, it is nobody's business."""

    request_id: UUID
    kind: RequestKind
    channel: Channel


class RequestSubmitted(RequestFact, topic=TOPIC, type="org.quartier.request.submitted.v1", key="request_id",
                       audience="partners"):
    """Someone asked the city for a dataset. Her words follow once a person has cleared them."""

    kind: RequestKind
    channel: Channel
    received_at: datetime
    first_look_due: date
    themes: list[str] = Field(default_factory=list, max_length=20)


class TriageStarted(RequestFact, topic=TOPIC, type="org.quartier.triage.started.v1", key="request_id",
                    audience="partners"):
    """An officer has read the request and said who may see it; with `public`, its words are cleared from here on."""

    title: Quote | None = None
    body: Quote | None = None


class TriageEscalated(RequestFact, topic=TOPIC, type="org.quartier.triage.escalated.v1", key="request_id"):
    """Nobody looked at the request within the promised working days: the next level hears of it."""

    level: int = Field(ge=1, le=3)
    working_days: int = Field(ge=0, le=1000)


class RequestAnswered(RequestFact, topic=TOPIC, type="org.quartier.request.answered.v1", key="request_id",
                      audience="public"):
    """The city answered: the data is there already, or it is no request for data."""

    outcome: Outcome
    answer: Texts | None = None
    links: list[str] = Field(default_factory=list, max_length=20)


class RequestTakenUp(RequestFact, topic=TOPIC, type="org.quartier.request.taken_up.v1", key="request_id",
                     audience="public"):
    """The city works on the request outside the poll: a legal duty, a high-value dataset, or in work already."""

    motive: Texts | None = None


class PublicationScheduled(RequestFact, topic=TOPIC, type="org.quartier.publication.scheduled.v1", key="request_id",
                           audience="public"):
    """The city promised a date."""

    expected_on: date = Field(description="The last day of the promised period.")
    precision: Precision


class PublicationRescheduled(RequestFact, topic=TOPIC, type="org.quartier.publication.rescheduled.v1",
                             key="request_id", audience="public"):
    """A promised date moved, with the reason; the slip is public."""

    previous_on: date
    previous_precision: Precision
    expected_on: date
    precision: Precision
    days: int = Field(ge=-40_000, le=40_000, description="Days later than promised before; negative when earlier.")
    why: Texts | None = None


class PublicationDatePassed(RequestFact, topic=TOPIC, type="org.quartier.publication.date_passed.v1",
                            key="request_id", audience="public"):
    """The promised period ended without the dataset."""

    expected_on: date
    precision: Precision


class RequestPublished(RequestFact, topic=TOPIC, type="org.quartier.request.published.v1", key="request_id",
                       audience="public"):
    """A dataset that claims to answer the request is out; the table says what was wished and what was given."""

    outcome: Outcome
    dataset_id: UUID
    slug: str
    version: str
    dataset_title: Texts
    wishes: list[WishCell] = Field(default_factory=list, max_length=20)


class RequestRefused(RequestFact, topic=TOPIC, type="org.quartier.request.refused.v1", key="request_id",
                     audience="public"):
    """The city may not or cannot publish this: ground, legal article, and how to appeal."""

    outcome: Outcome
    ground: Ground | None = None
    article: str | None = Field(None, max_length=300)
    motive: Texts | None = None
    redress: Texts | None = None
    appeal_by: date | None = None


class RequestWithdrawn(RequestFact, topic=TOPIC, type="org.quartier.request.withdrawn.v1", key="request_id",
                       audience="public"):
    """The requester took it back; others may ask for the same."""

    outcome: Outcome


class RequesterUnreached(Event, topic=TOPIC, type="org.quartier.requester.unreached.v1", key="request_id"):
    """A message owed to the requester did not arrive: a person has to find another way."""

    request_id: UUID
    notice_id: UUID
    kinds: list[NoticeKind] = Field(max_length=10)
    because: str = Field(description="bounced, failed, unknown or overdue")


class RequesterReached(Event, topic=TOPIC, type="org.quartier.requester.reached.v1", key="request_id",
                       audience="partners"):
    """A message owed to the requester was accepted by her mail server, or an officer told her in person."""

    request_id: UUID
    notice_id: UUID
    kinds: list[NoticeKind] = Field(max_length=10)
    on: date = Field(description="The day, in the city's zone; the hour is nobody's business.")
