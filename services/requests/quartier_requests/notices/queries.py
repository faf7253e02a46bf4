"""The facts of one letter, as notify asks for them at the moment of sending."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.contracts.notices import Letter
from quartier.problems import NotFound
from quartier_requests.model import Request, RequestEvent
from quartier_requests.notices.model import Notice


async def letter(session: AsyncSession, notice_id: UUID) -> Letter:
    """What the letter tells: the request as it is, and the facts of the act that the letter is about, as they were then.

    A mail that waited for its server still speaks of the date that was promised in its act, not of a later one.
    """
    notice = await session.get(Notice, notice_id)
    if notice is None:
        raise NotFound("There is no such message.")
    request = await session.get_one(Request, notice.request_id)
    told = select(RequestEvent).where(col(RequestEvent.id).in_([UUID(id) for id in notice.event_ids]))
    lines = (await session.exec(told.order_by(col(RequestEvent.number)))).all()
    return letter_about(request, lines[-1].to_state, *(line.facts for line in lines))


def letter_about(request: Request, state: str, *facts: dict[str, object]) -> Letter:
    """The letter that tells these facts about a request."""
    merged = {name: value for some in facts for name, value in some.items()}
    return Letter.model_validate({
        "ref": request.ref, "title": request.quoted_title, "state": state, "received_at": request.received_at,
        "first_look_due": request.first_look_due, **merged})
