"""The local mailbox as operators read it, previews for those who decide, and whether anything is still on its way."""

from typing import Any

import pytest

from quartier import ids
from quartier.contracts.accounts import Role
from quartier.contracts.notices import NoticeKind
from quartier_notify.ledger.model import State


async def test_operators_read_each_mail_as_its_reader_does_and_raw(notify: Any) -> None:
    await notify.owe(notify.person("ada@example.org", "fr"), NoticeKind.WITHDRAWN)
    await notify.owe(notify.person("bob@example.org"), NoticeKind.WITHDRAWN)
    await notify.until(lambda found: [one.state for one in found] == [State.SENT] * 2)

    mine = (await notify.get("/mailbox", Role.OPERATOR, params={"to": "ada@example.org"})).json()["items"]
    assert [(item["to"], item["language"], item["trace_id"]) for item in mine] == [("ada@example.org", "fr", notify.trace)]
    shown = (await notify.get(f"/mailbox/{mine[0]['id']}", Role.OPERATOR)).json()
    assert shown["subject"] == mine[0]["subject"] == "R-2027-0042\u00a0: retirée"
    assert "Vous avez retiré votre demande" in shown["text"] and "<h1" in shown["html"]
    assert shown["links"][0].startswith("https://city.test/fr/l/status-")
    assert ["X-Quartier-Trace", notify.trace] in shown["headers"]
    raw = await notify.get(f"/mailbox/{mine[0]['id']}/raw", Role.OPERATOR)
    assert raw.headers["content-type"] == "message/rfc822"
    assert b"multipart/alternative" in raw.content and raw.content.isascii()
    assert (await notify.get(f"/mailbox/{ids.new_id()}", Role.OPERATOR)).status_code == 404


async def test_the_mailbox_has_pages(notify: Any) -> None:
    for number in range(3):
        await notify.owe(notify.person(f"p{number}@example.org"))
    await notify.until(lambda found: [one.state for one in found] == [State.SENT] * 3)
    first = (await notify.get("/mailbox", Role.OPERATOR, params={"limit": 2})).json()
    rest = (await notify.get("/mailbox", Role.OPERATOR, params={"limit": 2, "cursor": first["next"]})).json()

    assert len({item["to"] for item in first["items"] + rest["items"]}) == 3
    assert rest["next"] is None


PREVIEW = {"letter": {"ref": "R-2027-0042", "answer": {"en": "It is there."}, "outcome": "already_available"}, "kinds": ["answered"],
           "language": "fr", "class": "owner"}


async def test_an_officer_sees_beforehand_what_the_citizen_will_read_and_nothing_is_kept(notify: Any) -> None:
    answer = await notify.city.http.post("/api/notify/v1/previews", headers=notify.city.bearer(Role.OFFICER), json=PREVIEW)

    assert answer.status_code == 200, answer.text
    assert "la ville a répondu" in answer.json()["subject"]
    assert "It is there." in answer.json()["text"] and "(en anglais)" in answer.json()["html"]
    assert await notify.city.mails() == [] and await notify.deliveries() == []


@pytest.mark.parametrize(("roles", "status"), [([Role.RESIDENT], 403), ([], 401), ([Role.APPROVER], 200)])
async def test_previews_are_for_those_who_decide(notify: Any, roles: list[Role], status: int) -> None:
    headers = notify.city.bearer(*roles) if roles else {}
    assert (await notify.city.http.post("/api/notify/v1/previews", headers=headers, json=PREVIEW)).status_code == status


async def test_a_service_may_ask_for_a_preview(notify: Any) -> None:
    headers = {"authorization": f"Bearer {notify.city.service_token('requests')}"}
    assert (await notify.city.http.post("/api/notify/v1/previews", headers=headers, json=PREVIEW)).status_code == 200


@pytest.mark.parametrize("change", [
    {"kinds": []}, {"kinds": ["gossip"]}, {"kinds": ["scheduled"]}, {"language": "de"}, {"class": "urgent"}, {"more": 1}])
async def test_a_preview_of_what_cannot_be_written_is_refused(notify: Any, change: dict[str, Any]) -> None:
    answer = await notify.city.http.post("/api/notify/v1/previews", headers=notify.city.bearer(Role.OFFICER), json=PREVIEW | change)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_the_queue_shows_how_long_each_class_has_waited_and_quiet_waits_for_it(
        notify: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quartier_notify.workers.ASK_AGAIN_AFTER", 0.2)
    notify.neighbours.away = {"accounts"}
    await notify.owe(notify.person())
    await notify.until(lambda found: [one.epoch >= 1 for one in found] == [True])
    waiting, = (await notify.get("/queue", Role.OPERATOR)).json()
    assert (waiting["notice_class"], waiting["channel"], waiting["waiting"]) == ("owner", "email", 1)
    reasons = (await notify.get("/operations/quiet", Role.OPERATOR)).json()["reasons"]
    assert any("on their way" in reason for reason in reasons)

    notify.neighbours.away = set()
    await notify.city.quiet()
    assert (await notify.get("/queue", Role.OPERATOR)).json() == []
    assert [one.state for one in await notify.deliveries()] == [State.SENT]
