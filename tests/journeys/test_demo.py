"""The demo fills an empty city with requests in different states, once, and reads mails where the city's are."""

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from quartier.contracts.accounts import Role
from quartier.demo import city as demo
from quartier.demo.mailpit import PAGE, Mailpit
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


def mailpit_with_the_mails_of(city: City) -> Starlette:
    """Answers as Mailpit does to the two questions that we ask of it.

    The shapes are those of its OpenAPI document, and of what version 1.27.11 answered when the Paris scenario was played over it: names in
    capitals, the newest first, a search that finds any part of an address.
    """

    def to(address: str) -> list[dict[str, str]]:
        return [{"Name": "", "Address": address}]

    async def search(request: Request) -> JSONResponse:
        part = request.query_params["query"].removeprefix('to:"').removesuffix('"')
        found = [{"ID": str(number), "To": to(mail.to), "Read": False, "Subject": mail.subject}
                 for number, mail in enumerate(await city.mails()) if part in mail.to][::-1]
        start, limit = (int(request.query_params.get(name, default)) for name, default in (("start", 0), ("limit", 50)))
        return JSONResponse({"total": len(found), "start": start, "messages": found[start:start + limit]})

    async def message(request: Request) -> JSONResponse:
        mail = (await city.mails())[int(request.path_params["id"])]
        return JSONResponse({"ID": request.path_params["id"], "To": to(mail.to), "Text": mail.text, "HTML": mail.html})

    return Starlette(routes=[Route("/api/v1/search", search), Route("/api/v1/message/{id}", message)])


async def test_a_player_reads_the_mails_that_mailpit_caught(city: City):
    transport = httpx.ASGITransport(mailpit_with_the_mails_of(city))
    async with httpx.AsyncClient(transport=transport, base_url="http://mail.test:8025") as mails:
        mailpit = Mailpit(mails)
        player = Player(city.http, city.folder / "keys", mailpit.links)
        await player.ask("joanna@example.org", "en", "Somebody else's", "Her address ends like the one of the next.")
        asked = []
        for number in range(2):
            asked.append(await player.ask("anna@example.org", "en", f"Benches {number}", "Where each of them stands."))
            await city.quiet()
        links = await mailpit.links("anna@example.org")
        of_anna = [mail.secret_path for mail in await city.mails() if mail.to == "anna@example.org"]
        assert len(links) == 4 and [link.removeprefix(city.url) for link in links] == of_anna
    for request in asked:
        found = await city.http.get(f"/api/requests/v1/requests/{request}", headers=city.bearer(Role.OFFICER))
        assert found.json()["state"] == "submitted"


async def test_mailpit_is_read_to_the_end():
    """More mails than one page of its search holds."""
    count = PAGE + 3

    async def search(request: Request) -> JSONResponse:
        start, limit = int(request.query_params["start"]), int(request.query_params["limit"])
        ids = [str(number) for number in reversed(range(count))][start:start + limit]
        return JSONResponse({"messages": [{"ID": id_, "To": [{"Name": "", "Address": "ada@example.org"}]} for id_ in ids]})

    async def message(request: Request) -> JSONResponse:
        return JSONResponse({"Text": f"Press https://city.test/en/l/{request.path_params['id']} or not."})

    app = Starlette(routes=[Route("/api/v1/search", search), Route("/api/v1/message/{id}", message)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mail.test:8025") as mails:
        assert await Mailpit(mails).links("ada@example.org") == [f"https://city.test/en/l/{number}" for number in range(count)]


async def test_a_player_finds_each_service_at_its_own_address(city: City):
    """As in the containers, where the address that people use leads nowhere."""
    names = ("accounts", "notify", "portal", "publications", "requests")
    asked: set[str] = set()

    async def route(request: httpx.Request) -> None:
        asked.add(f"{request.url.host}{'/api/' + request.url.path.split('/')[2] if request.url.path.startswith('/api/') else ''}")

    async with httpx.AsyncClient(transport=httpx.ASGITransport(city.app), base_url="http://nowhere.test", event_hooks={
            "request": [route]}) as http:
        player = Player(http, city.folder / "keys", services={name: f"https://{name}.test/" for name in names})
        await player.ask("ada@example.org", "en", "Benches", "Where each of them stands.")
    assert asked == {"accounts.test/api/accounts", "requests.test/api/requests", "notify.test/api/notify", "portal.test"}


async def test_a_player_claims_when_publications_has_heard_of_the_first_look(city: City):
    """It asks how the services stand instead of hoping that some time is enough."""
    calls: list[str] = []

    async def keep(request: httpx.Request) -> None:
        calls.append(f"{request.method} {request.url.path}")

    async with httpx.AsyncClient(transport=httpx.ASGITransport(city.app), base_url=city.url, event_hooks={"request": [keep]}) as http:
        player = Player(http, city.folder / "keys")
        await player.employ(Role.OFFICER, Role.APPROVER)
        asked = await player.ask("ada@example.org", "en", "Benches", "Where each of them stands.")
        await player.call("POST", "/api/publications/v1/datasets", Role.OFFICER, json={
            "slug": "benches", "title": {"en": "Benches"}, "description": {"en": "All of them."}})
        await player.act(asked, "triage.started", visibility="public")
        await player.act(asked, "request.taken_up", motive={"en": "Chosen by the city."})
        await player.publish("benches", "1.0.0", {"en": "The first."}, {}, [asked])
    heard, claimed = (calls.index(call) for call in (
        "GET /api/publications/v1/operations/quiet", "POST /api/publications/v1/datasets/benches/versions"))
    assert calls.index("GET /api/requests/v1/operations/quiet") < heard < claimed
    await city.quiet()
    assert (await city.http.get(f"/api/requests/v1/requests/{asked}")).json()["state"] == "published"
