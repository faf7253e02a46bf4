"""What moves a confirmed request besides the staff: its requester, the catalogue, and the clock."""

from datetime import datetime

from quartier import clock
from quartier.contracts.publications import DatasetPublished
from quartier.contracts.requests import (
    Outcome,
    PublicationDatePassed,
    RequestPublished,
    RequestWithdrawn,
    TriageEscalated,
)
from quartier.contracts.wishes import compare
from quartier.contracts.words import Precision
from quartier.uow import UnitOfWork
from quartier_requests.facts import Facts
from quartier_requests.machine import MACHINE, By, State
from quartier_requests.model import Request, RequestEvent, Slip
from quartier_requests.record import Done, record, stand

LINKED = "dataset.linked"
"""A line of history without a move: a dataset that names a request which it cannot settle (any more)."""


async def withdraw(uow: UnitOfWork, request: Request) -> None:
    """The requester takes her request back; others may ask for the same."""
    before, now = request.state, clock.now()
    row = request.move("request.withdrawn", {By.REQUESTER}, now, outcome=Outcome.WITHDRAWN)
    event = RequestWithdrawn(**stand(request), outcome=Outcome.WITHDRAWN)
    await record(uow, request, Done(row, By.REQUESTER, now, before, event, Facts(outcome=Outcome.WITHDRAWN)))


async def answer_by_dataset(uow: UnitOfWork, request: Request, dataset: DatasetPublished, at: datetime) -> None:
    """A published version claims the request: compare what was wished with what is given, and settle it.

    Where the machine has no such move, the version is kept as a link in the history, and nothing else changes.
    """
    cells = compare(request.wanted(), dataset.coverage)
    facts = Facts(outcome=Outcome.NEW_DATASET if dataset.is_first else Outcome.IMPROVED_EXISTING, dataset_title=dataset.title,
                  dataset_url=dataset.page_url, dataset_slug=dataset.slug, dataset_version=dataset.version, wishes=cells)
    if MACHINE.find("request.published", request.state) is None:
        uow.session.add(RequestEvent(
            request_id=request.id, number=request.sequence, event=LINKED, at=at, by=By.CATALOGUE, from_state=request.state,
            to_state=request.state, facts=facts.model_copy(update={"outcome": None}).kept()))
        return
    before = request.state
    row = request.move("request.published", {By.CATALOGUE}, at, outcome=Outcome(facts.outcome))
    event = RequestPublished(
        **stand(request), outcome=Outcome(facts.outcome), dataset_id=dataset.dataset_id, slug=dataset.slug, version=dataset.version,
        dataset_title=dataset.title, wishes=cells if request.is_public else [])
    await record(uow, request, Done(row, By.CATALOGUE, at, before, event, facts))


async def tell_that_the_date_passed(uow: UnitOfWork, request: Request, at: datetime) -> None:
    """The promised period is over and the dataset is not out: everybody may know, and the requester is told."""
    assert request.expected_on is not None and request.precision is not None
    row = request.move("publication.date_passed", {By.CLOCK}, at)
    request.has_passed = True
    promise = {"expected_on": request.expected_on, "precision": Precision(request.precision)}
    slip = Slip(request_id=request.id, at=at, kind="passed", old=request.expected_on, old_precision=request.precision)
    event = PublicationDatePassed(**stand(request), **promise)
    await record(uow, request, Done(row, By.CLOCK, at, request.state, event, Facts(**promise), slip))


async def escalate(uow: UnitOfWork, request: Request, at: datetime) -> None:
    """Nobody gave the request its first look in time: the next level hears of it."""
    row = request.move("triage.escalated", {By.CLOCK}, at)
    age = MACHINE.states[State.SUBMITTED].age
    assert age is not None
    working_days = age.working_days[request.escalations]
    request.escalations += 1
    event = TriageEscalated(**stand(request), level=request.escalations, working_days=working_days)
    await record(uow, request, Done(row, By.CLOCK, at, request.state, event, Facts()))
