"""The demo fills an empty city with requests in different states, once."""

from quartier.contracts.accounts import Role
from quartier.demo import city as demo
from quartier.demo.player import Player
from quartier.testing.app import City


async def test_an_empty_city_is_filled_once(city: City):
    player = Player(city.http, city.folder / "keys")
    await player.employ(*demo.STAFF)
    assert await demo.is_empty(player)
    await demo.fill(player)
    await city.quiet()
    assert not await demo.is_empty(player)
    listed = (await city.http.get("/api/requests/v1/requests", headers=city.bearer(Role.OFFICER), params={"limit": 100})).json()["items"]
    assert sorted(request["state"] for request in listed) == [
        "answered_closed", "answered_closed", "in_research", "published", "scheduled", "submitted", "triage"]
    assert {request["title"]["lang"] for request in listed} == {"en", "fr"}
    for path in ("/en/", "/fr/requests", "/en/dashboard", "/fr/datasets/trees", "/en/notes"):
        assert (await city.http.get(path)).status_code == 200


async def test_the_demo_operator_finds_a_way_in(city: City):
    player = Player(city.http, city.folder / "keys")
    await player.employ(Role.OPERATOR)
    for _ in range(2):
        path, code = await player.ask_to_sign_in("operator@example.org")
        opened = await city.http.get(path)
        assert "The code that the other browser shows" in opened.text
    signed_in = await city.http.post(path, data={"code": code})
    assert signed_in.status_code == 303
    assert (await city.http.get("/en/ops/mailbox")).status_code == 200
