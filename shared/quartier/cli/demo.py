"""`quartier demo`: playing real requests through the API of a running city."""

import typer
from fastapi import FastAPI

from quartier.cli.terminal import console

app = typer.Typer(no_args_is_help=True, help=__doc__)


async def seed(application: FastAPI) -> None:
    """Fill an empty city."""


async def greet(application: FastAPI, address: str) -> None:
    """Say where things are."""
    console.print(f"The city is at {address}")
