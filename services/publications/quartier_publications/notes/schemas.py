"""The shapes of the notes' HTTP API. A note itself is `note.Note`."""

from datetime import date

from quartier.web import Out


class NoteLinkOut(Out):
    """A note that can be read, and where."""

    number: str
    state: str
    first_day: date
    last_day: date
    url: str
    html_url: str
    facts_url: str


class NotesOut(Out):
    """The notes of the city, the latest first."""

    items: list[NoteLinkOut]
