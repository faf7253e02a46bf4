"""The catalogue over HTTP."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from quartier import ids
from quartier.contracts.accounts import Role
from quartier.contracts.requests import TriageStarted
from quartier.testing.app import City

ROOT = "/api/publications/v1"
ATOM = "{http://www.w3.org/2005/Atom}"


def pointers(response: Any) -> list[str]:
    return [error["pointer"] for error in response.json()["errors"]]


async def test_a_dataset_is_a_draft_until_a_second_person_lets_a_version_out(city: City, desk: Any, dataset: Any, version: Any) -> None:
    made = await desk.enter(dataset)
    assert made.status_code == 201 and made.json()["current"] is None
    assert made.headers["location"] == f"{ROOT}/datasets/trees"
    prepared = await desk.prepare(version)
    assert prepared.status_code == 201 and prepared.json()["state"] == "prepared"
    for path in ("datasets/trees", "datasets/trees/versions/1.0.0", "datasets/trees.jsonld"):
        assert (await city.http.get(f"{ROOT}/{path}")).status_code == 404
    assert (await city.http.get(f"{ROOT}/datasets")).json()["items"] == []
    waiting = (await city.http.get(f"{ROOT}/versions?state=prepared", headers=city.bearer(Role.APPROVER))).json()["items"]
    assert [(one["slug"], one["number"]) for one in waiting] == [("trees", "1.0.0")]

    approved = await desk.approve("1.0.0")
    assert approved.status_code == 200 and approved.json()["is_first"] is True
    shown = (await city.http.get(f"{ROOT}/datasets/trees")).json()
    assert shown["current"]["number"] == "1.0.0" and shown["current"]["prepared_by"] is None
    assert shown["current"]["released_on"] == "2026-11-24"
    assert (await city.http.get(f"{ROOT}/versions", headers=city.bearer(Role.APPROVER))).json()["items"] == []


async def test_an_approval_emits_one_event_that_says_what_the_version_holds(city: City, desk: Any, dataset: Any, version: Any) -> None:
    await desk.enter(dataset)
    await desk.prepare(version)
    await desk.approve("1.0.0")
    await desk.prepare(version | {"number": "1.1.0"})
    await desk.approve("1.1.0")
    first, second = (event["data"] for event in await desk.published())
    assert (first["version"], first["is_first"], second["version"], second["is_first"]) == ("1.0.0", True, "1.1.0", False)
    assert first["coverage"] == {
        "area": "Paris", "period": "2019/2026", "spatial_unit": None, "frequency": "quarterly", "resolution": None,
        "licence": dataset["licence"], "columns": ["species", "height"], "formats": ["CSV", "GeoJSON"]}
    assert first["page_url"] == "https://city.test/datasets/trees"


async def test_a_registered_dataset_is_out_at_once_and_its_next_version_is_not_the_first(
        city: City, desk: Any, version: Any) -> None:
    present = {"number": "1.0.0", "coverage": {"columns": ["species"], "formats": ["CSV"]}}
    made = await desk.enter({"slug": "trees", "title": {"fr": "Les arbres"}, "registered": True, "version": present})
    assert made.status_code == 201 and made.json()["current"]["number"] == "1.0.0"
    assert made.json()["publisher"] == "Quartier" and made.json()["current"]["released_on"] is None
    assert await desk.published() == []
    note = (await city.http.get(f"{ROOT}/notes/2026-4")).json()
    assert (note["published"]["registered"], note["published"]["versions"]) == (1, 0)
    await desk.prepare(version | {"number": "2.0.0"})
    assert (await desk.approve("2.0.0")).json()["is_first"] is False


async def test_nobody_approves_what_she_prepared(desk: Any, dataset: Any, version: Any) -> None:
    both = ids.new_id()
    await desk.enter(dataset, both)
    await desk.prepare(version, both)
    refused = await desk.approve("1.0.0", person=both)
    assert refused.status_code == 403 and refused.json()["type"].endswith("/four-eyes")
    assert await desk.published() == []
    assert (await desk.approve("1.0.0", person=ids.new_id())).status_code == 200


async def test_a_version_goes_out_once(desk: Any, dataset: Any, version: Any) -> None:
    await desk.enter(dataset)
    await desk.prepare(version)
    assert (await desk.approve("1.0.0")).status_code == 200
    assert (await desk.approve("1.0.0")).status_code == 409
    answers = await asyncio.gather(*(desk.approve("1.0.0", etag='"1"') for _ in range(5)))
    assert {answer.status_code for answer in answers} == {409}
    assert len(await desk.published()) == 1


async def test_of_many_approvals_at_once_one_counts(desk: Any, dataset: Any, version: Any) -> None:
    await desk.enter(dataset)
    await desk.prepare(version)
    answers = await asyncio.gather(*(desk.approve("1.0.0", etag='"1"', person=ids.new_id()) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    assert len(await desk.published()) == 1


async def test_an_approval_says_which_version_it_has_read(city: City, desk: Any, dataset: Any, version: Any) -> None:
    await desk.enter(dataset)
    await desk.prepare(version)
    address = f"{ROOT}/datasets/trees/versions/1.0.0/approval"
    assert (await city.http.post(address, headers=city.bearer(Role.APPROVER))).status_code == 428
    assert (await desk.approve("1.0.0", etag='"7"')).status_code == 412


async def test_numbers_go_up_and_none_is_used_twice(desk: Any, dataset: Any, version: Any) -> None:
    await desk.enter(dataset)
    await desk.prepare(version | {"number": "1.10.0"})
    await desk.approve("1.10.0")
    for number in ("1.10.0", "1.9.9", "0.99.99"):
        refused = await desk.prepare(version | {"number": number})
        assert refused.status_code == 422 and pointers(refused) == ["/number"], number
    for number in ("2", "v2.0.0", "2.0", "02.0.0", "2.0.0-rc1", "1234567.0.0"):
        assert (await desk.prepare(version | {"number": number})).status_code == 422, number
    assert (await desk.prepare(version | {"number": "1.10.1"})).status_code == 201
    assert (await desk.prepare(version | {"number": "1.10.1"})).status_code == 422


async def test_a_version_that_waits_below_one_that_went_out_never_goes_out(city: City, desk: Any, dataset: Any, version: Any) -> None:
    await desk.enter(dataset)
    await desk.prepare(version)
    await desk.prepare(version | {"number": "1.1.0"})
    await desk.approve("1.1.0")
    assert (await desk.approve("1.0.0")).status_code == 409
    assert [one["number"] for one in (await city.http.get(f"{ROOT}/datasets/trees")).json()["versions"]] == ["1.1.0"]
    assert (await city.http.get(f"{ROOT}/versions", headers=city.bearer(Role.OFFICER))).json()["items"] == []


BROKEN_VERSIONS: list[tuple[dict[str, Any], str]] = [
    ({"change_note": {}}, "/change_note"),
    ({"change_note": {"en": ""}}, "/change_note/en"),
    ({"change_note": {"de": "Neu."}}, "/change_note/de"),
    ({"distributions": []}, "/distributions"),
    ({"distributions": [{"format": "CSV", "url": f"https://data.test/{n}"} for n in range(21)]}, "/distributions"),
    ({"distributions": [{"format": "CSV", "url": "http://data.test/a.csv"}]}, "/distributions/0/url"),
    ({"distributions": [{"format": "CSV", "url": "ftp://data.test/a.csv"}]}, "/distributions/0/url"),
    ({"distributions": [{"format": "CSV", "url": "javascript:alert(1)"}]}, "/distributions/0/url"),
    ({"distributions": [{"format": "CSV", "url": "https://data.test/a.csv", "rows": 3}]}, "/distributions/0/rows"),
    ({"distributions": [{"format": "C\u0000SV", "url": "https://data.test/a.csv"}]}, "/distributions/0/format"),
    ({"change_note": {"en": "First\u202eversion"}}, "/change_note/en"),
    ({"coverage": {"colour": "red"}}, "/coverage/colour"),
    ({"coverage": {"area": "Pa\u0000ris"}}, "/coverage/area"),
    ({"coverage": {"columns": ["a", "b\u0007"]}}, "/coverage/columns"),
    ({"gate": "passed"}, "/gate"),
]


@pytest.mark.parametrize(("change", "pointer"), BROKEN_VERSIONS)
async def test_a_broken_version_is_refused_with_a_pointer(desk: Any, dataset: Any, version: Any, change: Any, pointer: str) -> None:
    await desk.enter(dataset)
    refused = await desk.prepare(version | change)
    assert refused.status_code == 422 and pointer in pointers(refused), refused.text


async def test_a_sign_that_nobody_sees_is_refused_in_the_language_of_whoever_typed_it(city: City, dataset: Any) -> None:
    for sign, said in (("\u202e", "Ce texte contient un signe invisible"), ("\u0007", "Ce texte contient un caractère de commande")):
        refused = await city.http.post(f"{ROOT}/datasets", json=dataset | {"title": {"fr": f"Arbres{sign}"}},
                                       headers=city.bearer(Role.OFFICER) | {"accept-language": "fr"})
        assert [error["detail"].startswith(said) for error in refused.json()["errors"]] == [True], refused.text


async def test_a_broken_dataset_is_refused(desk: Any, dataset: Any) -> None:
    for change in ({"slug": "Trees!"}, {"title": {}}, {"colour": 1}, {"description": None}, {"registered": True},
                   {"version": {"number": "1.0.0"}}, {"title": {"en": "x" * 201}}):
        assert (await desk.enter(dataset | change)).status_code == 422, change
    assert (await desk.enter(dataset)).status_code == 201
    assert (await desk.enter(dataset)).status_code == 409


async def test_a_post_that_comes_again_gets_the_first_answer(city: City, dataset: Any, version: Any) -> None:
    headers = city.bearer(Role.OFFICER)
    answers = await asyncio.gather(*(city.http.post(f"{ROOT}/datasets", json=dataset, headers=headers) for _ in range(10)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}
    headers = city.bearer(Role.OFFICER)
    for _ in range(2):
        assert (await city.http.post(f"{ROOT}/datasets/trees/versions", json=version, headers=headers)).status_code == 201
    without = {name: value for name, value in headers.items() if name != "idempotency-key"}
    assert (await city.http.post(f"{ROOT}/datasets/trees/versions", json=version, headers=without)).status_code == 400


async def test_roles_are_kept_apart(city: City, desk: Any, dataset: Any, version: Any) -> None:
    assert (await city.http.post(f"{ROOT}/datasets", json=dataset)).status_code == 401
    for role in (Role.RESIDENT, Role.APPROVER, Role.OPERATOR):
        assert (await city.http.post(f"{ROOT}/datasets", json=dataset, headers=city.bearer(role))).status_code == 403
    await desk.enter(dataset)
    await desk.prepare(version)
    officer = city.bearer(Role.OFFICER, person=ids.new_id()) | {"if-match": '"1"'}
    assert (await city.http.post(f"{ROOT}/datasets/trees/versions/1.0.0/approval", headers=officer)).status_code == 403
    assert (await city.http.get(f"{ROOT}/versions", headers=city.bearer(Role.RESIDENT))).status_code == 403
    assert (await city.http.get(f"{ROOT}/datasets?drafts=true", headers=city.bearer(Role.RESIDENT))).status_code == 403
    assert len((await city.http.get(f"{ROOT}/datasets?drafts=true", headers=city.bearer(Role.OFFICER))).json()["items"]) == 1


async def test_a_request_is_claimed_by_its_reference_or_its_id(desk: Any, dataset: Any, version: Any, told: Any, say: Any) -> None:
    known = told.request(1)
    await say(told)
    unknown = ids.new_id()
    await desk.enter(dataset)
    prepared = await desk.prepare(version | {"request_ids": ["R-2026-0001", str(known), str(unknown)]})
    assert prepared.status_code == 201 and set(prepared.json()["request_ids"]) == {str(known), str(unknown)}
    assert prepared.json()["refs"] == ["R-2026-0001"]


async def test_what_is_not_public_cannot_be_claimed(desk: Any, dataset: Any, version: Any, told: Any, say: Any) -> None:
    hidden, held = told.request(1, "requester_only"), told.request(2, first_look=False)
    await say(told)
    await desk.enter(dataset)
    for claims, places in ((["R-2026-0001"], [0]), ([str(hidden)], [0]), (["R-2026-0099"], [0]),
                           ([str(ids.new_id()), "R-2026-0001"], [1]), ([str(held), "R-2026-0001"], [1])):
        refused = await desk.prepare(version | {"request_ids": claims})
        assert refused.status_code == 422 and pointers(refused) == [f"/request_ids/{place}" for place in places], claims
    assert (await desk.prepare(version | {"request_ids": ["my tree"]})).status_code == 422


async def test_a_claim_that_comes_before_the_news_of_the_first_look_is_asked_to_come_again(
        city: City, desk: Any, dataset: Any, version: Any, told: Any, say: Any) -> None:
    held = told.request(1, first_look=False)
    await say(told)
    await desk.enter(dataset)
    officer, body = city.bearer(Role.OFFICER), version | {"request_ids": [str(ids.new_id()), str(held)]}

    async def claim() -> httpx.Response:
        """The very same call each time, its key included: a refusal is not kept as the answer."""
        return await city.http.post(f"{ROOT}/datasets/trees/versions", json=body, headers=officer)

    early = await claim()
    assert early.status_code == 409 and pointers(early) == ["/request_ids/1"]
    assert early.json()["type"].endswith("/problems/first-look-not-heard-of") and int(early.headers["retry-after"]) > 0
    before = len(told.events)
    told.moves(TriageStarted, 1, "received")
    await say(told, before)
    assert (await claim()).status_code == 201


async def test_datasets_come_in_pages(city: City, desk: Any, dataset: Any, version: Any) -> None:
    present = {"number": "1.0.0"}
    for number in range(5):
        await desk.enter({"slug": f"d{number}", "title": {"en": "D"}, "registered": True, "version": present})
    seen, cursor = [], None
    while True:
        found = await city.http.get(f"{ROOT}/datasets", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        seen += [one["slug"] for one in found.json()["items"]]
        cursor = found.json()["next"]
        assert ('rel="next"' in found.headers.get("link", "")) == bool(cursor)
        if not cursor:
            break
    assert seen == [f"d{number}" for number in range(5)]
    assert (await city.http.get(f"{ROOT}/datasets?cursor=abc")).status_code == 422


async def test_the_feed_names_each_version_by_its_event(city: City, desk: Any, dataset: Any, version: Any) -> None:
    empty = await city.http.get(f"{ROOT}/datasets.atom")
    assert ElementTree.fromstring(empty.content).findall(f"{ATOM}entry") == []
    await desk.enter(dataset)
    for number in ("1.0.0", "1.1.0"):
        await desk.prepare(version | {"number": number})
        await desk.approve(number)
        city.move_clock(to=datetime(2026, 11, 25, tzinfo=UTC))
    feed = await city.http.get(f"{ROOT}/datasets.atom?lang=fr")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    entries = ElementTree.fromstring(feed.content).findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Les arbres, version 1.1.0", "Les arbres, version 1.0.0"]
    events = await desk.published()
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [f"urn:uuid:{event['id']}" for event in reversed(events)]


async def test_documents_answer_304_to_a_reader_who_has_them(city: City, desk: Any, dataset: Any, version: Any) -> None:
    await desk.enter(dataset)
    await desk.prepare(version)
    await desk.approve("1.0.0")
    await city.quiet()
    for path in ("catalogue.jsonld", "datasets/trees.jsonld", "datasets.atom", "notes/2026-4", "notes/2026-4.html",
                 "notes/2026-4/facts.jsonl"):
        first = await city.http.get(f"{ROOT}/{path}")
        assert first.status_code == 200, path
        again = await city.http.get(f"{ROOT}/{path}", headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), path
        assert (await city.http.get(f"{ROOT}/{path}", headers={"if-none-match": '"other"'})).content == first.content, path
