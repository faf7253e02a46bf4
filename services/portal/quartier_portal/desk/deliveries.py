"""The desk's page about messages of which nobody knows whether they arrived."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response

from quartier.auth import public
from quartier.contracts.accounts import Role
from quartier_portal.desk.routes import WHY
from quartier_portal.visit import OurOwnPage, Visiting

router = APIRouter()


@router.get("/{lang}/desk/deliveries", response_class=HTMLResponse, **public(WHY))
async def show_doubtful(visit: Visiting) -> HTMLResponse:
    """Each message with its evidence: what the mail servers said."""
    visit.require(Role.OFFICER)
    unknown = await visit.get("notify", "/deliveries", params={"state": "unknown", "limit": 100})
    return visit.page("desk/deliveries.html", visit.t("desk-deliveries"), density="desk", deliveries=unknown["items"])


@router.post("/{lang}/desk/deliveries/{delivery_id}", dependencies=[OurOwnPage], **public(WHY))
async def decide_delivery(visit: Visiting, delivery_id: str, decision: Annotated[Literal["count_as_sent", "send_again"], Form()],
                          reason: Annotated[str, Form(min_length=3, max_length=1000)]) -> Response:
    """It counts as sent, or it goes out again; with a reason."""
    visit.require(Role.OFFICER)
    await visit.post("notify", f"/deliveries/{delivery_id}/resolution", json={"decision": decision, "reason": reason})
    return visit.go("/desk/deliveries")
