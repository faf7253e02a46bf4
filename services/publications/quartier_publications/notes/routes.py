"""Notes over HTTP: always computed when they are read, from the facts that are there, in a thread beside the event loop."""

from asyncio import to_thread
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from quartier.auth import public
from quartier.contracts.words import Language
from quartier_publications.documents import document
from quartier_publications.notes import facts as known
from quartier_publications.notes import page, queries
from quartier_publications.notes.note import Note, build, facts_of, json_bytes
from quartier_publications.notes.period import quarter
from quartier_publications.notes.schemas import NoteLinkOut, NotesOut
from quartier_publications.service import Here, Reading

router = APIRouter()
ROOT = "/api/publications/v1/notes"
SEEN = {"description": "The reader has it already."}


@router.get("/notes", **public("notes are public"))
async def list_notes(session: Reading, here: Here) -> NotesOut:
    """The notes that can be read: one for each quarter from the city's first fact to the present, the latest first."""
    zone = here.settings.zone
    periods = [period for number in await queries.numbers(session, zone) if (period := quarter(number, zone))]
    return NotesOut(items=[NoteLinkOut(
        number=one.number, state="draft", first_day=one.day(one.starts_at), last_day=one.last_day, url=f"{ROOT}/{one.number}",
        html_url=f"{ROOT}/{one.number}.html", facts_url=f"{ROOT}/{one.number}/facts.jsonl") for one in periods])


@router.get("/notes/{number}.html", response_class=Response,
            responses={"200": {"content": {"text/html": {}}}, "304": SEEN}, **public("notes are public"))
async def get_note_page(number: str, session: Reading, here: Here, request: Request, lang: Language = Language.EN,
                        fragment: Annotated[bool, Query(description="The article alone, for a page that embeds it.")] = False) -> Response:
    """A note as a page that people read, in English or French. It works without scripts."""
    period = await queries.period(session, number, here.settings.zone)
    facts = await queries.facts(session, period.ends_at)
    shown = await to_thread(lambda: page.html(build(facts, period), lang, here.settings.public_url, fragment=fragment))
    return document(request, shown.encode(), "text/html; charset=utf-8")


@router.get("/notes/{number}", response_model=Note, responses={"304": SEEN}, **public("notes are public"))
async def get_note(number: str, session: Reading, here: Here, request: Request) -> Response:
    """A quarter's note on publication and improvement, such as 2026-4: the same facts always give the same bytes."""
    period = await queries.period(session, number, here.settings.zone)
    facts = await queries.facts(session, period.ends_at)
    return document(request, await to_thread(lambda: json_bytes(build(facts, period))), "application/json")


@router.get("/notes/{number}/facts.jsonl", response_class=Response,
            responses={"200": {"content": {"application/jsonl": {}}}, "304": SEEN}, **public("a note can be computed by anybody"))
async def get_note_facts(number: str, session: Reading, here: Here, request: Request) -> Response:
    """The facts that a note is computed from, one a line, as the public may read them, to the day; their SHA-256 stands in the note."""
    period = await queries.period(session, number, here.settings.zone)
    facts = await queries.facts(session, period.ends_at)
    return document(request, await to_thread(lambda: known.canonical(facts_of(facts, period))), "application/jsonl")
