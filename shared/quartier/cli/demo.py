"""`quartier demo`: requests played through the API of a running city."""

import asyncio
from pathlib import Path
from typing import Annotated

import httpx
import typer
from fastapi import FastAPI

from quartier import keys
from quartier.cli.terminal import console, refuse
from quartier.contracts.accounts import Role
from quartier.demo import city, paris
from quartier.demo.player import Player, Refused
from quartier.settings import Settings

app = typer.Typer(no_args_is_help=True, help=__doc__)


async def seed(application: FastAPI) -> None:
    """Fill an empty city with a few requests in different states; leave any other one alone."""
    settings = Settings()
    async with _door(application, settings) as http:
        player = Player(http, keys.folder_of(settings))
        await player.employ(*city.STAFF)
        if await city.is_empty(player):
            await city.fill(player)


async def greet(application: FastAPI, address: str) -> None:
    """Say where things are, who may sign in, and what this size of a city lacks."""
    settings = Settings()
    async with _door(application, settings) as http:
        figures = (await http.get("/api/requests/v1/register/figures")).json()
        console.print(f"[bold]{settings.city}[/bold] is at {address} with {figures['public'] + figures['hidden']} requests.")
        for name, path in (("Desk", "/en/desk"), ("Operations", "/en/ops"), ("Mailbox", "/en/ops/mailbox"), ("Traces", "/en/ops/traces")):
            console.print(f"  {name} {address}{path}")
        console.print(f"  API {address}/api/requests/docs")
        for role in city.STAFF:
            console.print(f"  {role}@{city.DOMAIN} signs in at {address}/en/sign-in as {role}")
        link, code = await _way_in(http, settings)
        console.print(f"  The mails lie in the mailbox. To open it first, within ten minutes: {link} with the code {code}")
        console.print(f"  A token for a front end: QUARTIER_FOLDER={settings.folder} quartier token create --role officer")
    console.print(f"Everything is in {settings.folder.resolve()}. One host, one process, no replication: "
                  "for more, set Kafka and PostgreSQL addresses (infra/README.md). Ctrl-C stops it.")


async def _way_in(http: httpx.AsyncClient, settings: Settings) -> tuple[str, str]:
    """A link by which the demo's operator signs in, and the code that it asks for."""
    player = Player(http, keys.folder_of(settings))
    await player.employ(Role.OPERATOR)
    path, code = await player.ask_to_sign_in(f"{Role.OPERATOR}@{city.DOMAIN}")
    return settings.public_url + path, code


def _door(application: FastAPI, settings: Settings) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=settings.public_url, timeout=30)


@app.command("paris")
def play_paris(file: Annotated[Path | None, typer.Option(help="Another scenario of the same shape.")] = None) -> None:
    """Play the eighteen requests of Paris 2017 through the API of the running city, at today's date.

    Promised dates keep their distance from the day on which they were promised. Lines that this version does not know yet are counted.
    """
    settings = Settings()

    async def run() -> paris.Played:
        async with httpx.AsyncClient(base_url=settings.public_url, timeout=30, trust_env=False) as http:
            player = Player(http, keys.folder_of(settings))
            await player.employ(Role.OFFICER, Role.APPROVER)
            return await paris.play(player, paris.read(file))

    try:
        played = asyncio.run(run())
    except (Refused, httpx.HTTPError, FileNotFoundError) as error:
        refuse(f"The scenario stopped: {error}")
    console.print(f"{len(played.requests)} requests, {sum(played.done.values())} lines played.")
    for verb, count in sorted(played.unknown.items()):
        console.print(f"  not known yet: {verb} ({count})")
