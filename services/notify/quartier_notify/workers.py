"""The sender: takes what is due, writes it, hands it over, and commits what became of it together with the event that says so."""

import asyncio
from datetime import timedelta

from sqlmodel import col, select

from quartier import clock, telemetry
from quartier.contracts.notices import Resolution
from quartier.service import Runtime
from quartier.uow import UnitOfWork
from quartier.workers import Workers
from quartier_notify.ledger.claims import Job, claim_due, end_what_is_over, give_back
from quartier_notify.ledger.ends import tell_end
from quartier_notify.ledger.model import Delivery, Message, State
from quartier_notify.mail.mailbox import MailboxMail
from quartier_notify.mail.message import Unwritable
from quartier_notify.mail.server import ATTEMPT_SECONDS, Answer, Attempt, Server, breaker_of, open_server
from quartier_notify.mail.writing import NobodyAnswers, Prepared, compose, letter_of, resolve
from quartier_notify.settings import NotifySettings
from quartier_notify.subscriptions.model import Followable

BATCH = 100
ASK_AGAIN_AFTER = 5.0
"""Seconds until another service that was away is asked again."""

workers = Workers()


@workers.loop
async def send_what_is_due(runtime: Runtime) -> int:
    """Send up to a hundred messages; the number of deliveries dealt with, 0 when nothing is due."""
    settings: NotifySettings = runtime.settings  # type: ignore[assignment]
    settled = await end_what_is_over(runtime, BATCH)
    breaker = breaker_of(settings.smtp) if settings.smtp else None
    if breaker and breaker.is_open:
        return settled
    jobs = await claim_due(runtime, 1 if breaker and breaker.on_trial else BATCH)
    if not jobs:
        return settled
    try:
        resolutions = await resolve(runtime, jobs)
    except NobodyAnswers:
        await give_back(runtime, jobs, ASK_AGAIN_AFTER)
        return settled
    public = await _public_subjects(runtime, jobs)
    if settings.smtp is None:
        for job, resolution in zip(jobs, resolutions, strict=True):
            await _send(runtime, job, resolution, None, job.message.subject_id in public)
    else:
        async with open_server(settings.smtp) as server:
            ends = await asyncio.gather(*(_send(runtime, job, resolution, server, job.message.subject_id in public)
                                          for job, resolution in zip(jobs, resolutions, strict=True)), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):  # its lease brings it back; the others came to their own ends
                raise end
    return settled + len(jobs)


async def _send(runtime: Runtime, job: Job, resolution: Resolution, server: Server | None, is_public: bool) -> None:
    """One delivery from the claim to its end, within the trace of the act that it tells of."""
    settings: NotifySettings = runtime.settings  # type: ignore[assignment]
    with telemetry.work_span("notify", "send mail", job.delivery.traceparent, **{
            "quartier.delivery.id": str(job.delivery.id), "quartier.subject.id": str(job.message.subject_id)}):
        try:
            prepared = compose(settings, job, await letter_of(runtime, job), resolution, archived=is_public)
        except NobodyAnswers:
            await give_back(runtime, [job], ASK_AGAIN_AFTER)
        except Unwritable as error:
            await _settle(runtime, job, resolution, Attempt(Answer.IMPOSSIBLE, reply=str(error)))
        else:
            await _hand_over(runtime, job, prepared, server, settings)


async def _hand_over(runtime: Runtime, job: Job, prepared: Prepared, server: Server | None, settings: NotifySettings) -> None:
    if server is None:
        await _settle(runtime, job, prepared.resolution, Attempt(Answer.ACCEPTED, reply="local mailbox"), prepared)
        return
    with telemetry.work_span("notify", "send smtp", telemetry.traceparent(), **{"server.address": settings.smtp or ""}):
        if job.delivery.claimed_until - clock.wall() < timedelta(seconds=ATTEMPT_SECONDS):
            await give_back(runtime, [job], 0)
            return
        attempt = await server.hand_over(prepared.mail.as_bytes(), settings.sender, prepared.recipient)
    if attempt.answer is Answer.DOWN:
        await give_back(runtime, [job], breaker_of(settings.smtp or "").seconds_left)
    else:
        await _settle(runtime, job, prepared.resolution, attempt)


async def _settle(runtime: Runtime, job: Job, resolution: Resolution, attempt: Attempt,
                  mail: Prepared | None = None) -> None:
    """Commit what became of an attempt with its evidence, and the event that tells it, unless another sender has it by now."""
    async with runtime.unit_of_work(correlation_id=job.message.correlation_id, causation_id=str(job.notices[0].event_id)) as uow:
        delivery = await uow.session.get(Delivery, job.delivery.id, with_for_update=True)
        if delivery is None or not delivery.held_by(job.epoch):
            return
        _apply(delivery, attempt)
        uow.session.add(delivery)
        if delivery.state == State.SENT:
            await _note_language(uow, job, resolution)
        if mail is not None:
            uow.session.add(MailboxMail(recipient=mail.recipient, trace_id=delivery.trace_id,
                                        content=mail.mail.as_bytes()))
        await tell_end(uow, delivery)


def _apply(delivery: Delivery, attempt: Attempt) -> None:
    """The table of outcomes: what each answer means under the delivery's policy."""
    delivery.note(attempt.answer, code=attempt.code, reply=attempt.reply)
    match attempt.answer:
        case Answer.ACCEPTED:
            delivery.attempts += 1
            delivery.end(State.SENT)
        case Answer.REFUSED:
            delivery.attempts += 1
            delivery.end(State.BOUNCED)
        case Answer.IMPOSSIBLE:
            delivery.end(State.FAILED)
        case Answer.LATER:
            delivery.try_again()
        case Answer.LOST:
            delivery.in_doubt()


async def _note_language(uow: UnitOfWork, job: Job, resolution: Resolution) -> None:
    message = await uow.get(Message, job.message.id)
    message.language = resolution.language
    uow.session.add(message)


async def _public_subjects(runtime: Runtime, jobs: list[Job]) -> set[object]:
    """Which of the subjects have a public page."""
    async with runtime.database.session() as session:
        found = select(Followable.subject_id).where(col(Followable.subject_id).in_({job.message.subject_id for job in jobs}))
        return set((await session.exec(found)).all())
