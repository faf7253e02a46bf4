"""Writing facts down."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from quartier.contracts.notices import NoticeClass
from quartier.events import Event
from quartier.handlers import Permanent, Received
from quartier.uow import UnitOfWork
from quartier_publications.notes.model import FactRow

NOT_COPIED = {"person_id", "body", "reason", "event_ids"}
"""What no note needs: whom a message was for, the full text of a request, what a mail server said, other events' ids."""


async def keep(uow: UnitOfWork, received: Sequence[Received[Event]]) -> None:
    """Copy these events, each once, whoever brings it again: a replay changes nothing.

    Of messages, those owed to requesters alone are a note's business: neither sign-ins nor what followers are told.
    """
    rows = {(row.source, row.id): row for one in received if _matters(one.event) for row in [_row(one)]}
    kept = select(FactRow.source, FactRow.id).where(col(FactRow.id).in_([id_ for _, id_ in rows]))
    for source, id_ in (await uow.session.exec(kept)).all():
        rows.pop((source, id_), None)
    uow.session.add_all(rows.values())


def copied(event: Event) -> dict[str, Any]:
    """The data of an event as a fact keeps it."""
    return event.model_dump(mode="json", exclude=NOT_COPIED)


def _matters(event: Event) -> bool:
    return getattr(event, "notice_class", NoticeClass.OWNER) == NoticeClass.OWNER


def _row(received: Received[Event]) -> FactRow:
    event, envelope = received.event, received.envelope
    if envelope.time is None:
        raise Permanent("A fact without a time belongs to no note.")
    return FactRow(source=envelope.source, id=envelope.id, occurred_at=envelope.time, key=event.key, sequence=envelope.sequence,
                   type=event.event_type, data=copied(event))
