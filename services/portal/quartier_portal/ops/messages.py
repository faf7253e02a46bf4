"""The operators' pages about messages: those that need a person, and the local mailbox."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, Response

from quartier.auth import public
from quartier.contracts.accounts import Role
from quartier_portal import rendering
from quartier_portal.ops.routes import WHY, Done
from quartier_portal.visit import OurOwnPage, Visiting

router = APIRouter()

FRAMING = rendering.POLICY + "; frame-src 'self'"
"""The policy of the one page that shows a mail in a frame."""
FRAMED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
"""The policy of a mail's HTML: it loads nothing, runs nothing, and sends nothing."""


@router.get("/{lang}/ops/deliveries", response_class=HTMLResponse, **public(WHY))
async def show_deliveries(visit: Visiting, state: Literal["unknown", "failed"] = "unknown",
                          cursor: Annotated[str | None, Query(max_length=500)] = None, done: Done | None = None) -> HTMLResponse:
    """The messages of which nobody knows whether they arrived, and those that could not be sent, with the evidence."""
    person = visit.require(Role.OPERATOR)
    asked = {"state": state, "limit": "50"} | ({"cursor": cursor} if cursor else {})
    found = await visit.get("notify", "/deliveries", params=asked)
    return visit.page("ops/deliveries.html", visit.t("ops-deliveries"), density="desk", deliveries=found["items"], state=state, done=done,
                      may_decide=state == "unknown" and Role.OFFICER in person.roles,
                      states=[(one, visit.t(f"ops-state-{one}")) for one in ("unknown", "failed")],
                      more=found["next"] and f"/{visit.lang}/ops/deliveries?state={state}&cursor={found['next']}")


@router.post("/{lang}/ops/deliveries/{id}/resolution", dependencies=[OurOwnPage], **public(WHY))
async def resolve_delivery(visit: Visiting, id: UUID, decision: Annotated[Literal["count_as_sent", "send_again"], Form()],
                           reason: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Decide about a message in doubt; notify lets officers do so."""
    visit.require(Role.OPERATOR)
    await visit.post("notify", f"/deliveries/{id}/resolution", json={"decision": decision, "reason": reason})
    return visit.go("/ops/deliveries?done=resolved")


@router.get("/{lang}/ops/mailbox", response_class=HTMLResponse, **public(WHY))
async def show_mailbox(visit: Visiting, cursor: Annotated[str | None, Query(max_length=500)] = None) -> HTMLResponse:
    """The mails of a city without a mail server, or where mails go instead."""
    visit.require(Role.OPERATOR)
    found = await visit.get("notify", "/mailbox", params={"limit": 50} | ({"cursor": cursor} if cursor else {}))
    return visit.page("ops/mailbox.html", visit.t("ops-mailbox"), density="desk", mails=found["items"], server=found["server"],
                      more=found["next"] and f"/{visit.lang}/ops/mailbox?cursor={found['next']}")


@router.get("/{lang}/ops/mailbox/{id}", response_class=HTMLResponse, **public(WHY))
async def show_mail(visit: Visiting, id: UUID) -> HTMLResponse:
    """One mail as its reader sees it."""
    visit.require(Role.OPERATOR)
    mail = await visit.get("notify", f"/mailbox/{id}")
    shown = mail | {"sender": next((value for name, value in mail["headers"] if name.lower() == "from"), ""), "recipient": mail["to"],
                    "language": mail["language"] or visit.lang}
    return visit.page("ops/mail.html", visit.t("ops-mail-title"), density="desk", policy=FRAMING, mail=shown)


@router.get("/{lang}/ops/mailbox/{id}/html", response_class=HTMLResponse, **public(WHY))
async def show_mail_as_html(visit: Visiting, id: UUID) -> HTMLResponse:
    """The HTML part alone, for the frame on the mail's page."""
    visit.require(Role.OPERATOR)
    mail = await visit.get("notify", f"/mailbox/{id}")
    return rendering.html(mail["html"], policy=FRAMED)


@router.get("/{lang}/ops/mailbox/{id}/raw", response_class=Response, **public(WHY))
async def show_raw_mail(visit: Visiting, id: UUID) -> Response:
    """One mail as it was written, headers and all."""
    visit.require(Role.OPERATOR)
    raw = await visit.runtime.client.get("notify", f"/mailbox/{id}/raw", token=visit.token)
    return Response(raw.content, media_type="text/plain; charset=utf-8")
