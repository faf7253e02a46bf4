"""Conditions of staff acts that a table of states cannot say. The machine names them; each raises a problem or agrees."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from quartier.contracts.requests import Outcome
from quartier.problems import FieldError, Invalid
from quartier.settings import Settings
from quartier_requests import days
from quartier_requests.machine import By
from quartier_requests.model import Request
from quartier_requests.problems import FourEyes

FARTHEST_PROMISE = timedelta(days=20 * 365)


@dataclass(frozen=True, slots=True)
class Moment:
    """Who acts, as what, when, and where on earth."""

    subject: UUID | None
    by: frozenset[By]
    at: datetime
    settings: Settings

    @property
    def today(self) -> date:
        """The city's date."""
        return days.local_day(self.at, self.settings)


def four_eyes(request: Request, _act: Any, moment: Moment) -> None:
    """Who sorted a request does not refuse it too."""
    if request.triaged_by is not None and request.triaged_by == moment.subject:
        raise FourEyes("You gave this request its first look, so somebody else has to decide on a refusal.")


def date_ahead(_request: Request, act: Any, moment: Moment) -> None:
    """A promise is about the future, and one that somebody can still be held to."""
    if promised(act) < moment.today:
        raise _wrong("/date", "This period is over. Promise a date that is still to come.")
    if promised(act) > moment.today + FARTHEST_PROMISE:
        raise _wrong("/date", "This is more than twenty years ahead. Look at the year again.")


def date_moves(request: Request, act: Any, _moment: Moment) -> None:
    """Moving a date to where it stands moves nothing, and nobody should get a mail about it."""
    if promised(act) == request.expected_on and act.precision == request.precision:
        raise _wrong("/date", "This is the date that is promised already.")


def link_where_one_helps(_request: Request, act: Any, _moment: Moment) -> None:
    """Whoever is told that it exists, or that another service helps, is told where."""
    if act.outcome in (Outcome.ALREADY_AVAILABLE, Outcome.NOT_A_DATA_REQUEST) and not act.links:
        raise _wrong("/links", "Add a link: to the dataset, or to the city service that helps.")


def ground_and_article_of_a_refusal(_request: Request, act: Any, _moment: Moment) -> None:
    """A refusal names its legal ground and article (Directive (EU) 2019/1024, article 4(3) and (4))."""
    if act.outcome == Outcome.REFUSED and not (act.ground and act.article):
        missing = "/article" if act.ground else "/ground"
        raise _wrong(missing, "A refusal names its ground and the article of law.")


def appeal_ahead(_request: Request, act: Any, moment: Moment) -> None:
    """The requester can still appeal when she reads the letter."""
    if act.appeal_by <= moment.today:
        raise _wrong("/appeal_by", "The last day for an appeal has to be after today.")


def promised(act: Any) -> date:
    """The last day of the period that the act promises."""
    try:
        return days.period_end(act.date, act.precision)
    except ValueError as error:
        raise _wrong("/date", str(error)) from error


def _wrong(pointer: str, detail: str) -> Invalid:
    return Invalid(detail, errors=[FieldError(pointer, detail)])


GUARDS: dict[str, Callable[[Request, Any, Moment], None]] = {
    guard.__name__: guard for guard in (four_eyes, date_ahead, date_moves, link_where_one_helps, ground_and_article_of_a_refusal,
                                        appeal_ahead)}
