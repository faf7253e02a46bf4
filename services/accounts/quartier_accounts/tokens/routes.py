"""API tokens and public keys."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from quartier.auth import allow, public
from quartier.keys import key_set
from quartier.pagination import Cursor, Limit, link_next, page
from quartier_accounts.service import Asking, Here, Reading, Uow
from quartier_accounts.tokens import commands, queries
from quartier_accounts.tokens.model import ApiToken
from quartier_accounts.tokens.schemas import (
    ApiTokenIn,
    ApiTokenOut,
    ApiTokensOut,
    NewApiTokenOut,
    TokenIn,
    TokenOut,
)

router = APIRouter()


@router.post("/api-tokens", status_code=201, **allow("api_token.make"))
async def make_api_token(body: ApiTokenIn, actor: Asking, uow: Uow) -> NewApiTokenOut:
    """Make a token for a program of your own, with some of your roles, for a year at most. Its text is shown this once."""
    made = await commands.make_own(uow, actor, body.name, body.roles, body.days)
    return NewApiTokenOut(**queries.shown(made.token), api_token=made.text)


@router.get("/api-tokens", **allow("api_token.list"))
async def list_api_tokens(actor: Asking, session: Reading, here: Here, request: Request, response: Response,
                          cursor: Cursor = None, limit: Limit = 50) -> ApiTokensOut:
    """Your own tokens, oldest first, with when each was last used."""
    found = await page(session, queries.own_tokens(actor), order=(ApiToken.created_at, ApiToken.id), cursor=cursor,
                       limit=limit, key=here.keys.secret("cursors"))
    link_next(request, response, found)
    return ApiTokensOut(items=[ApiTokenOut(**queries.shown(token)) for token in found.items], next=found.next)


@router.delete("/api-tokens/{token_id}", status_code=204, **allow("api_token.revoke"))
async def revoke_api_token(token_id: UUID, actor: Asking, uow: Uow) -> None:
    """End one of your own tokens. What was made of it runs out within a minute."""
    await commands.revoke(uow, actor, token_id)


@router.post("/tokens", **public("the API token in the body is the proof", counted=False))
async def exchange_api_token(body: TokenIn, uow: Uow, here: Here) -> TokenOut:
    """Turn an API token into a token of a minute, which every service takes as `Authorization: Bearer`. Programs do so each minute."""
    token, expires_at = (await commands.use(uow, body.api_token)).sign(here.signer)
    return TokenOut(token=token, expires_at=expires_at)


@router.get("/jwks.json", **public("public keys are public"))
async def list_public_keys(here: Here) -> dict[str, Any]:
    """The public keys of this city's services as a JSON Web Key Set (RFC 7517); `accounts` signs people."""
    return key_set(here.keys.public)
