"""Asking to sign in, sending the link to whom it belongs to, and being let in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select, update

from quartier import clock
from quartier.contracts.accounts import SignInAsked
from quartier.contracts.notices import NoticeClass, NoticeKind, NoticeOwed
from quartier.contracts.words import Language
from quartier.problems import Problem
from quartier.uow import UnitOfWork
from quartier_accounts.people.commands import read_address
from quartier_accounts.people.model import HOUR
from quartier_accounts.people.queries import identifier_of
from quartier_accounts.problems import CodeSpent, CodeWrong, LinkUsed
from quartier_accounts.sign_ins.model import MAILS_AN_HOUR, MAX_TRIES, SignIn, attempt
from quartier_accounts.vault import vault_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What the asking browser is told, and nobody else ever."""

    sign_in_id: UUID
    browser_secret: str
    code: str
    expires_at: datetime


async def ask(uow: UnitOfWork, address: str, language: Language) -> Asked:
    """Begin an attempt. The work is the same for every address: nobody is looked up here, so nothing can be measured."""
    vault = vault_of(uow.settings)
    digest = vault.digest("address", read_address(address).lookup)
    made, browser_secret, code = attempt(vault, digest, language)
    uow.emit(made, SignInAsked(sign_in_id=made.id))
    return Asked(made.id, browser_secret, code, made.expires_at)


async def owe_the_link(uow: UnitOfWork, sign_in_id: UUID) -> None:
    """Let notify write to whoever has the address, unless nobody has it or it was written to very often lately."""
    asked = await uow.session.get(SignIn, sign_in_id)
    if asked is None or asked.notice_id is not None:
        return
    identifier = await identifier_of(uow.session, asked.address_digest)
    if identifier is None or await _mails_within_the_hour(uow, asked.address_digest) >= MAILS_AN_HOUR:
        return
    uow.emit(asked, NoticeOwed(
        notice_id=asked.owe_a_link(identifier.person_id), person_id=identifier.person_id, subject_kind="sign-in",
        subject_id=asked.id, notice_class=NoticeClass.SECURITY, kinds=[NoticeKind.SIGN_IN]))


async def _mails_within_the_hour(uow: UnitOfWork, address_digest: bytes) -> int:
    return (await uow.session.exec(select(func.count()).select_from(SignIn).where(
        SignIn.address_digest == address_digest, SignIn.asked_at > clock.wall() - HOUR,
        col(SignIn.notice_id).is_not(None)))).one()


async def use(uow: UnitOfWork, sign_in: SignIn, browser_secret: str | None, code: str | None) -> Problem | None:
    """Spend an attempt: the asking browser is let in by its secret, any other by the code.

    Raises when the attempt is over or the code is missing. A wrong code is a value instead, since its count must be committed.
    Both changes are conditions on the row, so that of fifty at once one is let in, and no more than five codes are tried.
    """
    sign_in.refuse_if_over()
    if sign_in.needs_code(browser_secret):
        sign_in.refuse_without_code(code)
        tried = (await uow.session.exec(
            update(SignIn).where(col(SignIn.id) == sign_in.id, col(SignIn.tries) < MAX_TRIES)
            .values(tries=SignIn.tries + 1).returning(col(SignIn.tries))
            .execution_options(synchronize_session=False))).scalar_one_or_none()
        if tried is None:
            raise CodeSpent()
        if not sign_in.is_code(vault_of(uow.settings), code or ""):
            return CodeWrong("Look at the code again: eight letters and digits.", tries_left=MAX_TRIES - tried)
    let_in = await uow.session.exec(
        update(SignIn).where(col(SignIn.id) == sign_in.id, col(SignIn.used_at).is_(None)).values(used_at=clock.wall())
        .execution_options(synchronize_session=False))
    if let_in.rowcount != 1:
        raise LinkUsed("You are signed in already, or ask for a new link.")
    return None
