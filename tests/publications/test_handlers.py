"""What the service writes down when something has happened in the house."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid5

from sqlmodel import select

from quartier import ids
from quartier.contracts.notices import NoticeOwed
from quartier.contracts.notify import NoticeFailed, NoticeSent
from quartier.contracts.requests import RequestDrafted
from quartier.testing.app import City
from quartier_publications.awaited.model import Awaited
from quartier_publications.notes.model import FactRow

NOTE = "/api/publications/v1/notes/2026-4"


async def kept(city: City) -> list[FactRow]:
    async with city.runtime("publications").database.session() as session:
        return list((await session.exec(select(FactRow).order_by(FactRow.occurred_at))).all())


async def test_an_event_that_comes_twice_or_late_is_one_fact_in_the_note_of_its_day(city: City, told: Any, say: Any) -> None:
    told.request(1)
    late = told.events.pop()  # the first look is heard of last
    await say(told)
    before = (await city.http.get(NOTE)).json()
    told.events = [late, *told.events]
    await say(told)
    after = (await city.http.get(NOTE)).json()
    assert (before["asked"]["waiting"], before["facts"]["count"]) == (1, 3)
    assert (after["asked"]["waiting"], after["facts"]["count"]) == (0, 4)
    assert after["asked"]["rows"][0]["ref"] == "R-2026-0001"


async def test_a_fact_keeps_neither_the_person_nor_the_mail_server_s_words_nor_a_request_s_full_text(
        city: City, told: Any, say: Any) -> None:
    request = told.request(1)
    told.fact(NoticeFailed(notice_id=ids.new_id(), person_id=uuid5(request, "person"), subject_kind="request", subject_id=request,
                           notice_class="owner", kinds=["answered"], at=told.at, reason="550 jane@example.org unknown"), "notify")
    await say(told)
    rows = await kept(city)
    assert len(rows) == 5
    assert not any(name in row.data for row in rows for name in ("person_id", "reason", "body", "event_ids"))
    assert "example.org" not in str([row.data for row in rows])


async def test_drafts_sign_ins_and_followers_are_no_facts(city: City, told: Any, say: Any) -> None:
    request, person = ids.new_id(), ids.new_id()
    told.fact(RequestDrafted(request_id=request, kind="new", channel="web"))
    common = {"notice_id": ids.new_id(), "person_id": person, "subject_id": request}
    told.fact(NoticeOwed(**common, subject_kind="request", notice_class="security", kinds=["confirm"]))
    told.fact(NoticeOwed(**common, subject_kind="sign-in", notice_class="security", kinds=["sign-in"]), "accounts")
    told.fact(NoticeOwed(**common, subject_kind="subscription", notice_class="followed", kinds=["answered"]), "notify")
    told.fact(NoticeSent(**common, subject_kind="subscription", notice_class="followed", kinds=["answered"], at=told.at), "notify")
    await say(told)
    assert await kept(city) == []


async def test_business_time_says_to_which_quarter_a_fact_belongs(city: City, telling: Any, say: Any) -> None:
    told = telling(datetime(2017, 4, 20, 16, tzinfo=UTC))
    told.request(1)
    await say(told)
    assert [row.occurred_at for row in await kept(city)][0] == datetime(2017, 4, 20, 16, tzinfo=UTC)
    assert (await city.http.get("/api/publications/v1/notes/2017-2")).json()["asked"]["total"] == 1


async def test_an_older_event_does_not_bring_a_settled_request_back(city: City, told: Any, say: Any) -> None:
    told.request(1)
    told.scheduled(1, datetime(2026, 12, 1).date())
    scheduled = told.events[-1]
    told.published(1)
    await say(told)
    told.events.append((replace(scheduled[0], id=str(ids.new_id())), scheduled[1]))
    await say(told, len(told.events) - 1)
    async with city.runtime("publications").database.session() as session:
        [row] = (await session.exec(select(Awaited))).all()
    assert row.expected_on is None
