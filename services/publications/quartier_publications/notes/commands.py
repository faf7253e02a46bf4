"""Writing facts down."""

from typing import Any

from quartier.events import Event

NOT_COPIED = {"person_id", "body", "reason", "event_ids"}
"""What no note needs: whom a message was for, the full text of a request, what a mail server said, other events' ids."""


def copied(event: Event) -> dict[str, Any]:
    """The data of an event as a fact keeps it."""
    return event.model_dump(mode="json", exclude=NOT_COPIED)
