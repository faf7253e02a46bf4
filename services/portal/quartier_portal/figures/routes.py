"""The city in figures, as a page and as data."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from quartier import i18n
from quartier.auth import public
from quartier.contracts.requests import Outcome
from quartier.web import Out
from quartier_portal.figures.model import RequestCard
from quartier_portal.figures.queries import figures, latest
from quartier_portal.register.parts import LABELS, TONES
from quartier_portal.service import Reading
from quartier_portal.visit import Visit, Visiting

router = APIRouter()


class FiguresOut(Out):
    """How many requests there are, how they stand, and how long they took."""

    asked: int
    by_label: dict[str, int]
    median_days: float | None
    ended: int
    slips: int


@router.get("/api/portal/v1/figures", **public("the city's own balance is public"))
async def get_figures(session: Reading) -> FiguresOut:
    """Counts by public label, median days from the ask to the answer, and how often a promised date slipped."""
    found = await figures(session)
    return FiguresOut(asked=found.asked, by_label=found.by_label, median_days=found.median_days, ended=found.ended, slips=found.slips)


@router.get("/{lang}/", response_class=HTMLResponse, include_in_schema=False, **public("the first page"))
async def show_home(visit: Visiting, session: Reading) -> HTMLResponse:
    """What do you want to do? Four doors, and what has just moved."""
    doors = [{"title": visit.t(f"home-{door}"), "more": visit.t(f"home-{door}-more"), "href": f"/{visit.lang}{path}"} for door, path in (
        ("ask", "/ask"), ("requests", "/requests"), ("datasets", "/datasets"), ("notes", "/notes"))]
    return visit.page("figures/home.html", visit.t("home-title"), doors=doors,
                      latest=[_change(visit, card) for card in await latest(session, 5)])


@router.get("/{lang}/dashboard", response_class=HTMLResponse, include_in_schema=False, **public("the city's own balance is public"))
async def show_dashboard(visit: Visiting, session: Reading) -> HTMLResponse:
    """The city in figures: how many asked, how their requests stand, how long it took, what moved last."""
    found = await figures(session)
    bars = [{"label": visit.t(f"label-{label}"), "value": found.by_label.get(label, 0)} for label in LABELS]
    days = found.median_days
    return visit.page("figures/dashboard.html", visit.t("dashboard-title"), figures=found, bars=bars,
                      median=visit.t("dashboard-no-median") if days is None else visit.t("dashboard-days", days=round(days, 1)),
                      latest=[_change(visit, card) for card in await latest(session, 10)])


def _change(visit: Visit, card: RequestCard) -> dict[str, Any]:
    """The latest thing that happened to a request, as a line of a list."""
    return {"ref": card.ref, "title": card.title or card.ref, "language": card.title_lang or visit.lang,
            "href": f"/{visit.lang}/requests/{card.ref}", "label": visit.t(f"label-{card.label}"),
            "tone": TONES.get(card.label, "rest") if card.outcome is not Outcome.REFUSED else "stop",
            "line": visit.t("dashboard-moved", on=i18n.date_and_time(card.changed_at, visit.lang, visit.runtime.settings.zone))}
