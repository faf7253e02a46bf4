"""What the public page, the requester's own page and the desk show of a request alike."""

from typing import Any

from quartier_portal.visit import Visit

TONES = {"received": "new", "being_researched": "work", "date_promised": "work", "published": "ok", "answered": "rest", "withdrawn": "rest"}
LABELS = tuple(TONES)
"""The public labels, in the order of a request's way."""


def tone(request: dict[str, Any]) -> str:
    """How a request's state is coloured; the words beside it say the same."""
    if request["outcome"] == "refused":
        return "stop"
    return "warn" if request["has_passed"] else TONES.get(request["label"], "rest")


def parts(visit: Visit, request: dict[str, Any], events: list[dict[str, Any]]) -> dict[str, Any]:
    """The context of `requests/parts.html`: the request, its tone, its story (newest first) and its table of wishes."""
    given = (request["answer"] or {}).get("wishes") or []
    wishes = given or [{**wish, "given": None, "verdict": None} for wish in request["wishes"]]
    return {"request": request, "tone": tone(request), "events": [_entry(event) for event in reversed(events)],
            "wishes": [{**wish, "property": visit.t(f"property-{wish['property']}")} for wish in wishes], "is_compared": bool(given)}


def _entry(event: dict[str, Any]) -> dict[str, Any]:
    """What the requester did herself is public to the day alone."""
    return {"at": event["at"] or event["on"], "what": event["sentence"]}
