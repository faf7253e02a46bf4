"""The words of the house in English and French: one Fluent catalogue a package, dates and numbers by Babel.

Isolation marks are off: they would turn mail subjects into noise; user-given names are set apart by markup instead.
"""

import re
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from fluent.runtime import FluentBundle, FluentResource

from quartier.contracts.words import Language, Precision

LANGUAGES = tuple(language.value for language in Language)


class TextMissing(LookupError):
    """A message or one of its variables is not there."""


class Translator:
    """The catalogues of one or several packages: `locales/{en,fr}/*.ftl` in each."""

    def __init__(self, *packages: str) -> None:
        self._packages = packages

    def __call__(self, lang: str, message: str, **variables: Any) -> str:
        """The message in that language. `message.attribute` names an attribute.

        Raises TextMissing when the message or a variable is missing: a page with a hole is worse than a page that fails its test.
        """
        name, _, attribute = message.partition(".")
        bundle = _bundle(lang, self._packages)
        if not bundle.has_message(name):
            raise TextMissing(f"{lang}: no message {name!r}")
        found = bundle.get_message(name)
        pattern = found.attributes.get(attribute) if attribute else found.value
        if pattern is None:
            raise TextMissing(f"{lang}: no message {message!r}")
        text, errors = bundle.format_pattern(pattern, variables)
        if errors:
            raise TextMissing(f"{lang}: {message}: {errors[0]}")
        return str(text)

    def has(self, message: str) -> bool:
        """Whether both languages know the message."""
        return all(_bundle(language, self._packages).has_message(message) for language in LANGUAGES)


@cache
def _bundle(language: str, packages: tuple[str, ...]) -> FluentBundle:
    # Read when the first sentence is asked for: parsing all catalogues of both languages would take a good part of the start.
    bundle = FluentBundle([language], use_isolating=False)
    for package in packages:
        folder = files(package) / "locales" / language
        for resource in sorted(folder.iterdir(), key=lambda entry: entry.name) if folder.is_dir() else ():
            bundle.add_resource(FluentResource(resource.read_text(encoding="utf-8")))
    return bundle


@cache
def translator(*packages: str) -> Translator:
    """The catalogue of these packages, one for all who ask."""
    return Translator(*packages)


def preferred(accept_language: str | None, default: str = Language.EN) -> str:
    """The language of the house that an Accept-Language header likes best."""
    wishes = []
    for part in (accept_language or "").split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), tag.lower()[:2]))
        except ValueError:
            continue
    return next((tag for quality, tag in sorted(wishes) if tag in LANGUAGES and quality), default)


def long_date(value: date, lang: str) -> str:
    """Such as « lundi 23 novembre 2026 »."""
    return _first(format_date(value, "full", locale=lang if lang == "fr" else "en_GB"), lang)


def short_date(value: date, lang: str) -> str:
    """Such as « 23 novembre 2026 »."""
    return _first(format_date(value, "long", locale=lang if lang == "fr" else "en_GB"), lang)


def _first(text: str, lang: str) -> str:
    """French counts the first day of a month as an ordinal: « 1er décembre »; the locale data do not."""
    return re.sub(r"\b1 (?=\D)", "1er ", text, count=1) if lang == "fr" else text


def date_and_time(value: datetime, lang: str, zone: str) -> str:
    """Such as « 23 novembre 2026, 14:05 », in the city's zone."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{short_date(local.date(), lang)}, {format_datetime(local, 'HH:mm', locale=lang)}"


def number(value: float, lang: str) -> str:
    """With the language's own separators."""
    return str(format_decimal(value, locale=lang if lang == "fr" else "en_GB"))


def expected(last_day: date, precision: Precision | str, lang: str) -> str:
    """A promised date as precisely as it was promised: a day, a month, or a quarter named by its last day's."""
    match Precision(precision):
        case Precision.DAY:
            return long_date(last_day, lang)
        case Precision.MONTH:
            return str(format_date(last_day, "LLLL yyyy", locale=lang))
        case Precision.QUARTER:
            quarter = (last_day.month + 2) // 3
            return (f"the {('first', 'second', 'third', 'fourth')[quarter - 1]} quarter of {last_day.year}" if lang == "en" else
                    f"le {('premier', 'deuxième', 'troisième', 'quatrième')[quarter - 1]} trimestre {last_day.year}")
