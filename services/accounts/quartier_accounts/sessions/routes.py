"""Tokens for those who are signed in, and signing out."""

from uuid import UUID

from fastapi import APIRouter

from quartier.auth import allow
from quartier_accounts.policies import only
from quartier_accounts.service import Asking, Here, Uow
from quartier_accounts.sessions import commands
from quartier_accounts.sessions.schemas import SessionIn, SessionTokenOut, SignedInPerson

router = APIRouter()


@router.post("/sessions/tokens", **allow("session.use"))
async def exchange_session(body: SessionIn, actor: Asking, uow: Uow, here: Here) -> SessionTokenOut:
    """Turn what a browser holds into a token of a minute, and say who it is. For the portal alone.

    A session ends when it was not used for an hour (residents: seven days), and after twelve hours at the latest (thirty days).
    """
    only(actor, "portal")
    found = await commands.use(uow, body.session)
    token, expires_at = found.bearer.sign(here.signer)
    return SessionTokenOut(token=token, expires_at=expires_at, person=SignedInPerson(
        id=found.bearer.person_id, roles=sorted(found.bearer.roles), language=found.language,
        address_hint=found.address_hint))


@router.delete("/sessions/current", status_code=204, **allow("session.end"))
async def sign_out(actor: Asking, uow: Uow, here: Here) -> None:
    """End the session by which you are signed in. The browser's secret opens nothing from now on."""
    _, claims = here.verifier.claims(actor.token or "")
    session_id = claims.get("sid")
    await commands.end(uow, UUID(session_id) if session_id else None)
