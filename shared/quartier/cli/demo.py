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


async def seed(application: FastAPI, address: str) -> None:
    """Fill an empty city with a few requests, give its demo accounts their roles, and say how to get in; leave any other city alone."""
    settings = Settings()
    async with _door(application, settings) as http:
        player = Player(http, keys.folder_of(settings))
        if not await city.is_empty(player):
            return
        try:
            await player.employ(*city.STAFF)
            await city.fill(player)
            path, code = await player.ask_to_sign_in(f"{Role.OPERATOR}@{city.DOMAIN}")
        except Refused as error:
            console.print(f"The demo stopped, the city goes on: {error}")
            return
    for role in city.STAFF:
        console.print(f"  {role}@{city.DOMAIN} signs in at {address}/en/sign-in as {role}; the mail with the link lies in the mailbox.")
    console.print(f"  The way to the mailbox, for ten minutes: sign in as operator at {address}{path} with the code {code}")


async def greet(application: FastAPI, address: str) -> None:
    """Say where things are, and what this size of a city lacks."""
    settings = Settings()
    async with _door(application, settings) as http:
        figures = (await http.get("/api/requests/v1/register/figures")).json()
    console.print(f"[bold]{settings.city}[/bold] is at {address} with {figures['public'] + figures['hidden']} requests.")
    for name, path in (("Desk", "/en/desk"), ("Operations", "/en/ops"), ("Mailbox", "/en/ops/mailbox"), ("Traces", "/en/ops/traces"),
                       ("API", "/api/requests/docs")):
        console.print(f"  {name} {address}{path}")
    console.print(f"  A token for a front end: QUARTIER_FOLDER={settings.folder} QUARTIER_PUBLIC_URL={address} "
                  "quartier token create --role officer")
    console.print(f"Everything is in {settings.folder.resolve()}. One host, one process, no replication: "
                  "for more, set Kafka and PostgreSQL addresses (infra/README.md). Ctrl-C stops it.")


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
