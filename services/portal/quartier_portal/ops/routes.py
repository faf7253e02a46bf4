"""The operators' pages about the services: what waits, what is stuck, and what becomes of it."""

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response

from quartier.auth import public
from quartier.client import Answered
from quartier.contracts.accounts import Role
from quartier.problems import Problem
from quartier_portal.ops.state import age, columns, known, look, services_of
from quartier_portal.visit import OurOwnPage, Visit, Visiting

router = APIRouter()
WHY = "the page itself asks who is looking, and the services do so again"
Done = Literal["sent", "retried", "replayed", "discarded", "resolved"]


@router.get("/{lang}/ops", response_class=HTMLResponse, **public(WHY))
async def show_overview(visit: Visiting) -> HTMLResponse:
    """The transport, each service's queues, and the messages that wait."""
    visit.require(Role.OPERATOR)
    services = services_of(visit)
    *states, queue = await asyncio.gather(*(look(visit, service, "outbox", "lag", "parked-keys", "dead-letters") for service in services),
                                          _queue(visit))
    answered = [(service, state) for service, state in zip(services, states, strict=True) if state is not None]
    loops = [(service, loop) for service, state in answered for loop in state["lag"]["loops"] if not loop["ready"]]
    return visit.page(
        "ops/overview.html", visit.t("ops-title"), density="desk", rows=[_row(visit, service, state) for service, state in answered],
        columns=columns(visit, "service", "outbox", "outbox-age", "lag", "lag-age", "parked", "dead",
                        numbers=("outbox", "outbox-age", "lag", "lag-age", "parked", "dead")),
        silent=[service for service, state in zip(services, states, strict=True) if state is None], loops=loops, queue=queue,
        queue_columns=columns(visit, "class", "channel", "waiting", "oldest", numbers=("waiting", "oldest")),
        brokers=", ".join(visit.runtime.settings.kafka))


def _row(visit: Visit, service: str, state: dict[str, Any]) -> list[Any]:
    outbox, lag = state["outbox"], state["lag"]
    return [{"text": service, "href": f"/{visit.lang}/ops/services/{service}"}, outbox["pending"], age(visit, outbox["oldest_seconds"]),
            lag["lag"], age(visit, lag["age_seconds"]), state["parked_keys"]["total"], state["dead_letters"]["total"]]


async def _queue(visit: Visit) -> list[list[Any]] | None:
    """The messages that wait, by class; None when notify does not answer."""
    try:
        waiting = await visit.get("notify", "/queue")
    except Problem:
        return None
    return [[visit.t(f"ops-class-{row['notice_class']}"), row["channel"], row["waiting"], age(visit, row["oldest_seconds"])]
            for row in waiting]


@router.get("/{lang}/ops/services/{service}", response_class=HTMLResponse, **public(WHY))
async def show_service(visit: Visiting, service: str, done: Done | None = None) -> HTMLResponse:
    """One service: how far it has read, and everything in it that waits for a person."""
    visit.require(Role.OPERATOR)
    state = await look(visit, known(visit, service), "outbox", "lag", "parked-keys", "dead-letters", "timers")
    if state is None:
        return visit.page("ops/silent.html", visit.t("ops-service-title", service=service), density="desk", service=service, status=503)
    partitions = [[part["topic"], part["partition"], part["committed"] if part["committed"] is not None else "–", part["end"], part["lag"],
                   age(visit, part["age_seconds"])] for part in state["lag"]["partitions"]]
    return visit.page(
        "ops/service.html", visit.t("ops-service-title", service=service), density="desk", service=service, done=done, state=state,
        partitions=partitions, oldest=age(visit, state["outbox"]["oldest_seconds"]),
        columns=columns(visit, "topic", "partition", "committed", "end", "lag", "lag-age",
                        numbers=("partition", "committed", "end", "lag", "lag-age")))


@router.post("/{lang}/ops/services/{service}/outbox/{id}/retry", dependencies=[OurOwnPage], **public(WHY))
async def send_refused(visit: Visiting, service: str, id: UUID) -> Response:
    """Send an event that the bus refused once more."""
    return await _act(visit, service, f"/operations/outbox/{id}/retry", "sent")


@router.post("/{lang}/ops/services/{service}/parked-keys/{id}/retry", dependencies=[OurOwnPage], **public(WHY))
async def retry_key(visit: Visiting, service: str, id: UUID, without_predecessor: Annotated[bool, Form()] = False) -> Response:
    """Try a parked key now."""
    return await _act(visit, service, f"/operations/parked-keys/{id}/retry", "retried", {"without_predecessor": without_predecessor})


@router.get("/{lang}/ops/dead-letters/{service}/{id}", response_class=HTMLResponse, **public(WHY))
async def show_letter(visit: Visiting, service: str, id: UUID) -> HTMLResponse:
    """One event that was given up, with what is in it and why."""
    visit.require(Role.OPERATOR)
    return await _letter(visit, service, id)


@router.post("/{lang}/ops/dead-letters/{service}/{id}/replay", response_class=HTMLResponse, dependencies=[OurOwnPage], **public(WHY))
async def replay_letter(visit: Visiting, service: str, id: UUID) -> Response:
    """Let the handler try once more; when that fails, the letter says why."""
    try:
        return await _act(visit, service, f"/operations/dead-letters/{id}/replay", "replayed")
    except Answered as problem:
        if problem.status != 409:
            raise
        return await _letter(visit, service, id, refused=problem.detail, status=409)


@router.post("/{lang}/ops/dead-letters/{service}/{id}/discard", response_class=HTMLResponse, dependencies=[OurOwnPage], **public(WHY))
async def discard_letter(visit: Visiting, service: str, id: UUID, reason: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Decide, with a reason, that the event needs no effect any more."""
    if len(reason.strip()) < 3:
        return await _letter(visit, service, id, error=visit.t("ops-reason-needed"), status=422)
    try:
        return await _act(visit, service, f"/operations/dead-letters/{id}/discard", "discarded", {"reason": reason.strip()})
    except Answered as problem:
        if problem.status != 409:
            raise
        return await _letter(visit, service, id, refused=problem.detail, status=409)


async def _act(visit: Visit, service: str, path: str, done: Done, body: dict[str, Any] | None = None) -> Response:
    visit.require(Role.OPERATOR)
    await visit.post(known(visit, service), path, json=body)
    return visit.go(f"/ops/services/{service}?done={done}")


async def _letter(visit: Visit, service: str, id: UUID, *, refused: str | None = None, error: str | None = None,
                  status: int = 200) -> HTMLResponse:
    visit.require(Role.OPERATOR)
    letter = await visit.get(known(visit, service), f"/operations/dead-letters/{id}")
    facts = [{"name": visit.t(f"ops-letter-{name}"), "value": letter[name]}
             for name in ("handler", "topic", "part", "off", "key", "stack_hash", "tries") if letter[name] != ""]
    return visit.page("ops/letter.html", visit.t("ops-letter-title"), density="desk", status=status, service=service, letter=letter,
                      facts_of=facts, refused=refused, error=error)
