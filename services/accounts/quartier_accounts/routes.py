"""All endpoints of accounts, noun by noun."""

from fastapi import APIRouter

from quartier_accounts.links.routes import router as links
from quartier_accounts.people.routes import router as people
from quartier_accounts.sessions.routes import router as sessions
from quartier_accounts.sign_ins.routes import router as sign_ins
from quartier_accounts.tokens.routes import router as tokens

router = APIRouter()
for part in (people, sign_ins, links, sessions, tokens):
    router.include_router(part)
