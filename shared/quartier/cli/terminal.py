"""How the commands speak: to the terminal in sentences, and with an exit code when they cannot do what was asked."""

from typing import NoReturn

import typer
from rich.console import Console

from quartier.service import Service, installed

console = Console(soft_wrap=True, highlight=False)


def refuse(sentence: str) -> NoReturn:
    """Say why nothing was done, and end with exit code 1."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(sentence, style="bold")
    raise typer.Exit(1)


def service_named(name: str) -> Service:
    """The installed service of that name."""
    services = {service.name: service for service in installed()}
    if name not in services:
        refuse(f"There is no service {name!r} here. Installed are: {', '.join(services) or 'none'}.")
    return services[name]
