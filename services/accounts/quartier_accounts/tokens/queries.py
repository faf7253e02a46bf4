"""One's own API tokens, without their texts, which nobody has any more."""

from typing import Any

from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from quartier.auth import Actor
from quartier_accounts.tokens.model import ApiToken


def own_tokens(actor: Actor) -> SelectOfScalar[ApiToken]:
    """The tokens that the actor made."""
    return select(ApiToken).where(ApiToken.person_id == actor.subject)


def shown(token: ApiToken) -> dict[str, Any]:
    """What its owner sees of a token."""
    return token.model_dump(exclude={"digest", "person_id"})
