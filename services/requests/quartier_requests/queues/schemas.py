"""The officers' tasks as the desk shows them."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from quartier.contracts.words import Quote
from quartier.web import Out


class QueueName(StrEnum):
    """What kind of work waits."""

    FIRST_LOOK = "first_look"
    SORTING = "sorting"
    DATES = "dates"
    DECISIONS = "decisions"
    UNREACHED = "unreached"


class TaskOut(Out):
    """One thing to do: about which request, since when, until when, and why it is here."""

    request_id: UUID
    ref: str
    title: Quote
    state: str
    since: date
    due: date | None = Field(description="The day by which it should be done.")
    is_late: bool
    why: str
    notice_id: UUID | None = Field(None, description="The message that did not arrive, where this is the task.")
    version: int


class QueueOut(Out):
    """The tasks of one queue, the most urgent first; at most 200 of them."""

    name: QueueName
    total: int
    items: list[TaskOut]


class QueueCountOut(Out):
    """How much waits in a queue, and how much of it is late."""

    name: QueueName
    total: int
    late: int
    oldest_due: date | None


class QueueListOut(Out):
    """All queues of the desk."""

    items: list[QueueCountOut]
