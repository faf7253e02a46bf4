"""What a member of staff may do with a request now, and what would be read if she did."""

from typing import get_args

from sqlmodel.ext.asyncio.session import AsyncSession

from quartier.auth import Actor
from quartier.contracts.words import Precision
from quartier.settings import Settings
from quartier_requests import days
from quartier_requests.machine import MACHINE, Transition
from quartier_requests.model import Request
from quartier_requests.notices.queries import letter_about
from quartier_requests.problems import FourEyes
from quartier_requests.transitions import schemas
from quartier_requests.transitions.commands import ACTS, decide, moment_of
from quartier_requests.transitions.guards import Moment, four_eyes
from quartier_requests.wording import act_title, note_text, status_texts

BODIES = {get_args(cls.model_fields["event"].annotation)[0]: cls for cls in ACTS}


def possible(request: Request, actor: Actor, settings: Settings, lang: str) -> schemas.PossibleListOut:
    """The acts that the machine allows this person in the request's state, each with its form."""
    moment = moment_of(actor, settings)
    rows = MACHINE.possible(request.state, set(moment.by))
    return schemas.PossibleListOut(request_id=request.id, version=request.version, state=request.state,
                                   items=[_offered(row, request, moment, lang) for row in rows])


def _offered(row: Transition, request: Request, moment: Moment, lang: str) -> schemas.PossibleOut:
    return schemas.PossibleOut(
        event=row.event, verb=row.verb, title=act_title(row.verb, lang), to_state=row.target or request.state,
        outcomes=list(row.outcomes), fields=[_field(name, row) for name in (*row.required, *row.optional)],
        owes=[row.owes] if row.owes else [], refused_because=_objection(row, request, moment),
        json_schema=BODIES[row.event].model_json_schema())


def _field(name: str, row: Transition) -> schemas.FieldOut:
    described = MACHINE.fields[name]
    choices = row.outcomes if described.kind == "outcome" else described.choices
    return schemas.FieldOut(name=name, kind=described.kind, is_required=name in row.required, read_by=described.read_by,
                            choices=list(choices), longest=described.longest)


def _objection(row: Transition, request: Request, moment: Moment) -> str | None:
    """The one guard that depends on the person and not on what she types."""
    if four_eyes.__name__ in row.guards:
        try:
            four_eyes(request, None, moment)
        except FourEyes as objection:
            return objection.detail
    return None


def preview(session: AsyncSession, request: Request, actor: Actor, act: schemas.Act, settings: Settings,
            lang: str) -> schemas.PreviewOut:
    """Make the move on a copy that belongs to no session, and read what everybody would read."""
    session.sync_session.expunge(request)
    done = decide(request, act, moment_of(actor, settings))
    facts = done.facts.kept()
    if request.is_settled:
        request.answer = facts
    return schemas.PreviewOut(
        public_sentence=status_texts(request), state=request.state, label=request.label,
        owed=[done.row.owes] if done.row.owes else [], letter=letter_about(request, request.state, facts),
        visible_to="everyone" if request.is_public else "requester", notes=_notes(act, request, settings, lang))


def _notes(act: schemas.Act, request: Request, settings: Settings, lang: str) -> list[str]:
    promises_a_day = isinstance(act, schemas.Schedule | schemas.Reschedule) and act.precision == Precision.DAY
    if promises_a_day and request.expected_on and not days.is_working_day(request.expected_on, settings):
        return [note_text("day-off", request.expected_on, lang)]
    return []
