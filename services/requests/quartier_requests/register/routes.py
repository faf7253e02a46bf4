"""The register over HTTP: two CSV files, JSON Lines, their description, and the counts."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from quartier.auth import public
from quartier_requests.register import queries
from quartier_requests.register.cells import csv_head, csv_row, json_row
from quartier_requests.register.columns import EVENTS, REQUESTS, Column, Row, table_schema
from quartier_requests.register.schemas import RegisterFiguresOut
from quartier_requests.service import EVERYWHERE, OPEN_DATA, Here, Reading

router = APIRouter()
OPEN = "The register is open data."
CSV, JSON_LINES = "text/csv; charset=utf-8", "application/jsonl; charset=utf-8"


@router.get("/register.csv", response_class=StreamingResponse, **public(OPEN))
async def get_register_csv(session: Reading, here: Here) -> StreamingResponse:
    """Every public request, one a line. The header `X-Hidden-Count` says how many are hidden."""
    return await _file(session, _lines(queries.all_requests(here.database, here.settings), csv_row, REQUESTS, csv_head), CSV)


@router.get("/register.jsonl", response_class=StreamingResponse, **public(OPEN))
async def get_register_jsonl(session: Reading, here: Here) -> StreamingResponse:
    """The same rows as JSON Lines."""
    return await _file(session, _lines(queries.all_requests(here.database, here.settings), json_row, REQUESTS), JSON_LINES)


@router.get("/register/events.csv", response_class=StreamingResponse, **public(OPEN))
async def get_register_events(session: Reading, here: Here) -> StreamingResponse:
    """Everything that happened to public requests, with the city's own words."""
    return await _file(session, _lines(queries.all_events(here.database, here.settings), csv_row, EVENTS, csv_head), CSV)


@router.get("/register/schema.json", dependencies=OPEN_DATA, **public(OPEN))
async def get_register_schema() -> dict[str, Any]:
    """What the columns mean, as Frictionless Table Schema, with titles in English and French."""
    return table_schema()


@router.get("/register/figures", dependencies=OPEN_DATA, **public(OPEN))
async def get_register_figures(session: Reading) -> RegisterFiguresOut:
    """How many requests are public under each label, and how many are hidden."""
    by_label = await queries.counts_by_label(session)
    return RegisterFiguresOut(public=sum(by_label.values()), hidden=await queries.hidden_count(session), by_label=by_label,
                              by_outcome=await queries.counts_by_outcome(session))


async def _file(session: Reading, lines: AsyncIterator[str], media_type: str) -> StreamingResponse:
    hidden = await queries.hidden_count(session)
    return StreamingResponse(lines, headers={**EVERYWHERE, "X-Hidden-Count": str(hidden)}, media_type=media_type)


async def _lines(rows: AsyncIterator[Row], write: Callable[[Sequence[Column], Row], str], columns: Sequence[Column],
                 head: Callable[[Sequence[Column]], str] | None = None) -> AsyncIterator[str]:
    if head is not None:
        yield head(columns)
    async for row in rows:
        yield write(columns, row)
