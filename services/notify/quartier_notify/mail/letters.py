"""What a person reads: the facts of one letter as subject, plain text and HTML, in her language.

The first kind names the letter; the headlines of the others follow it. Words of people and offices are quoted as they are, minus
the characters that could break a header or turn the reading direction around.
"""

import re
import textwrap
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import BaseModel

from quartier.contracts.notices import Letter, NoticeClass, NoticeKind
from quartier.contracts.words import Language
from quartier.i18n import Translator, expected, long_date

WIDTH = 76
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_OWN_REASON = frozenset({NoticeKind.CONFIRM, NoticeKind.SIGN_IN, NoticeKind.FOLLOW_CONFIRM})
_OWN_ACTION = _OWN_REASON | {NoticeKind.ACKNOWLEDGEMENT}


@dataclass(frozen=True, slots=True)
class Head:
    """What stands around the facts: who writes, to which kind of reader, and the two links that she may follow."""

    city: str
    language: Language
    notice_class: NoticeClass
    link: str | None = None
    stop: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A letter ready to be sent or shown."""

    subject: str
    text: str
    html: str


def write(kinds: list[NoticeKind], letter: Letter, head: Head) -> Written:
    """The letter as its reader sees it. Raises KeyError or ValueError when a fact that its kind needs is missing."""
    letter, lang, main = cleaned(letter), head.language, kinds[0]
    t = partial(translator(), lang, **words(letter, head.city, lang, _audience(head)))
    context = {
        "t": t, "lang": lang, "letter": letter, "city": head.city, "link": head.link, "stop": head.stop,
        "subject": one_line(t(f"{main}-subject")), "headline": t(f"{main}-headline"),
        "also": [t(f"{kind}-headline") for kind in kinds[1:]],
        "next": t(f"{main}-next"),
        "action": t(f"{main}-action" if main in _OWN_ACTION else f"action-{_audience(head)}"),
        "why": t(f"why-{main}" if main in _OWN_REASON else f"why-{_audience(head)}")}
    text, html = (_templates().get_template(f"{main}.{part}.jinja").render(context) for part in ("text", "html"))
    return Written(context["subject"], _folded(text), _inliner().inline(html))


def words(letter: Letter, city: str, lang: Language, audience: str) -> dict[str, str]:
    """The facts that sentences name, as words of that language; one that the letter does not hold is left out."""
    dataset = letter.dataset_title and letter.dataset_title.best(lang)
    said = {
        "city": city, "audience": audience, "ref": letter.ref, "dataset": dataset and one_line(dataset.text),
        "when": letter.expected_on and letter.precision and expected(letter.expected_on, letter.precision, lang),
        "previous": letter.previous_on and letter.previous_precision
        and expected(letter.previous_on, letter.previous_precision, lang),
        "first_look": letter.first_look_due and long_date(letter.first_look_due, lang),
        "appeal_by": letter.appeal_by and long_date(letter.appeal_by, lang)}
    return {name: value for name, value in said.items() if value}


def cleaned(letter: Letter) -> Letter:
    """The same facts without control characters and direction marks, in every text that they hold."""
    return Letter.model_validate(_clean(letter.model_dump()))


def one_line(text: str, longest: int = 150) -> str:
    """A text for a header or a title: no line breaks, and not longer than a list of mails can show."""
    line = re.sub(r"[ \t\n]+", " ", _UNSEEN.sub(" ", text)).strip(" ")
    return line if len(line) <= longest else line[:longest - 2].rsplit(" ", 1)[0] + " …"


@cache
def translator() -> Translator:
    """The sentences of this service."""
    return Translator("quartier_notify")


def _clean(value: object) -> object:
    match value:
        case str():
            return _UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
        case dict():
            return {key: _clean(item) for key, item in value.items()}
        case list():
            return [_clean(item) for item in value]
        case BaseModel():
            return _clean(value.model_dump())
        case _:
            return value


def _audience(head: Head) -> str:
    return "followed" if head.notice_class == NoticeClass.FOLLOWED else "owner"


def _folded(text: str) -> str:
    """Fold long lines at spaces, keep links whole, and leave one empty line where templates left several."""
    lines = [line if len(line) <= WIDTH or "://" in line else
             textwrap.fill(line, WIDTH, subsequent_indent=" " * (len(line) - len(line.lstrip())), break_long_words=False,
                           break_on_hyphens=False) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader("quartier_notify"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
                       autoescape=lambda name: name is not None and name.endswith(".html.jinja"))


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(load_remote_stylesheets=False,
                      extra_css=files("quartier_notify").joinpath("templates/mail.css").read_text())
