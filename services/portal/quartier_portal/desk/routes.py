"""The desk's pages about requests: the queues, one request, and its acts."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from quartier.auth import public
from quartier.client import Answered
from quartier.contracts.accounts import Role
from quartier.problems import NotFound
from quartier_portal.desk.acts import Typed, fields_of
from quartier_portal.gallery import sample
from quartier_portal.register.parts import parts
from quartier_portal.visit import OurOwnPage, Visit, Visiting

router = APIRouter()
WHY = "the page itself asks who is looking, and the services do so again"
STAFF = (Role.OFFICER, Role.APPROVER)


@router.get("/{lang}/desk", response_class=HTMLResponse, **public(WHY))
async def show_desk(visit: Visiting) -> HTMLResponse:
    """What waits: each queue with how much of it is late, and versions and messages that need somebody."""
    person = visit.require(*STAFF)
    queues, versions = await asyncio.gather(visit.get("requests", "/queues"), visit.get("publications", "/versions", params={"limit": 100}))
    is_officer = Role.OFFICER in person.roles
    unknown = await visit.get("notify", "/deliveries", params={"state": "unknown", "limit": 100}) if is_officer else {"items": []}
    return visit.page("desk/desk.html", visit.t("desk-title"), density="desk", queues=queues["items"], versions=versions["items"],
                      unknown=unknown["items"], is_officer=is_officer)


@router.get("/{lang}/desk/queues/{name}", response_class=HTMLResponse, **public(WHY))
async def show_queue(visit: Visiting, name: Literal["first_look", "sorting", "dates", "decisions", "unreached"]) -> HTMLResponse:
    """The tasks of one queue, the most urgent first."""
    visit.require(*STAFF)
    queue = await visit.get("requests", f"/queues/{name}")
    tasks = [{"verb": task["why"].removesuffix("."), "object": task["title"]["text"], "href": f"/{visit.lang}/desk/requests/{task['ref']}",
              "why": task["ref"], "due": task["due"], "is_late": task["is_late"]} for task in queue["items"]]
    return visit.page("desk/queue.html", visit.t(f"queue-{name}"), density="desk", tasks=tasks, name=name)


@router.get("/{lang}/desk/requests/{key}", response_class=HTMLResponse, **public(WHY))
async def show_work(visit: Visiting, key: str) -> HTMLResponse:
    """One request with everything that can be done with it now."""
    visit.require(*STAFF)
    return await _work(visit, key)


@router.get("/{lang}/desk/requests/{key}/acts/{event}", response_class=HTMLResponse, **public(WHY))
async def show_act(visit: Visiting, key: str, event: str) -> HTMLResponse:
    """The form of one act."""
    visit.require(*STAFF)
    return await _form(visit, key, event)


@router.post("/{lang}/desk/requests/{key}/acts/{event}", response_class=HTMLResponse, dependencies=[OurOwnPage], **public(WHY))
async def act_on_request(visit: Visiting, key: str, event: str, request: Request) -> Response:
    """Show what everybody will read and which mail goes out; from that page, do it."""
    visit.require(*STAFF)
    typed = Typed.read(event, await request.form(max_files=0, max_fields=60))
    if typed.is_unfinished:
        return await _form(visit, key, event, typed)
    try:
        if typed.is_final:
            await visit.post("requests", f"/requests/{key}/transitions", json=typed.body,
                             headers={"if-match": f'"{typed.version}"', "idempotency-key": typed.key})
            return visit.go(f"/desk/requests/{key}?done=1")
        preview = await visit.post("requests", f"/requests/{key}/transitions/previews", json=typed.body)
    except Answered as problem:
        if problem.status not in (403, 409, 412, 422):
            raise
        typed.refuse(problem)
        return await _form(visit, key, event, typed, status=problem.status)
    return await _preview(visit, key, typed, preview)


@router.post("/{lang}/desk/notices/{notice_id}/told", dependencies=[OurOwnPage], **public(WHY))
async def tell_in_person(visit: Visiting, notice_id: str, ref: Annotated[str, Form(max_length=40)],
                         how: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Record that the requester was told another way."""
    visit.require(*STAFF)
    await visit.post("requests", f"/notices/{notice_id}/told-in-person", json={"how": how})
    return visit.go(f"/desk/requests/{ref}?done=1")


@router.get("/{lang}/desk/gallery", response_class=HTMLResponse, **public("samples alone"))
async def show_gallery(visit: Visiting, density: Literal["public", "desk"] = "public") -> HTMLResponse:
    """Every component in every state."""
    return visit.page("gallery.html", visit.t("gallery-title"), density=density, sample=sample(visit.lang))


async def _preview(visit: Visit, key: str, typed: Typed, preview: dict[str, Any]) -> HTMLResponse:
    """What everybody will read and which mail goes out, before anything is done."""
    mails = []
    if preview["owed"]:
        request = await visit.get("requests", f"/requests/{key}")
        mails.append(await visit.post("notify", "/previews", json={
            "letter": preview["letter"], "kinds": preview["owed"], "language": request["title"]["lang"], "class": "owner"}))
    return visit.page("desk/preview.html", visit.t("preview-title"), density="desk", ref=key, typed=typed, preview=preview, mails=mails)


async def _form(visit: Visit, key: str, event: str, typed: Typed | None = None, *, status: int = 200) -> HTMLResponse:
    request, possible = await asyncio.gather(*(visit.get("requests", f"/requests/{key}{part}") for part in ("", "/transitions")))
    act = next((one for one in possible["items"] if one["event"] == event), None)
    if act is None and typed is not None:
        # Somebody else was faster: the act is gone, and what was typed for it is not.
        return await _work(visit, key, typed, status=409)
    if act is None:
        raise NotFound("This cannot be done with the request as it stands.")
    return visit.page("desk/act.html", act["title"], density="desk", status=status, request=request, act=act, typed=typed,
                      fields=fields_of(visit, act, typed), version=possible["version"])


async def _work(visit: Visit, key: str, refused: Typed | None = None, *, status: int = 200) -> HTMLResponse:
    request, events, possible, notices = await asyncio.gather(*(
        visit.get("requests", f"/requests/{key}{part}") for part in ("", "/events", "/transitions", "/notices")))
    return visit.page("desk/request.html", request["title"]["text"], density="desk", status=status, acts=possible["items"],
                      refused=refused, done="done" in visit.request.query_params,
                      unreached=[notice for notice in notices["items"] if notice["is_unreached"]],
                      **parts(visit, request, events["items"]))
