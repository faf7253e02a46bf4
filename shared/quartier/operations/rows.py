"""How many rows operators ask for at once."""

from typing import Annotated

from fastapi import Query

Limit = Annotated[int, Query(ge=1, le=100, description="Rows at most; the oldest come first.")]
