"""A request's public news as an Atom feed (RFC 4287), in either language, the newest first.

A request that can be followed has at least the entry of the event that made it public.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from feedgen.feed import FeedGenerator

from quartier.contracts.notices import Letter
from quartier.contracts.words import Language
from quartier_notify.feeds.model import FeedEntry
from quartier_notify.mail.letters import cleaned, one_line, translator, words
from quartier_notify.settings import NotifySettings
from quartier_notify.subscriptions.model import Followable


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed and the tag that says whether a reader has it already."""

    content: bytes
    etag: str


def render(followable: Followable, entries: Sequence[FeedEntry], language: Language, settings: NotifySettings) -> Feed:
    """The feed of one request. Its entries are named after the events, so that no reader shows one twice."""
    t = translator()
    page = f"{settings.public_url}/{language}/requests/{followable.ref}"
    feed = FeedGenerator()
    feed.id(f"urn:uuid:{followable.subject_id}")
    title = t(language, "feed-title", ref=followable.ref)
    feed.title(f"{title}: {one_line(followable.quote.text)}" if followable.quote else title)
    feed.author(name=settings.city)
    feed.language(language)
    feed.link(href=page, rel="alternate")
    feed.link(href=f"{settings.public_url}/api/notify/v1/feeds/requests/{followable.subject_id}.atom?lang={language}", rel="self")
    feed.updated(entries[0].at)
    for entry in entries:
        letter = cleaned(Letter.model_validate(entry.facts))
        said = words(letter, settings.city, language, "followed")
        item = feed.add_entry(order="append")
        item.id(f"urn:uuid:{entry.event_id}")
        item.title(one_line(t(language, f"{entry.kind}-headline", **said)))
        item.link(href=page, rel="alternate")
        item.updated(entry.at)
        item.content(_content(letter, language), type="html")
    tag = hashlib.sha256(f"{language}{title}{[str(entry.event_id) for entry in entries]}".encode()).hexdigest()[:32]
    return Feed(feed.atom_str(pretty=True), f'"{tag}"')


def _content(letter: Letter, language: Language) -> str:
    """What the event says beyond its headline, as HTML of paragraphs alone."""
    t, said = translator(), []
    if letter.outcome:
        said.append(f"<p>{escape(t(language, 'outcome', code=letter.outcome))}</p>")
    if letter.ground:
        said.append(f"<p>{escape(t(language, 'ground', code=letter.ground))}</p>")
    for texts in (letter.answer, letter.motive, letter.redress):
        quote = texts and texts.best(language)
        if quote:
            said.append(f'<p lang="{quote.lang}" dir="auto">{escape(quote.text)}</p>')
    for link in (*letter.links, *([letter.dataset_url] if letter.dataset_url else [])):
        if link.startswith(("https://", "http://")):
            said.append(f'<p><a href="{escape(link)}">{escape(link)}</a></p>')
    if letter.title:
        said.append(f'<blockquote lang="{letter.title.lang}" dir="auto">{escape(letter.title.text)}</blockquote>')
    return "".join(said)
