"""Following: the wish, its confirmation from the mailbox itself, and the end by one click."""

import hashlib
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import select

from quartier import clock, ids
from quartier.auth import Actor
from quartier.contracts.notices import Letter, NoticeClass, NoticeKind, NoticeOwed, Purpose
from quartier.contracts.notify import FollowConfirmed, FollowEnded
from quartier.contracts.words import Language
from quartier.problems import NotFound
from quartier.uow import UnitOfWork
from quartier_notify.mail.letters import translator
from quartier_notify.problems import NothingToFollow
from quartier_notify.subscriptions.model import Followable, Subscription


async def follow(person_id: UUID, subject_kind: str, subject_id: UUID, uow: UnitOfWork) -> None:
    """Owe a confirmation mail to whoever typed the address, unless she follows already or was asked within 24 hours.

    Raises NothingToFollow. In every other case the caller learns nothing about the address.
    """
    followable = await uow.session.get(Followable, subject_id)
    if followable is None or followable.subject_kind != subject_kind:
        raise NothingToFollow("No request that everybody may see has this address.")
    subscription = await _of(person_id, followable, uow)
    if subscription.ask(clock.wall()):
        uow.emit(subscription, NoticeOwed(
            notice_id=ids.new_id(), person_id=person_id, subject_kind="subscription", subject_id=subscription.id,
            ref=followable.ref, notice_class=NoticeClass.SECURITY, kinds=[NoticeKind.FOLLOW_CONFIRM]))
    uow.session.add(subscription)


async def _of(person_id: UUID, followable: Followable, uow: UnitOfWork) -> Subscription:
    """The one subscription of a person and a subject; two who ask at once meet in the same row."""
    dialect = postgresql if uow.session.get_bind().dialect.name == "postgresql" else sqlite
    new = Subscription(person_id=person_id, subject_kind=followable.subject_kind, subject_id=followable.subject_id)
    await uow.session.exec(dialect.insert(Subscription).values(**new.model_dump()).on_conflict_do_nothing())
    found = select(Subscription).where(
        Subscription.person_id == person_id, Subscription.subject_kind == followable.subject_kind,
        Subscription.subject_id == followable.subject_id).with_for_update()
    return (await uow.session.exec(found)).one()


async def confirm(subscription_id: UUID, actor: Actor, uow: UnitOfWork) -> Subscription:
    """Begin to follow, on the word of the mailbox's owner. Doing it twice changes nothing."""
    subscription = await _own(subscription_id, actor, uow, Purpose.CONFIRM)
    if subscription.confirm(wording_version()):
        uow.emit(subscription, FollowConfirmed(subscription_id=subscription.id, subject_kind=subscription.subject_kind,
                                               subject_id=subscription.subject_id))
    uow.session.add(subscription)
    return subscription


async def end(subscription_id: UUID, actor: Actor, by: str, uow: UnitOfWork) -> None:
    """Stop following. Doing it twice changes nothing."""
    subscription = await _own(subscription_id, actor, uow, Purpose.UNSUBSCRIBE)
    if subscription.end(by if actor.purpose else "person"):
        uow.emit(subscription, FollowEnded(subscription_id=subscription.id, subject_kind=subscription.subject_kind,
                                           subject_id=subscription.subject_id, ended_by=subscription.ended_by or by))
    uow.session.add(subscription)


async def facts_of_confirmation(subscription_id: UUID, uow: UnitOfWork) -> Letter | None:
    """What a confirmation mail says about the request that somebody wants to follow."""
    subscription = await uow.get(Subscription, subscription_id)
    followable = await uow.get(Followable, subscription.subject_id)
    return Letter(ref=followable.ref, title=followable.quote)


def wording_version() -> str:
    """Names the words to which a person agreed; it changes whenever one of them does."""
    words = [translator()(lang, f"follow-confirm-{part}", ref="", city="") for lang in Language
             for part in ("headline", "next", "action")]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:12]


async def _own(subscription_id: UUID, actor: Actor, uow: UnitOfWork, purpose: Purpose) -> Subscription:
    """The subscription, if it is the actor's; to everybody else it does not exist."""
    subscription = await uow.get(Subscription, subscription_id)
    if not actor.may_act_for(subscription.person_id, f"subscription/{subscription.id}", purpose):
        raise NotFound()
    return subscription
