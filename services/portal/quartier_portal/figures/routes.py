"""The city in figures, as a page and as data."""

from fastapi import APIRouter
from quartier.auth import public
from quartier.web import Out

from quartier_portal.figures.queries import figures
from quartier_portal.service import Reading

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
