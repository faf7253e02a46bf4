"""The register as pages."""

import asyncio
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse

from quartier import i18n, ids
from quartier.auth import public
from quartier.client import Answered
from quartier_portal.register.parts import LABELS, parts, tone
from quartier_portal.visit import OurOwnPage, Visit, Visiting

router = APIRouter()
WHY = "the register of requests is public"


@router.get("/{lang}/requests", response_class=HTMLResponse, **public(WHY))
async def show_register(visit: Visiting, label: Annotated[str, Query(max_length=40)] = "", q: Annotated[str, Query(max_length=200)] = "",
                        cursor: Annotated[str | None, Query(max_length=500)] = None) -> HTMLResponse:
    """Every public request, newest first, by label and words."""
    chosen = {"label": label if label in LABELS else "", "q": q.strip()}
    asked = {name: value for name, value in {**chosen, "visibility": "public", "cursor": cursor}.items() if value}
    found, figures = await asyncio.gather(visit.get("requests", "/requests", params=asked), visit.get("requests", "/register/figures"))
    more = found["next"] and "/requests?" + urlencode({**{name: value for name, value in chosen.items() if value}, "cursor": found["next"]})
    narrowed = {"label": visit.t(f"label-{chosen['label']}") if chosen["label"] else "", "words": chosen["q"],
                "kind": ("both" if chosen["q"] else "label") if chosen["label"] else ("words" if chosen["q"] else "all")}
    return visit.page("requests/register.html", visit.t("register-title", **narrowed),
                      results=[_result(visit, one) for one in found["items"]], figures=figures, chosen=chosen, more=more,
                      said=visit.t("register-said", **narrowed),
                      labels=[("", visit.t("register-any")), *((one, visit.t(f"label-{one}")) for one in LABELS)])


def _result(visit: Visit, request: dict[str, Any]) -> dict[str, Any]:
    return {"ref": request["ref"], "title": request["title"]["text"], "language": request["title"]["lang"],
            "href": f"/{visit.lang}/requests/{request['ref']}", "label": visit.t(f"label-{request['label']}"), "tone": tone(request),
            "line": request["status"]["sentence"]}


@router.get("/{lang}/requests/{key}/follow", response_class=HTMLResponse, **public(WHY))
@router.get("/{lang}/requests/{key}", response_class=HTMLResponse, **public(WHY))
async def show_request(visit: Visiting, key: str) -> HTMLResponse:
    """One request: where it stands, what was answered, every promise and every step, and whether its requester was told."""
    return await _page(visit, key)


@router.post("/{lang}/requests/{key}/follow", response_class=HTMLResponse, dependencies=[OurOwnPage],
             **public("anybody may follow a public request"))
async def follow_request(visit: Visiting, key: str, address: Annotated[str, Form(max_length=2000)] = "") -> HTMLResponse:
    """Send the link by which a person confirms that she wants to follow this request."""
    request = await visit.get("requests", f"/requests/{key}")
    try:
        contact = await visit.post("accounts", "/contacts", token="", json={"address": address, "language": visit.lang})
    except Answered as problem:
        if problem.status not in (422, 429):
            raise
        wrong = visit.t("ask-address-wrong") if problem.status == 422 else visit.t("ask-address-often")
        return await _page(visit, key, follow_error=wrong, address=address)
    await visit.post("notify", "/subscriptions", token="", headers={"idempotency-key": str(ids.new_id())}, json={
        "contact_ticket": contact["contact_ticket"], "subject_kind": "request", "subject_id": request["id"]})
    return visit.page("requests/follow_sent.html", visit.t("follow-sent-title"), address=address.strip(), request=request)


async def _page(visit: Visit, key: str, *, follow_error: str | None = None, address: str = "") -> HTMLResponse:
    request, events, slips, notices = await asyncio.gather(*(
        visit.get("requests", f"/requests/{key}{part}") for part in ("", "/events", "/slips", "/notices")))
    return visit.page("requests/request.html", request["title"]["text"], status=422 if follow_error else 200,
                      **parts(visit, request, events["items"]), slips=[_promise(visit, slip) for slip in slips["items"]],
                      told=_told(notices["items"]), follow_error=follow_error, address=address)


def _told(notices: list[dict[str, Any]]) -> dict[str, Any]:
    """Whether the requester has been told of everything, and when last."""
    informed = [notice["informed_on"] for notice in notices if notice["informed_on"]]
    return {"last": max(informed, default=None), "is_unreached": any(notice["is_unreached"] for notice in notices)}


def _promise(visit: Visit, slip: dict[str, Any]) -> list[str]:
    """One line of the slip ledger: what happened to a promise, which date it names, and why."""
    which = "new" if slip["new"] else "old"
    named = i18n.expected(date.fromisoformat(slip[which]), slip[f"{which}_precision"], visit.lang)
    why = slip["why"] or {}
    return [visit.t(f"slip-{slip['kind']}", days=slip["days"] or 0), named, why.get(visit.lang) or why.get("en") or why.get("fr") or ""]
