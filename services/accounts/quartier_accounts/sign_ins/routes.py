"""Asking to sign in."""

from fastapi import APIRouter

from quartier.auth import public
from quartier_accounts.service import Uow
from quartier_accounts.sign_ins import commands
from quartier_accounts.sign_ins.schemas import SignInIn, SignInOut

router = APIRouter()


@router.post("/sign-ins", status_code=202, **public("nobody is signed in before this"))
async def ask_to_sign_in(body: SignInIn, uow: Uow) -> SignInOut:
    """Ask for a link by which to sign in. It comes by e-mail if we know the address, and is good for ten minutes.

    The answer is the same for every address. Show the code to the person, keep the secret in her browser: the browser that has it
    signs in with the link alone, every other one needs the code.
    """
    return SignInOut.model_validate(await commands.ask(uow, body.address, body.language))
