"""A note as a page that people read: English or French, from the same tree, complete or as the part that another page embeds."""

from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from quartier.contracts.words import Language, Precision, Texts
from quartier.i18n import expected, number, short_date, translator
from quartier_publications.notes.note import Note

_templates = Environment(loader=PackageLoader("quartier_publications"), autoescape=True, undefined=StrictUndefined,
                         trim_blocks=True, lstrip_blocks=True)
_text = translator("quartier_publications")


def html(note: Note, lang: Language, public_url: str, *, fragment: bool = False) -> str:
    """The note as HTML. The fragment is the `article` alone, its headings from `h2` on: the page around it has the `h1`."""
    template = _templates.get_template("note_article.html" if fragment else "note.html")
    return template.render(
        note=note, lang=lang.value, t=partial(_text, lang.value), day=partial(_day, lang=lang.value),
        number=partial(number, lang=lang.value), expected=partial(expected, lang=lang.value), words=partial(_words, lang=lang.value),
        title=title(note, lang), api=f"{public_url}/api/publications/v1", pages=f"{public_url}/{lang.value}")


def title(note: Note, lang: Language) -> str:
    """What the note is called in that language."""
    return _text(lang.value, "note-title", quarter=expected(note.period.last_day, Precision.QUARTER, lang.value))


def _day(value: Any, lang: str) -> str:
    return short_date(value, lang)


def _words(texts: Texts | None, lang: str) -> Markup:
    """A text of the city in the page's language, else in the other one, marked and said so."""
    quote = texts.best(lang) if texts else None
    if quote is None:
        return Markup("")
    if quote.lang == lang:
        return Markup("{}").format(quote.text)
    said = _text(lang, "note-other-language", language=quote.lang.value)
    return Markup('<span lang="{}">{}</span> ({})').format(quote.lang.value, quote.text, said)
