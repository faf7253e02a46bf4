"""Notes and promises over HTTP."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from quartier.testing.app import City

ROOT = "/api/publications/v1"


async def test_a_promise_is_awaited_until_it_is_kept(city: City, told: Any, say: Any) -> None:
    told.request(1)
    told.scheduled(1, date(2026, 10, 30))
    told.request(2, "requester_only")
    told.scheduled(2, date(2026, 10, 31), "requester_only")
    told.request(3)
    told.scheduled(3, date(2026, 10, 20))
    await say(told)
    since = len(told.events)
    told.passed(1, date(2026, 10, 30))
    told.moved(1, date(2026, 10, 30), date(2026, 12, 31))
    await say(told, since)
    first, second = (await city.http.get(f"{ROOT}/awaited")).json()["items"]
    assert (first["ref"], first["expected_on"], first["moves"]) == ("R-2026-0003", "2026-10-20", 0)
    assert (second["ref"], second["expected_on"], second["precision"], second["first_expected_on"]) == (
        "R-2026-0001", "2026-12-31", "month", "2026-10-30")
    assert (second["moves"], second["slip_days"], second["is_passed"], second["title"]["text"]) == (1, 62, False, "Data of kind 1")
    cursor = (await city.http.get(f"{ROOT}/awaited?limit=1")).json()["next"]
    rest = (await city.http.get(f"{ROOT}/awaited", params={"cursor": cursor})).json()["items"]
    assert [one["ref"] for one in rest] == ["R-2026-0001"]
    since = len(told.events)
    told.published(1)
    told.withdrawn(3)
    await say(told, since)
    assert (await city.http.get(f"{ROOT}/awaited")).json()["items"] == []


async def test_there_is_a_note_for_each_quarter_since_the_first_fact(city: City, telling: Any, say: Any) -> None:
    assert [one["number"] for one in (await city.http.get(f"{ROOT}/notes")).json()["items"]] == ["2026-4"]
    told = telling(datetime(2026, 3, 31, 21, 30, tzinfo=UTC))  # 23:30 in Paris
    told.request(1)
    await say(told)
    assert [one["number"] for one in (await city.http.get(f"{ROOT}/notes")).json()["items"]] == ["2026-4", "2026-3", "2026-2", "2026-1"]
    assert (await city.http.get(f"{ROOT}/notes/2026-1")).json()["asked"]["total"] == 1
    assert (await city.http.get(f"{ROOT}/notes/2026-2")).json()["asked"]["total"] == 0
    for number in ("2025-4", "2027-1", "2026-5", "abc"):
        for end in ("", ".html", "/facts.jsonl"):
            assert (await city.http.get(f"{ROOT}/notes/{number}{end}")).status_code == 404


async def test_a_note_prints_the_hash_of_the_facts_that_it_offers(city: City, told: Any, say: Any) -> None:
    told.request(1)
    told.answered(1)
    await say(told)
    lines = (await city.http.get(f"{ROOT}/notes/2026-4/facts.jsonl")).content
    note = (await city.http.get(f"{ROOT}/notes/2026-4")).json()
    assert note["facts"] == {"count": 5, "sha256": hashlib.sha256(lines).hexdigest(), "until": "2026-10-04T22:00:00Z"}
    assert len(lines.splitlines()) == 5
    page = (await city.http.get(f"{ROOT}/notes/2026-4.html?lang=fr")).text
    assert note["facts"]["sha256"] in page and page.startswith("<!doctype html>") and '<html lang="fr">' in page
    assert (await city.http.get(f"{ROOT}/notes/2026-4.html?lang=fr&fragment=true")).text.startswith("<article")
    assert (await city.http.get(f"{ROOT}/notes/2026-4.html?lang=de")).status_code == 422


async def test_a_fact_from_the_future_waits_for_its_time(city: City, telling: Any, say: Any) -> None:
    told = telling(datetime(2026, 12, 24, tzinfo=UTC))
    told.request(1)
    await say(told)
    assert (await city.http.get(f"{ROOT}/notes/2026-4")).json()["asked"]["total"] == 0
    city.move_clock(to=datetime(2026, 12, 26, tzinfo=UTC))
    assert (await city.http.get(f"{ROOT}/notes/2026-4")).json()["asked"]["total"] == 1


async def test_what_a_dataset_gave_stands_in_the_note_when_its_version_goes_out(
        city: City, desk: Any, dataset: Any, version: Any, telling: Any, say: Any) -> None:
    told = telling(datetime(2026, 11, 20, tzinfo=UTC))
    request = told.request(1)
    await say(told)
    await desk.enter(dataset)
    await desk.prepare(version | {"request_ids": ["R-2026-0001"]})
    await desk.approve("1.0.0")
    assert [event["data"]["request_ids"] for event in await desk.published()] == [[str(request)]]
    [row] = (await city.http.get(f"{ROOT}/notes/2026-4")).json()["published"]["rows"]
    assert (row["slug"], row["version"], row["is_first"], row["on"]) == ("trees", "1.0.0", True, "2026-11-24")
