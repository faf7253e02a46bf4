"""The commands that the command line and the demonstration city call; the nouns hold all of them."""

from quartier_accounts.people.commands import ensure_person, grant
from quartier_accounts.tokens.commands import create_api_token

__all__ = ["create_api_token", "ensure_person", "grant"]
