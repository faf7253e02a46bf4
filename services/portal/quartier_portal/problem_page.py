"""A refusal as a page: in the person's language, with what to do and the reference by which an operator finds it."""

from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from quartier import i18n, telemetry
from quartier.problems import Problem
from quartier.settings import Settings
from quartier_portal.rendering import Page, Person, html, language_of, render, t
from quartier_portal.visit import person_of


async def show_problem(request: Request, problem: Problem) -> Response:
    """The page of a problem; a visitor of a page that is for people who are signed in is asked to sign in, and comes back to it."""
    lang = language_of(request)
    if problem.slug == "sign-in-needed" and request.method == "GET":
        return RedirectResponse(f"/{lang}/sign-in?{urlencode({'to': _address(request)})}", status_code=303)
    settings: Settings = request.app.state.runtimes["portal"].settings
    page = Page(problem_title(lang, problem), _address(request), "public", await _person(request), settings.city)
    shown = {"status": problem.status, "title": page.title, "detail": _detail(lang, problem), "trace_id": telemetry.trace_id()}
    response = html(render("problem.html", lang, settings, page, problem=shown), problem.status)
    response.headers.update(problem.headers)
    return response


def problem_title(lang: str, problem: Problem | type[Problem]) -> str:
    """The problem's title in the person's language; in English where the catalogue does not know it."""
    return t(lang, f"problem-{problem.slug}") if t.has(f"problem-{problem.slug}") else problem.title


def _detail(lang: str, problem: Problem) -> str:
    """What to do about it, in the person's language where the catalogue knows it."""
    key = f"problem-{problem.slug}-detail"
    return t(lang, key) if t.has(key) else problem.detail


def _address(request: Request) -> str:
    """The page that was wanted, without its language; the first page where that is none, or what a form was sent to."""
    first, _, rest = request.url.path.removeprefix("/").partition("/")
    if request.method != "GET" or first not in i18n.LANGUAGES:
        return "/"
    return f"/{rest}" + (f"?{request.url.query}" if request.url.query else "")


async def _person(request: Request) -> Person | None:
    """Whoever is signed in; nobody when accounts is what does not answer."""
    try:
        return await person_of(request)
    except Problem:
        return None
