"""Reactions to events."""

from quartier.contracts.accounts import SignInAsked
from quartier.handlers import Handlers, Received
from quartier.uow import UnitOfWork
from quartier_accounts.sign_ins import commands

handlers = Handlers()


@handlers.on(SignInAsked, outside=True)
async def owe_the_link(received: Received[SignInAsked], uow: UnitOfWork) -> None:
    """Write to whoever has the address, if anybody has."""
    await commands.owe_the_link(uow, received.event.sign_in_id)
