"""Staff acts. Each function makes one move of the machine on a request in memory and says what was done; `carry_out` stores it.

So a preview and the act itself run the same code, and the desk cannot promise anything that the act would not do.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from quartier import clock
from quartier.auth import Actor
from quartier.contracts.requests import (
    PublicationRescheduled,
    PublicationScheduled,
    RequestAnswered,
    RequestRefused,
    RequestTakenUp,
    TriageStarted,
)
from quartier.contracts.words import Language, Precision, Quote
from quartier.settings import Settings
from quartier.uow import UnitOfWork
from quartier_requests.facts import Facts
from quartier_requests.machine import STAFF, By, Transition
from quartier_requests.model import Request, Slip
from quartier_requests.record import Done, record, stand
from quartier_requests.transitions import schemas
from quartier_requests.transitions.guards import GUARDS, Moment, promised


async def carry_out(uow: UnitOfWork, actor: Actor, request: Request, act: schemas.Act) -> UUID:
    """Do what a member of staff decided, and tell whoever is owed; the id of its event."""
    return await record(uow, request, decide(request, act, moment_of(actor, uow.settings)))


def moment_of(actor: Actor, settings: Settings) -> Moment:
    """Who acts now, in the words of the machine."""
    by = frozenset(STAFF[role] for role in actor.roles if role in STAFF)
    return Moment(subject=actor.subject, by=by, at=clock.now(), settings=settings)


def decide(request: Request, act: schemas.Act, moment: Moment) -> Done:
    """Make the act's move on the request in memory. Raises what the machine, a guard, or the act itself has against it."""
    before = request.state
    row = request.move(act.event, set(moment.by), moment.at, outcome=getattr(act, "outcome", None))
    for guard in row.guards:
        GUARDS[guard](request, act, moment)
    event, facts, slip = ACTS[type(act)](request, act, moment)
    return Done(row=row, by=_acting(row, moment), at=moment.at, from_state=before, event=event, facts=facts, slip=slip)


def _acting(row: Transition, moment: Moment) -> By:
    return next(iter(sorted(row.actors & moment.by)))


def start_triage(request: Request, act: schemas.StartTriage, moment: Moment) -> tuple[Any, Facts, None]:
    """Say who may see the request; `public` clears its words for everybody."""
    request.visibility, request.visibility_reason = act.visibility, act.reason
    request.triaged_at, request.triaged_by = moment.at, moment.subject
    body = Quote(text=request.body, lang=Language(request.lang))
    words = {"title": request.quoted_title, "body": body} if request.is_public else {}
    return TriageStarted(**stand(request), **words), Facts(), None


def answer(request: Request, act: schemas.Answer, _moment: Moment) -> tuple[Any, Facts, None]:
    """Settle the request by an answer."""
    facts = Facts(outcome=act.outcome, answer=act.answer, links=act.links)
    return RequestAnswered(**stand(request), outcome=act.outcome, **_cleared(request, answer=act.answer, links=act.links)), facts, None


def take_up(request: Request, act: schemas.TakeUp, _moment: Moment) -> tuple[Any, Facts, None]:
    """Begin to work on it, with a motive that everybody may read."""
    return RequestTakenUp(**stand(request), **_cleared(request, motive=act.motive)), Facts(motive=act.motive), None


def schedule(request: Request, act: schemas.Schedule, moment: Moment) -> tuple[Any, Facts, Slip]:
    """Promise a date."""
    request.expected_on, request.precision = promised(act), act.precision
    new = {"expected_on": request.expected_on, "precision": act.precision}
    slip = Slip(request_id=request.id, at=moment.at, kind="promised", new=request.expected_on, new_precision=act.precision)
    return PublicationScheduled(**stand(request), **new), Facts(**new), slip


def reschedule(request: Request, act: schemas.Reschedule, moment: Moment) -> tuple[Any, Facts, Slip]:
    """Move the promised date; the slip says by how much and why."""
    assert request.expected_on is not None and request.precision is not None
    old = {"previous_on": request.expected_on, "previous_precision": Precision(request.precision)}
    request.expected_on, request.precision, request.has_passed = promised(act), act.precision, False
    request.slips += 1
    new = {"expected_on": request.expected_on, "precision": act.precision}
    days = (request.expected_on - old["previous_on"]).days
    slip = Slip(request_id=request.id, at=moment.at, kind="moved", old=old["previous_on"], old_precision=old["previous_precision"],
                new=request.expected_on, new_precision=act.precision, days=days, why=act.why.model_dump(exclude_none=True))
    event = PublicationRescheduled(**stand(request), **old, **new, days=days, **_cleared(request, why=act.why))
    return event, Facts(**old, **new, motive=act.why), slip


def refuse(request: Request, act: schemas.Refuse, _moment: Moment) -> tuple[Any, Facts, None]:
    """Settle the request by a refusal that can be appealed."""
    formal = {"ground": act.ground, "article": act.article, "appeal_by": act.appeal_by}
    words = {"motive": act.motive, "redress": act.redress}
    event = RequestRefused(**stand(request), outcome=act.outcome, **formal, **_cleared(request, **words))
    return event, Facts(outcome=act.outcome, **formal, **words), None


def _cleared(request: Request, **words: Any) -> dict[str, Any]:
    """Texts about a request that only its requester may see stay out of events."""
    return words if request.is_public else {}


ACTS: dict[type, Callable[[Request, Any, Moment], tuple[Any, Facts, Slip | None]]] = {
    schemas.StartTriage: start_triage, schemas.Answer: answer, schemas.TakeUp: take_up, schemas.Schedule: schedule,
    schemas.Reschedule: reschedule, schemas.Refuse: refuse}
