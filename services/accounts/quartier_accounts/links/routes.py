"""What notify needs to write a mail, and what the portal needs when somebody opens the link in it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Header, Path

from quartier.auth import allow
from quartier.contracts.notices import Letter, Resolution, ResolutionIn
from quartier.problems import Problem
from quartier_accounts.links import commands, queries
from quartier_accounts.links.schemas import ExchangeIn, ExchangeOut, LinkOut
from quartier_accounts.policies import only
from quartier_accounts.service import Asking, Here, Reading, Uow

router = APIRouter()
Token = Annotated[str, Path(max_length=200)]


@router.post("/resolutions", **allow("resolution.mint"))
async def resolve_people(body: Annotated[list[ResolutionIn], Body(max_length=200)], actor: Asking, uow: Uow) -> list[Resolution]:
    """Where people are written to, and the secret link for each mail. For notify alone, at the moment of sending."""
    only(actor, "notify")
    return await commands.resolve(uow, body)


@router.get("/notices/{notice_id}/letter", **allow("notice.letter"))
async def read_letter(notice_id: UUID, actor: Asking, session: Reading) -> Letter:
    """The facts of a sign-in mail, which are none: its link comes with the address. For notify alone."""
    only(actor, "notify")
    return await queries.letter_of(session, notice_id)


@router.get("/links/{token}", **allow("link.read"))
async def read_link(token: Token, actor: Asking, session: Reading,
                    browser_secret: Annotated[str | None, Header(max_length=200)] = None) -> LinkOut:
    """What a secret link is for. Looking changes nothing: mail scanners follow every link. For the portal alone."""
    only(actor, "portal")
    found = await queries.find_link(session, token)
    found.refuse_if_over()
    return LinkOut(purpose=found.purpose, subject=found.subject, language=found.language, expires_at=found.expires_at,
                   needs_code=found.needs_code(browser_secret))


@router.post("/links/{token}/exchanges", **allow("link.exchange"))
async def exchange_link(token: Token, body: ExchangeIn, actor: Asking, here: Here) -> ExchangeOut:
    """Act on a secret link: get a token of a minute for its one purpose and subject and, when it signs in, a session.

    For the portal alone. A link that signs in works once, in the browser that asked for it or with the code that this one shows.
    """
    only(actor, "portal")
    async with here.unit_of_work() as uow:
        opened = await commands.exchange(uow, token, body.browser_secret, body.code)
    if isinstance(opened, Problem):
        raise opened
    signed, expires_at = opened.bearer.sign(here.signer)
    return ExchangeOut(token=signed, expires_at=expires_at, language=opened.language, session=opened.session)
