"""The sender: takes what is due, writes it, hands it over, and commits what became of it together with the event that says so."""

import asyncio
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from quartier import clock, telemetry
from quartier.contracts.notices import Resolution
from quartier.problems import Stale
from quartier.service import Runtime
from quartier.workers import Workers
from quartier_notify.ledger.claims import Job, claim_due, end_what_is_over, give_back
from quartier_notify.ledger.ends import tell_end
from quartier_notify.ledger.model import Delivery, Message, State
from quartier_notify.mail.mailbox import MailboxMail
from quartier_notify.mail.message import Unwritable
from quartier_notify.mail.server import ATTEMPT_SECONDS, Answer, Attempt, Server, breaker_of, open_server
from quartier_notify.mail.writing import NobodyAnswers, Prepared, compose, letter_of, resolve
from quartier_notify.settings import NotifySettings

BATCH = 100
SENDERS = 4
"""How many of a batch are sent at once, each through a session of its own."""
ASK_AGAIN_AFTER = 5.0
"""Seconds until another service that was away is asked again."""

workers = Workers()


@workers.loop
async def send_what_is_due(runtime: Runtime) -> int:
    """Send up to a hundred messages; the number of deliveries dealt with, 0 when nothing is due."""
    settings: NotifySettings = runtime.settings
    settled = await end_what_is_over(runtime, BATCH)
    breaker = breaker_of(settings.smtp) if settings.smtp else None
    if breaker and breaker.is_open:
        return settled
    jobs = await claim_due(runtime, 1 if breaker and breaker.on_trial else BATCH)
    if not jobs:
        return settled
    resolved = asyncio.create_task(resolve(runtime, jobs))  # Meanwhile the first letters are asked for.
    waiting = iter(enumerate(jobs))
    async with open_server(settings.smtp) if settings.smtp else nullcontext() as server:
        ends = await asyncio.gather(*(_send_in_turn(runtime, waiting, resolved, server) for _ in range(SENDERS)), return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):  # the lease of what it held brings that back; the others went on
            raise end
    return settled + len(jobs)


async def _send_in_turn(runtime: Runtime, waiting: Iterator[tuple[int, Job]], resolved: asyncio.Task[list[Resolution]],
                        server: Server | None) -> None:
    """One of the few who send at once: takes the next from the batch until it is empty, so that the first lanes go first."""
    for place, job in waiting:
        await _send(runtime, job, place, resolved, server)


async def _send(runtime: Runtime, job: Job, place: int, resolved: asyncio.Task[list[Resolution]], server: Server | None) -> None:
    """One delivery from the claim to its end, within the trace of the act that it tells of."""
    settings: NotifySettings = runtime.settings
    with telemetry.work_span("notify", "send mail", job.delivery.traceparent, **{
            "quartier.delivery.id": str(job.delivery.id), "quartier.subject.id": str(job.message.subject_id)}):
        try:
            try:
                letter, resolutions = await asyncio.gather(letter_of(runtime, job), resolved)
                prepared = compose(settings, job, letter, resolutions[place])
            except Unwritable as error:
                await _settle(runtime, job, (await resolved)[place], Attempt(Answer.IMPOSSIBLE, reply=str(error)))
            else:
                await _hand_over(runtime, job, prepared, server, settings)
        except NobodyAnswers:
            await give_back(runtime, [job], ASK_AGAIN_AFTER)


async def _hand_over(runtime: Runtime, job: Job, prepared: Prepared, server: Server | None, settings: NotifySettings) -> None:
    if server is None:
        await _settle(runtime, job, prepared.resolution, Attempt(Answer.ACCEPTED, reply="local mailbox"), prepared)
        return
    with telemetry.work_span("notify", "send smtp", telemetry.traceparent(), **{"server.address": settings.smtp or ""}):
        if job.delivery.claimed_until - clock.wall() < timedelta(seconds=ATTEMPT_SECONDS):  # it would not end within the lease
            await give_back(runtime, [job], 0)
            return
        attempt = await server.hand_over(prepared.mail.as_bytes(), settings.sender, prepared.recipient)
    if attempt.answer is Answer.DOWN:
        await give_back(runtime, [job], breaker_of(settings.smtp or "").seconds_left)
    else:
        await _settle(runtime, job, prepared.resolution, attempt)


async def _settle(runtime: Runtime, job: Job, resolution: Resolution, attempt: Attempt, mail: Prepared | None = None) -> None:
    """Commit what became of an attempt with its evidence, and the event that tells it, unless another sender has it by now."""
    delivery = job.delivery
    with suppress(Stale):
        async with runtime.unit_of_work(correlation_id=job.message.correlation_id, causation_id=str(job.notices[0].event_id)) as uow:
            _apply(delivery, attempt)
            uow.session.add(delivery)
            await uow.session.exec(update(Message).where(col(Message.id) == job.message.id).values(language=resolution.language))
            if mail is not None:
                uow.session.add(MailboxMail(recipient=mail.recipient, trace_id=delivery.trace_id, content=mail.mail.as_bytes()))
            tell_end(uow, delivery, job.notices)


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
