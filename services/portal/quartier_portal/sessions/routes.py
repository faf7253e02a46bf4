"""Signing in by a link in a mail, and signing out."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import HTMLResponse

from quartier.auth import Actor, public
from quartier.contracts.accounts import Role
from quartier.problems import Problem
from quartier_portal.sessions.attempts import Attempt, place
from quartier_portal.visit import SESSION_COOKIE, OurOwnPage, Visiting

router = APIRouter()


@router.get("/{lang}/sign-in", response_class=HTMLResponse, **public("nobody is signed in before this"))
async def show_sign_in(visit: Visiting, to: Annotated[str, Query(max_length=4000)] = "") -> HTMLResponse:
    """The page that asks for an address; `to` is the page that sent her here."""
    return visit.page("sessions/sign_in.html", visit.t("sign-in-title"), address="", wanted=place(to), error=None)


@router.post("/{lang}/sign-in", response_class=HTMLResponse, dependencies=[OurOwnPage], **public("nobody is signed in before this"))
async def ask_for_link(visit: Visiting, address: Annotated[str, Form(max_length=2000)] = "",
                       to: Annotated[str, Form(max_length=4000)] = "") -> HTMLResponse:
    """Ask for a link; the answer is the same for every address."""
    try:
        asked = await visit.post("accounts", "/sign-ins", token="", json={"address": address, "language": visit.lang})
    except Problem as problem:
        if problem.status != 422:
            raise
        return visit.page("sessions/sign_in.html", visit.t("sign-in-title"), address=address, wanted=place(to),
                          error=visit.t("sign-in-wrong"), status=422)
    page = visit.page("sessions/sign_in_sent.html", visit.t("sign-in-sent-title"), address=address, code=asked["code"])
    Attempt(asked["browser_secret"], place(to)).keep(page, datetime.fromisoformat(asked["expires_at"]))
    return page


@router.post("/{lang}/sign-out", dependencies=[OurOwnPage], **public("ending one's own session"))
async def sign_out(visit: Visiting) -> Response:
    """End the session here and at accounts."""
    if visit.person:
        await visit.runtime.client.delete("accounts", "/sessions/current", token=visit.person.token)
    response = visit.go("/")
    forget_session(visit, response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def forget_session(visit: Visiting, response: Response) -> None:
    """Let the browser and this process forget who was signed in."""
    session = visit.request.cookies.get(SESSION_COOKIE)
    if session:
        visit.request.app.state.known_tokens.forget(session)
    response.delete_cookie(SESSION_COOKIE, path="/", secure=True, httponly=True, samesite="lax")


def keep_session(response: Response, session: str) -> None:
    """Give the browser the one cookie; it lasts as long as the browser does, and accounts ends it earlier."""
    response.set_cookie(SESSION_COOKIE, session, path="/", secure=True, httponly=True, samesite="lax")


def first_page(actor: Actor) -> str:
    """Where somebody begins who has just signed in: at her work, if this site has it."""
    if actor.has(Role.OFFICER, Role.APPROVER):
        return "/desk"
    return "/ops" if actor.has(Role.OPERATOR) else "/"
