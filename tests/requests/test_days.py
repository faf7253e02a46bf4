"""The city's calendar: working days over holidays, periods that end on their last day, days that end at the city's midnight."""

from datetime import UTC, date, datetime

import pytest

from quartier.contracts.words import Precision
from quartier.settings import Settings
from quartier_requests import days

PARIS = Settings(zone="Europe/Paris", country="FR")


@pytest.mark.parametrize(("received", "due"), [
    ("2017-04-19", "2017-04-26"), ("2017-04-22", "2017-04-28"), ("2017-04-25", "2017-05-03"), ("2017-05-02", "2017-05-10"),
    ("2017-05-04", "2017-05-12"), ("2017-07-06", "2017-07-13"), ("2017-08-03", "2017-08-10"), ("2017-10-24", "2017-10-31")])
def test_five_working_days_step_over_week_ends_and_french_holidays(received: str, due: str):
    assert days.add_working_days(date.fromisoformat(received), 5, PARIS) == date.fromisoformat(due)
    assert days.working_days_between(date.fromisoformat(received), date.fromisoformat(due), PARIS) == 5


def test_another_country_has_other_holidays():
    there = Settings(country="US", zone="America/New_York")
    assert days.add_working_days(date(2026, 7, 2), 1, there) == date(2026, 7, 6)
    assert days.add_working_days(date(2026, 7, 2), 1, PARIS) == date(2026, 7, 3)


@pytest.mark.parametrize(("written", "precision", "last"), [
    ("2026-11-30", "day", "2026-11-30"), ("2028-02", "month", "2028-02-29"), ("2026-12-05", "month", "2026-12-31"),
    ("2026-Q4", "quarter", "2026-12-31"), ("2026-Q1", "quarter", "2026-03-31"), ("2026-05-09", "quarter", "2026-06-30")])
def test_a_period_ends_on_its_last_day(written: str, precision: str, last: str):
    assert days.period_end(written, Precision(precision)) == date.fromisoformat(last)


@pytest.mark.parametrize(("written", "precision"), [
    ("2026-Q5", "quarter"), ("2026-02-31", "day"), ("2026-13", "month"), ("2026-Q4", "day"), ("tomorrow", "day"), ("2026-11", "quarter"),
    ("0000-01", "month"), ("２０２６-11-30", "day")])
def test_a_period_that_no_calendar_has_is_refused_with_a_sentence(written: str, precision: str):
    with pytest.raises(ValueError, match="Write a|no such day"):
        days.period_end(written, Precision(precision))


def test_a_day_ends_at_the_midnight_of_the_city_in_summer_and_in_winter():
    assert days.end_of(date(2017, 11, 30), PARIS) == datetime(2017, 11, 30, 23, tzinfo=UTC)
    assert days.end_of(date(2017, 8, 10), PARIS) == datetime(2017, 8, 10, 22, tzinfo=UTC)
    assert days.local_day(datetime(2017, 8, 10, 22, 30, tzinfo=UTC), PARIS) == date(2017, 8, 11)
