"""How notices enter the ledger, and how a person decides about what is in doubt."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from quartier import clock, telemetry
from quartier.auth import Actor
from quartier.cloudevents import Envelope
from quartier.contracts.notices import Letter, NoticeClass, NoticeKind, NoticeOwed, Purpose
from quartier.contracts.notify import NoticeResolved
from quartier.contracts.requests import RequestFact, Visibility
from quartier.handlers import Received
from quartier.uow import UnitOfWork
from quartier_notify.ledger import ends
from quartier_notify.ledger.facts import NEWS, letter_of
from quartier_notify.ledger.model import Delivery, Message, Notice, State
from quartier_notify.subscriptions.model import Followable, FollowState, Subscription

PURPOSES = {NoticeKind.CONFIRM: Purpose.CONFIRM, NoticeKind.FOLLOW_CONFIRM: Purpose.CONFIRM, NoticeKind.SIGN_IN: Purpose.SIGN_IN}
"""The link that a message needs by its main kind; every other one opens the person's own page."""


async def owe(event: NoticeOwed, envelope: Envelope, uow: UnitOfWork, facts: Letter | None = None) -> None:
    """Write down what a service owes to a person, with the message and the delivery that settle it. A second copy does nothing."""
    if await uow.session.get(Notice, event.notice_id) is not None:
        return
    kind = event.kinds[0]
    message = Message(
        recipient=event.person_id, subject_kind=event.subject_kind, subject_id=event.subject_id, ref=event.ref,
        notice_class=event.notice_class, correlation_id=correlation_of(envelope),
        root_id=await _root(uow, event.person_id, event.subject_id),
        link_purpose=PURPOSES.get(kind, Purpose.STATUS), link_subject=f"{event.subject_kind}/{event.subject_id}")
    uow.session.add(message)
    await uow.session.flush()
    uow.session.add(_notice(event.notice_id, message, envelope, event.kinds, facts, ["owed"]))
    uow.session.add(Delivery.queue(message, event.kinds, telemetry.traceparent() or envelope.traceparent))


async def tell_followers(received: Sequence[Received[RequestFact]], uow: UnitOfWork) -> None:
    """Owe news of public events to all who follow them: one notice a person and event, one message a person and command.

    Whoever is told as the person who asked is not told again as a follower.
    """
    for one in received:
        if one.event.visibility is not Visibility.PUBLIC:
            continue
        subject = one.event.request_id
        followers = await _followers(uow, subject, one.envelope)
        if not followers:
            continue
        open_messages = await _open_messages(uow, subject, correlation_of(one.envelope))
        followable = await uow.session.get(Followable, subject)
        facts = letter_of(one.event, followable.quote if followable else None, uow.settings.public_url)
        for follower in followers:
            found = open_messages.get(follower.person_id)
            message = found[0] if found else await _new_message(uow, follower, one)
            if found:  # the sender that claims it meanwhile loses or wins the version of this row, never half of each
                found[1].next_at = clock.wall()
            uow.session.add(_notice(None, message, one.envelope, [NEWS[type(one.event)]], facts, [f"follows/{follower.id}"]))
        await uow.session.flush()


async def resolve(delivery_id: UUID, decision: str, reason: str, actor: Actor, uow: UnitOfWork) -> Delivery:
    """Settle a delivery that is in doubt: it counts as sent, or it goes out again under the same Message-ID."""
    delivery = await uow.get(Delivery, delivery_id)
    delivery.require_doubt()
    counts = decision == "count_as_sent"
    delivery.note("resolved", decision=decision, reason=reason, by=str(actor.subject))
    if counts:
        delivery.end(State.SENT)
    else:
        delivery.release(0)
        delivery.give_up_at = clock.wall() + (delivery.give_up_at - delivery.queued_at)
    uow.session.add(delivery)
    notices = await ends.notices_of(uow.session, delivery)
    ends.tell(uow, delivery, notices, lambda fields: NoticeResolved(**fields, counts_as_sent=counts))
    return delivery


def correlation_of(envelope: Envelope) -> UUID:
    """The unit of work that an event comes from: the events of one command share it."""
    return UUID(envelope.correlationid or envelope.id)


def _notice(id: UUID | None, message: Message, envelope: Envelope, kinds: Iterable[NoticeKind], facts: Letter | None,
            reasons: list[str]) -> Notice:
    known: dict[str, Any] = {"id": id} if id else {}
    return Notice(**known, recipient=message.recipient, subject_kind=message.subject_kind, subject_id=message.subject_id,
                  ref=message.ref, event_source=envelope.source, event_id=UUID(envelope.id), kinds=[str(kind) for kind in kinds],
                  notice_class=message.notice_class, reasons=reasons, correlation_id=message.correlation_id,
                  owed_by=envelope.source.rsplit("/", 1)[-1],
                  facts=facts.model_dump(mode="json", exclude_none=True) if facts else None, message_id=message.id)


async def _root(uow: UnitOfWork, person: UUID, subject: UUID) -> UUID | None:
    """The first message that the person got about the subject."""
    found = select(Message.id).where(Message.recipient == person, Message.subject_id == subject).order_by(col(Message.id)).limit(1)
    return (await uow.session.exec(found)).first()


async def _followers(uow: UnitOfWork, subject: UUID, envelope: Envelope) -> list[Subscription]:
    """Those who are still to be told of the event."""
    owners = select(Notice.recipient).where(Notice.subject_id == subject, Notice.notice_class == NoticeClass.OWNER)
    told = select(Notice.recipient).where(Notice.subject_id == subject, Notice.event_source == envelope.source,
                                          Notice.event_id == UUID(envelope.id))
    wanted = select(Subscription).where(
        Subscription.subject_id == subject, Subscription.state == FollowState.ACTIVE,
        col(Subscription.person_id).not_in(owners), col(Subscription.person_id).not_in(told))
    return list((await uow.session.exec(wanted)).all())


async def _open_messages(uow: UnitOfWork, subject: UUID, correlation: UUID) -> dict[UUID, tuple[Message, Delivery]]:
    """The followers' messages of the same command that no sender has touched yet, by person."""
    found = select(Message, Delivery).join(Delivery, col(Delivery.message_id) == col(Message.id)).where(
        Message.subject_id == subject, Message.correlation_id == correlation, Message.notice_class == NoticeClass.FOLLOWED,
        Delivery.state == State.QUEUED, Delivery.epoch == 0)
    return {message.recipient: (message, delivery) for message, delivery in (await uow.session.exec(found)).all()}


async def _new_message(uow: UnitOfWork, follower: Subscription, one: Received[RequestFact]) -> Message:
    message = Message(
        recipient=follower.person_id, subject_kind=follower.subject_kind, subject_id=follower.subject_id, ref=one.event.ref,
        notice_class=NoticeClass.FOLLOWED, correlation_id=correlation_of(one.envelope),
        root_id=await _root(uow, follower.person_id, follower.subject_id), link_purpose=Purpose.UNSUBSCRIBE,
        link_subject=f"subscription/{follower.id}")
    uow.session.add(message)
    await uow.session.flush()
    uow.session.add(Delivery.queue(message, [NEWS[type(one.event)]], one.envelope.traceparent))
    return message
