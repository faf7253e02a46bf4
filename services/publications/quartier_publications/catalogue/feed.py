"""What went out last, as an Atom feed."""

from collections.abc import Sequence
from datetime import UTC, datetime

from feedgen.feed import FeedGenerator

from quartier.contracts.words import Language, Texts
from quartier.i18n import translator
from quartier.settings import Settings
from quartier_publications.catalogue.model import Dataset, Version

_text = translator("quartier_publications")
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When an empty feed was last changed: Atom wants an instant, and the feed's bytes may not depend on the clock."""


def atom(latest: Sequence[tuple[Version, Dataset]], settings: Settings, lang: Language) -> bytes:
    """One entry a version, from the newest on; its id is that of the event that told the house."""
    address = f"{settings.public_url}/api/publications/v1/datasets.atom"
    feed = FeedGenerator()
    feed.id(address)
    feed.title(_text(lang.value, "feed-title", city=settings.city))
    feed.language(lang.value)
    feed.link(href=f"{address}?lang={lang.value}", rel="self")
    feed.link(href=f"{settings.public_url}/{lang.value}/datasets", rel="alternate")
    feed.author(name=settings.city)
    feed.updated(latest[0][0].released_at if latest else NEVER)
    for version, dataset in latest:
        title, note = dataset.titles.best(lang), Texts.model_validate(version.change_note).best(lang)
        entry = feed.add_entry(order="append")
        entry.id(f"urn:uuid:{version.event_id}")
        entry.title(_text(lang.value, "feed-entry", title=title.text if title else dataset.slug, number=version.number))
        entry.updated(version.released_at)
        entry.published(version.released_at)
        entry.link(href=f"{settings.public_url}/{lang.value}/datasets/{dataset.slug}", rel="alternate")
        if note:
            entry.summary(note.text)
    content: bytes = feed.atom_str()
    return content
