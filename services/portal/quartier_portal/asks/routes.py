"""The pages by which a person asks for data."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from quartier.auth import public
from quartier.client import Answered
from quartier.contracts.requests import RequestKind
from quartier.contracts.wishes import Property, Weight
from quartier_portal.asks.form import LIMITS, STEPS, Ask, place_of
from quartier_portal.visit import OurOwnPage, Visit, Visiting

router = APIRouter()
SHORTEST = (("title", 4), ("body", 1))
WHY = "anybody may ask the city for data, without an account"


@router.get("/{lang}/ask", response_class=HTMLResponse, **public(WHY))
async def show_ask(visit: Visiting, request: Request) -> HTMLResponse:
    """The first page, perhaps filled in from where the person came."""
    return _show(visit, "what", Ask.read(request.query_params))


@router.post("/{lang}/ask", response_class=HTMLResponse, dependencies=[OurOwnPage], **public(WHY))
async def go_on(visit: Visiting, request: Request) -> HTMLResponse:
    """The next page, or the one that was asked for; from the last one, send."""
    form = await request.form(max_files=0, max_fields=60)
    ask = Ask.read(form)
    if form.get("to") in STEPS:
        return _show(visit, str(form["to"]), ask)
    step = str(form.get("step"))
    if step == "what":
        ask.errors = [(name, visit.t(f"ask-{name}-missing")) for name, least in SHORTEST if len(ask[name].strip()) < least]
    if ask.errors:
        return _show(visit, "what", ask)
    if step != "check":
        return _show(visit, STEPS[STEPS.index(step) + 1] if step in STEPS else "what", ask)
    return await _send(visit, ask)


async def _send(visit: Visit, ask: Ask) -> HTMLResponse:
    """Give the address to accounts and the words to requests; what one of them refuses is shown beside its field."""
    try:
        contact = await visit.post("accounts", "/contacts", token="", json={"address": ask["address"], "language": visit.lang})
    except Answered as problem:
        if problem.status not in (422, 429):
            raise
        ask.errors = [("address", visit.t("ask-address-wrong") if problem.status == 422 else visit.t("ask-address-often"))]
        return _show(visit, "check", ask)
    try:
        await visit.post("requests", "/requests", token="", headers={"idempotency-key": ask["key"]},
                         json=ask.request(contact["contact_ticket"], visit.lang))
    except Answered as problem:
        if problem.status != 422:
            raise
        ask.errors = [(error.pointer.split("/")[1], error.detail) for error in problem.errors] or [("title", problem.detail)]
        return _show(visit, place_of(ask.errors[0][0]) or "what", ask)
    return visit.page("asks/sent.html", visit.t("ask-sent-title"), address=ask["address"].strip())


def _show(visit: Visit, step: str, ask: Ask) -> HTMLResponse:
    context: dict[str, Any] = {
        "ask": ask, "step": step, "at": STEPS.index(step) + 1, "of": len(STEPS), "limits": LIMITS,
        "kinds": [{"value": kind.value, "text": visit.t(f"ask-kind-{kind.value}"), "hint": visit.t(f"ask-kind-{kind.value}-hint")}
                  for kind in RequestKind],
        "properties": [("", visit.t("ask-wish-choose")), *((one.value, visit.t(f"property-{one.value}")) for one in Property)],
        "weights": [(one.value, visit.t(f"weight-{one.value}")) for one in Weight]}
    return visit.page(f"asks/{step}.html", visit.t(f"ask-{step}-title"), status=422 if ask.errors else 200, **context)
