"""The endpoints of notify, by what they are about."""

from fastapi import APIRouter

from quartier_notify.feeds.routes import router as feeds
from quartier_notify.ledger.routes import router as ledger
from quartier_notify.mail.routes import router as mail
from quartier_notify.subscriptions.routes import router as subscriptions

router = APIRouter()
for part in (subscriptions, ledger, feeds, mail):
    router.include_router(part)
