"""API tokens for front ends and scripts."""

from typing import Annotated

import typer

from quartier.cli.operator import ask
from quartier.cli.terminal import console
from quartier.contracts.accounts import Role

app = typer.Typer(no_args_is_help=True, help=__doc__)


@app.command("create")
def create(
    role: Annotated[list[Role], typer.Option(help="What the token may do; may be given several times.")],
    name: Annotated[str, typer.Option(help="What it is for, as it stands in the list of tokens.")] = "command line",
    days: Annotated[int, typer.Option(help="Days until it runs out.", min=1, max=365)] = 90,
) -> None:
    """Make an API token for the running city and show it, once.

    Exchange it for a token of a minute at POST /api/accounts/v1/tokens.
    """
    made = ask("POST", "accounts", "/api-tokens", *role, json={"name": name, "roles": role, "days": days})
    console.print(made["api_token"])
