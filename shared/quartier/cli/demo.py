"""`quartier demo`: requests played through the API of a running city, and the way in for whoever looks at one."""

import asyncio
import os
import shlex
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import httpx
import typer
from fastapi import FastAPI

from quartier import keys
from quartier.cli.terminal import console, refuse
from quartier.contracts.accounts import Role
from quartier.demo import city, paris
from quartier.demo.mailpit import Mailpit
from quartier.demo.player import Player, Refused
from quartier.settings import Settings

T = TypeVar("T")
MailpitAddress = Annotated[str | None, typer.Option(help="Mailpit's address (http://mail:8025 in the compose file's containers), where "
                                                         "this city's mails are caught; without it they are read in its local mailbox.")]
app = typer.Typer(no_args_is_help=True, help=__doc__)

DOES = {
    Role.OFFICER: "reads, answers and schedules requests, prepares versions of datasets",
    Role.APPROVER: "is the second pair of eyes: refuses requests, lets versions out",
    Role.OPERATOR: "sees the operations, the traces and every mail of this city",
}


async def welcome(application: FastAPI, address: str, *, demo: bool) -> None:
    """Fill an empty city if a demo is wished, then say where things are, how to get in, and what this size of a city lacks.

    A city in which somebody has asked already is left alone, whoever that was.
    """
    settings = Settings()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=settings.public_url, timeout=30) as http:
        player = Player(http, keys.folder_of(settings))
        fresh = demo and await city.is_empty(player)
        if fresh:
            console.print(f"The pages are at {address}. A few demo requests are on their way there; what to look at follows.")
            try:
                await player.employ(*city.STAFF)
                await city.fill(player)
            except Refused as error:
                console.print(f"The demo stopped, the city goes on: {error}")
        await _say_where(player, settings, address)
        if fresh:
            await _say_who(player, address)
    console.print(f"\nA token for a program: {command(address)} token create --role officer")
    if demo:
        console.print(f"A new link to sign in as {', '.join(city.STAFF)}: {command(address)} demo sign-in officer")
    console.print(f"\nEverything is in {settings.folder.resolve()}. One host, one process, no replication: "
                  "for more, set Kafka and PostgreSQL addresses (infra/README.md). Ctrl-C stops it.")


async def _say_where(player: Player, settings: Settings, address: str) -> None:
    figures = (await player.call("GET", "/api/requests/v1/register/figures")).json()
    requests = (await player.call("GET", "/api/requests/v1/requests", params={"limit": 10})).json()["items"]
    count = figures["public"] + figures["hidden"]
    console.print(f"\n[bold]{settings.city}[/bold] is at {address}" + (
        f" with {count} requests, {figures['public']} of them public. The latest:" if count else ". Nobody has asked for anything yet."))
    for request in sorted(requests, key=lambda request: request["ref"]):
        console.print(f"  {request['ref']}  {request['label'].replace('_', ' '):<16}  {request['title']['text']}", markup=False)
    for name, path in (("Requests", "/en/requests"), ("Datasets", "/en/datasets"), ("Figures", "/en/dashboard"), ("Notes", "/en/notes"),
                       ("Officers' desk", "/en/desk"), ("Operations", "/en/ops"), ("Traces", "/en/ops/traces"),
                       ("Mailbox", "/en/ops/mailbox"), ("API", "/api/requests/docs")):
        console.print(f"  {name:<16}{address}{path}")


async def _say_who(player: Player, address: str) -> None:
    """The demo's accounts, each with a link that its mail brought, and a token."""
    try:
        links = await asyncio.gather(*(player.ask_to_sign_in(f"{role}@{city.DOMAIN}") for role in city.STAFF))
        made = await player.call("POST", "/api/accounts/v1/api-tokens", Role.OFFICER,
                                 json={"name": "demo", "roles": [Role.OFFICER], "days": 90})
    except Refused as error:
        console.print(f"The demo accounts cannot sign in yet: {error}")
        return
    console.print("\nSign in as one of the demo's accounts: open its link and type its code. Each is good once, for ten minutes.")
    for role, (path, code) in zip(city.STAFF, links, strict=True):
        console.print(f"  {role}@{city.DOMAIN} {DOES[role]}\n    {address}{path}  code {code}")
    console.print("\nA token for a front end, as an officer, for 90 days (/api/accounts/docs says how it becomes a bearer):\n"
                  f"  {made.json()['api_token']}\n"
                  f"  curl {address}/api/accounts/v1/tokens -H 'Content-Type: application/json' "
                  f"-d '{{\"api_token\": \"{made.json()['api_token']}\"}}'", markup=False)


def command(address: str) -> str:
    """How this program was called, for this city, so that what is printed works in the folder where it is read."""
    told = {"QUARTIER_PUBLIC_URL": address} if address != Settings.model_fields["public_url"].default else {}
    told |= {name: os.environ[name] for name in ("QUARTIER_FOLDER", "QUARTIER_KEYS") if name in os.environ}
    return " ".join([*(f"{name}={shlex.quote(value)}" for name, value in told.items()), shlex.quote(sys.argv[0])])


@app.command("sign-in")
def sign_in(role: Annotated[Role, typer.Argument(help="What the account may do, such as officer or operator.")],
            mailpit: MailpitAddress = None) -> None:
    """Give a demo account this role in the running city, and show a link and a code by which to sign in as it, once, within ten minutes.

    The link comes from the city's local mailbox or from Mailpit. Of any other mail server nothing can be read here.
    """
    settings = Settings()
    if role not in city.STAFF:
        refuse(f"A demo account is one of {', '.join(city.STAFF)}.")

    async def run() -> tuple[str, str]:
        async with _player(settings, mailpit) as player:
            await player.employ(role)
            return await player.ask_to_sign_in(f"{role}@{city.DOMAIN}")

    path, code = _played(run())
    console.print(f"{settings.public_url}{path}  code {code}")


@app.command("paris")
def play_paris(file: Annotated[Path | None, typer.Option(help="Another scenario of the same shape.")] = None,
               mailpit: MailpitAddress = None) -> None:
    """Play the eighteen requests of Paris 2017 through the API of the running city, at today's date, once.

    Promised dates keep their distance from the day on which they were promised. Lines that this version does not know yet are counted.
    The people of the scenario confirm by the links in their mails, which are read in the city's local mailbox or in Mailpit.
    """
    settings = Settings()

    async def run() -> paris.Played:
        async with _player(settings, mailpit) as player:
            await player.employ(Role.OFFICER, Role.APPROVER)
            return await paris.play(player, paris.read(file), settings.zone)

    played = _played(run())
    console.print(f"{len(played.requests)} requests, {sum(played.done.values())} lines played.")
    for verb, count in sorted(played.unknown.items()):
        console.print(f"  not known yet: {verb} ({count})")


@asynccontextmanager
async def _player(settings: Settings, mailpit: str | None) -> AsyncIterator[Player]:
    async with AsyncExitStack() as stack:
        http, mails = [await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=30, trust_env=False))
                       for address in (settings.public_url, mailpit or "")]
        yield Player(http, keys.folder_of(settings), Mailpit(mails).links if mailpit else None, settings.service_urls)


def _played(acts: Coroutine[Any, Any, T]) -> T:
    """What came of these acts; ends the command with a sentence when the city said no or was not there."""
    try:
        return asyncio.run(acts)
    except (Refused, FileNotFoundError) as error:
        refuse(str(error))
    except httpx.HTTPError as error:
        refuse(f"{_asked(error)} does not answer as expected: {error}. Is the city running there, and its mail catcher?")


def _asked(error: httpx.HTTPError) -> str:
    try:
        return f"{error.request.url.scheme}://{error.request.url.netloc.decode()}"
    except RuntimeError:
        return Settings().public_url
