"""The desk's pages about datasets: a new one, a version that answers requests, and the second pair of eyes."""

from collections import defaultdict
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from quartier import ids
from quartier.auth import public
from quartier.client import Answered
from quartier.contracts.accounts import Role
from quartier_portal.desk.routes import STAFF, WHY
from quartier_portal.visit import OurOwnPage, Visit, Visiting

router = APIRouter()
COVERAGE = ("area", "period", "spatial_unit", "frequency", "resolution", "licence")
LISTED = ("columns", "formats")
MENDING = {"/slug": "wrong-slug", "/number": "wrong-number", "/distributions/0/url": "wrong-url",
           "/request_ids": "wrong-requests", "/title": "wrong-texts",
           "/description": "wrong-texts", "/change_note": "wrong-texts"}
"""What to write where the rule is a pattern, which is no answer for people."""


@router.get("/{lang}/desk/datasets/new", response_class=HTMLResponse, **public(WHY))
async def show_new_dataset(visit: Visiting) -> HTMLResponse:
    """The form of a dataset that the catalogue does not know yet."""
    visit.require(Role.OFFICER)
    return _dataset_form(visit, {})


@router.post("/{lang}/desk/datasets/new", response_class=HTMLResponse, dependencies=[OurOwnPage], **public(WHY))
async def make_dataset(visit: Visiting, request: Request) -> Response:
    """Enter a dataset as a draft, and go on to its first version."""
    visit.require(Role.OFFICER)
    typed = await _typed(request)
    body = {"slug": typed.get("slug", ""), "title": _texts(typed, "title"), "description": _texts(typed, "description"),
            **{name: typed[name] for name in ("licence", "frequency") if typed.get(name)}}
    try:
        made = await visit.post("publications", "/datasets", json=body, headers={"idempotency-key": typed["key"]})
    except Answered as problem:
        if problem.status not in (409, 422):
            raise
        return _dataset_form(visit, typed, problem)
    return visit.go(f"/desk/versions/new?slug={made['slug']}")


@router.get("/{lang}/desk/versions/new", response_class=HTMLResponse, **public(WHY))
async def show_new_version(visit: Visiting, request: Request) -> HTMLResponse:
    """The form of a version: where it lies, what it covers, whom it answers."""
    visit.require(Role.OFFICER)
    return await _version_form(visit, {name: value for name, value in request.query_params.items() if name in ("slug", "requests")})


@router.post("/{lang}/desk/versions/new", response_class=HTMLResponse, dependencies=[OurOwnPage], **public(WHY))
async def prepare_version(visit: Visiting, request: Request) -> Response:
    """Prepare a version; somebody else lets it out."""
    visit.require(Role.OFFICER)
    typed = await _typed(request)
    coverage: dict[str, Any] = {name: typed[name] for name in COVERAGE if typed.get(name)}
    coverage |= {name: [part.strip() for part in typed[name].split(",") if part.strip()] for name in LISTED if typed.get(name)}
    body = {"number": typed.get("number", ""), "change_note": _texts(typed, "change_note"), "coverage": coverage,
            "distributions": [{"format": typed.get("format", ""), "url": typed.get("url", "")}],
            "request_ids": typed.get("requests", "").replace(",", " ").split()}
    try:
        await visit.post("publications", f"/datasets/{typed.get('slug', '')}/versions", json=body,
                         headers={"idempotency-key": typed["key"]})
    except Answered as problem:
        if problem.status not in (404, 409, 422):
            raise
        return await _version_form(visit, typed, problem)
    return visit.go("/desk/versions?done=1")


@router.get("/{lang}/desk/versions", response_class=HTMLResponse, **public(WHY))
async def show_waiting_versions(visit: Visiting) -> HTMLResponse:
    """The versions that wait for a second person."""
    person = visit.require(*STAFF)
    versions = await visit.get("publications", "/versions", params={"limit": 100})
    return visit.page("desk/versions.html", visit.t("desk-versions"), density="desk", versions=versions["items"], person_id=str(person.id),
                      is_approver=Role.APPROVER in person.roles, done="done" in visit.request.query_params)


@router.post("/{lang}/desk/versions/{slug}/{number}/approval", dependencies=[OurOwnPage], **public(WHY))
async def approve_version(visit: Visiting, slug: str, number: str, version: Annotated[str, Form(max_length=20)]) -> Response:
    """Let a version out."""
    visit.require(Role.APPROVER)
    await visit.post("publications", f"/datasets/{slug}/versions/{number}/approval", headers={"if-match": f'"{version}"'})
    return visit.go(f"/datasets/{slug}")


async def _typed(request: Request) -> dict[str, str]:
    form = await request.form(max_files=0, max_fields=60)
    return {name: value.strip() for name, value in form.items() if isinstance(value, str)}


def _texts(typed: dict[str, str], name: str) -> dict[str, str]:
    return {lang: typed[f"{name}.{lang}"] for lang in ("en", "fr") if typed.get(f"{name}.{lang}")}


def _wrong(visit: Visit, problem: Answered | None) -> list[tuple[str, str]]:
    """The fields that the catalogue says no to, under the names that the form gives them, with what to write instead."""
    if problem is None:
        return []
    known = MENDING if problem.status == 422 else {}
    wrong: dict[tuple[str, str], None] = {}
    for error in problem.errors:
        # A reference that is none is refused twice, as an id and as a reference: it is one fault.
        pointer = "/request_ids" if error.pointer.startswith("/request_ids/") else error.pointer
        wrong[_field(pointer), visit.t(known[pointer]) if pointer in known else error.detail] = None
    return list(wrong) or [("slug", problem.detail)]


def _field(pointer: str) -> str:
    """The form's field for a place in what was sent; a text in two languages is wrong at its first field."""
    first, *rest = pointer.strip("/").split("/")
    match first:
        case "title" | "description" | "change_note":
            return f"{first}.{rest[0] if rest else 'en'}"
        case "distributions":
            return "format" if rest[-1:] == ["format"] else "url"
        case "coverage":
            return rest[0] if rest else "area"
        case "request_ids":
            return "requests"
    return first if first in ("number", "licence", "frequency") else "slug"


def _label(visit: Visit, name: str) -> str:
    """What the form calls a field."""
    if name in LISTED:
        return visit.t(f"dataset-{name}")
    return visit.t(f"property-{name}" if name in (*COVERAGE, "format") else f"field-{name.replace('.', '-')}")


def _dataset_form(visit: Visit, typed: dict[str, str], problem: Answered | None = None) -> HTMLResponse:
    return visit.page("desk/dataset_form.html", visit.t("desk-new-dataset"), density="desk", status=problem.status if problem else 200,
                      **_filled(visit, typed, problem))


async def _version_form(visit: Visit, typed: dict[str, str], problem: Answered | None = None) -> HTMLResponse:
    datasets = await visit.get("publications", "/datasets", params={"drafts": "true", "limit": 100})
    return visit.page("desk/version_form.html", visit.t("desk-new-version"), density="desk", status=problem.status if problem else 200,
                      **_filled(visit, typed, problem),
                      slugs=[(one["slug"], one["slug"]) for one in datasets["items"]], covered=[*COVERAGE, *LISTED])


def _filled(visit: Visit, typed: dict[str, str], problem: Answered | None) -> dict[str, Any]:
    """What was typed and what was wrong: in the summary with the field's name, since two fields may lack the same."""
    wrong = _wrong(visit, problem)
    return {"typed": defaultdict(str, {"key": str(ids.new_id())} | typed), "wrong": defaultdict(lambda: None, wrong),
            "errors": [(name, f"{_label(visit, name)} – {detail}") for name, detail in wrong]}
