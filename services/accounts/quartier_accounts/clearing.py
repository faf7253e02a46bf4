"""Forgetting what has long run out: nobody signs in by it any more, and what is not kept cannot be stolen."""

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col, or_

from quartier import clock
from quartier.uow import UnitOfWork
from quartier_accounts.links.model import Link
from quartier_accounts.people.model import Contact
from quartier_accounts.sessions.model import RESIDENT, Session
from quartier_accounts.sign_ins.model import SignIn

# A link that ran out lately still says so, and its page offers a new one.
KEPT_AFTER_THE_END = timedelta(days=30)
CONTACTS_KEPT = timedelta(days=1)


async def clear(uow: UnitOfWork) -> int:
    """Delete links, attempts and sessions that are over, and the count of contacts; the number of rows that went."""
    now = clock.wall()
    before = now - KEPT_AFTER_THE_END
    statements = (
        delete(Link).where(col(Link.expires_at) < before),
        delete(SignIn).where(col(SignIn.expires_at) < before),
        delete(Session).where(or_(col(Session.used_at) < now - RESIDENT.idle, col(Session.created_at) < now - RESIDENT.at_most)),
        delete(Contact).where(col(Contact.given_at) < now - CONTACTS_KEPT),
    )
    return sum([(await uow.session.exec(statement)).rowcount for statement in statements])
