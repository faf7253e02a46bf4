"""What people read: each kind of letter in both languages against a kept copy, and the rules that hold for all of them."""

import os
import re
from datetime import UTC, date, datetime
from importlib.resources import files
from itertools import product
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast

from quartier.contracts.notices import Letter, NoticeClass, NoticeKind
from quartier.contracts.requests import Ground, Outcome
from quartier.contracts.wishes import Property, Verdict, Weight, WishCell
from quartier.contracts.words import Language, Precision, Quote, Texts
from quartier.i18n import TextMissing
from quartier_notify.mail.letters import Head, Written, write

GOLDEN = Path(__file__).parent / "golden"
OWN = (NoticeKind.CONFIRM, NoticeKind.SIGN_IN, NoticeKind.FOLLOW_CONFIRM)

ABOUT = {"ref": "R-2027-0042", "title": Quote(text="Noise levels by street, at night", lang=Language.EN)}
DATE = {"expected_on": date(2027, 11, 30), "precision": Precision.MONTH}
MOTIVE = Texts(en="The sensors of two districts have to be calibrated again.\nThat takes until the autumn.",
               fr="Les capteurs de deux quartiers doivent être réétalonnés.\nCela dure jusqu’à l’automne.")
WISHES = [WishCell(property=Property.AREA, wanted="the whole city", weight=Weight.MUST, given="the whole city", verdict=Verdict.MET),
          WishCell(property=Property.FREQUENCY, wanted="hourly", weight=Weight.MUST, given="daily", verdict=Verdict.PARTLY),
          WishCell(property=Property.FORMAT, wanted="GeoJSON", weight=Weight.NICE, given=None, verdict=Verdict.NOT),
          WishCell(property=Property.OTHER, wanted="a contact", weight=Weight.NICE, given=None, verdict=Verdict.UNKNOWN)]

LETTERS = {
    NoticeKind.CONFIRM: Letter(title=ABOUT["title"]),
    NoticeKind.SIGN_IN: Letter(),
    NoticeKind.FOLLOW_CONFIRM: Letter(**ABOUT),
    NoticeKind.ACKNOWLEDGEMENT: Letter(**ABOUT, received_at=datetime(2027, 5, 3, 9, tzinfo=UTC), first_look_due=date(2027, 5, 10)),
    NoticeKind.OPENED: Letter(**ABOUT),
    NoticeKind.ANSWERED: Letter(
        **ABOUT, outcome=Outcome.ALREADY_AVAILABLE, links=["https://data.city.example/noise?year=2026&unit=street"],
        answer=Texts(fr="Les mesures de bruit sont publiées chaque mois.\nLa carte montre chaque rue.")),
    NoticeKind.SELECTED: Letter(**ABOUT, motive=MOTIVE),
    NoticeKind.SCHEDULED: Letter(**ABOUT, **DATE),
    NoticeKind.RESCHEDULED: Letter(**ABOUT, **DATE, previous_on=date(2027, 9, 30), previous_precision=Precision.QUARTER, motive=MOTIVE),
    NoticeKind.DATE_PASSED: Letter(**ABOUT, **DATE | {"precision": Precision.DAY}),
    NoticeKind.PUBLISHED: Letter(
        **ABOUT, outcome=Outcome.NEW_DATASET, dataset_title=Texts(en="Street noise", fr="Bruit des rues"),
        dataset_url="https://city.example/datasets/street-noise", wishes=WISHES),
    NoticeKind.REFUSED: Letter(
        **ABOUT, outcome=Outcome.REFUSED, ground=Ground.PERSONAL_DATA, article="CRPA, art. L311-6",
        motive=Texts(en="Single flats could be told apart.", fr="On pourrait distinguer des logements."),
        redress=Texts(en="Write to the commission within two months.", fr="Écrivez à la commission dans les deux mois."),
        appeal_by=date(2027, 7, 1)),
    NoticeKind.WITHDRAWN: Letter(**ABOUT, outcome=Outcome.WITHDRAWN),
}


FOR_FOLLOWERS = [kind for kind in NoticeKind if kind not in OWN and kind is not NoticeKind.ACKNOWLEDGEMENT]
CASES = [*product(NoticeKind, ["owner"], Language), *product(FOR_FOLLOWERS, ["followed"], Language)]


def written(kind: NoticeKind, audience: str, language: Language) -> Written:
    """The sample letter of a kind, as that reader gets it."""
    own = NoticeClass.SECURITY if kind in OWN else NoticeClass.OWNER
    followed = audience == "followed"
    head = Head("Bristol", language, NoticeClass.FOLLOWED if followed else own, link=f"https://city.example/{language}/l/link",
                stop=f"https://city.example/{language}/l/stop" if followed else None)
    return write([kind], LETTERS[kind], head)


@pytest.mark.parametrize(("kind", "audience", "language"), CASES)
def test_each_letter_reads_as_its_kept_copy(kind: NoticeKind, audience: str, language: Language) -> None:
    found = written(kind, audience, language)
    for suffix, content in (("txt", f"{found.subject}\n\n{found.text}"), ("html", found.html)):
        kept = GOLDEN / f"{kind}.{audience}.{language}.{suffix}"
        if os.environ.get("QUARTIER_WRITE_GOLDEN"):
            GOLDEN.mkdir(exist_ok=True)
            kept.write_text(content)
        assert content == kept.read_text()


def test_no_kept_copy_is_left_of_a_letter_that_is_not_written_any_more() -> None:
    wanted = {f"{kind}.{audience}.{language}.{suffix}" for kind, audience, language in CASES for suffix in ("txt", "html")}
    assert {path.name for path in GOLDEN.iterdir()} == wanted


@pytest.mark.parametrize(("kind", "audience", "language"), CASES)
def test_each_letter_keeps_the_rules_of_all_letters(kind: NoticeKind, audience: str, language: Language) -> None:
    found = written(kind, audience, language)
    assert all(len(line) <= 76 or "://" in line for line in found.text.splitlines())
    assert not re.search("[\u2066-\u2069\u202a-\u202e]", found.subject + found.text + found.html), "marks of direction"
    assert "None" not in found.text + found.html
    assert f'<html lang="{language}">' in found.html
    assert not re.search(r"<(img|script|link|iframe|form)|src=|@import|url\(", found.html), "something remote or active"
    assert found.html.count("display: inline-block") == 1, "one action, no more"
    assert found.text.count("/l/link") == 1
    assert ("/l/stop" in found.text) == ("/l/stop" in found.html) == (audience == "followed")


@pytest.mark.parametrize(("kind", "audience"), [case[:2] for case in CASES if case[2] is Language.FR])
def test_french_keeps_its_spaces_and_apostrophes(kind: NoticeKind, audience: str) -> None:
    found = written(kind, audience, Language.FR)
    for text in (found.subject, found.text):
        assert not re.search(r" [:;?!»]|« |\w'\w", text), "a plain space or a straight apostrophe"
        assert not re.search(r"[a-zéè]([:;?!])\s", text), "no space at all"


def test_a_fact_that_a_kind_needs_cannot_be_left_out() -> None:
    with pytest.raises(TextMissing, match="when"):
        write([NoticeKind.SCHEDULED], Letter(ref="R-2027-0042"), Head("Bristol", Language.EN, NoticeClass.OWNER, link="https://x.test"))


def test_the_first_kind_names_the_letter_and_the_others_follow() -> None:
    letter = Letter(**ABOUT, **DATE, motive=MOTIVE)
    found = write([NoticeKind.SELECTED, NoticeKind.SCHEDULED], letter, Head("Bristol", Language.EN, NoticeClass.OWNER, link="https://x.test"))
    assert "working on it" in found.subject
    assert found.text.index("has taken up your request") < found.text.index("Also: The data you asked for in R-2027-0042 is promised")


def test_markup_and_direction_marks_in_a_persons_words_are_only_words() -> None:
    evil = Quote(text="<img src=x onerror=alert(1)>\u202egnp.exe\u2066\x07", lang=Language.EN)
    found = write([NoticeKind.WITHDRAWN], Letter(ref="R-2027-0042", title=evil),
                  Head("Bristol <b>", Language.FR, NoticeClass.OWNER, link="https://x.test"))
    assert "<img" not in found.html
    assert "&lt;img src=x onerror=alert(1)&gt;gnp.exe" in found.html
    assert "Bristol &lt;b&gt;" in found.html
    assert "<img src=x onerror=alert(1)>gnp.exe" in found.text
    assert "(en anglais)" in found.text


def test_a_link_that_is_not_one_is_no_link_in_the_html() -> None:
    letter = Letter(**ABOUT, outcome=Outcome.ALREADY_AVAILABLE, links=["javascript:alert(1)", "https://data.city.example/"])
    found = write([NoticeKind.ANSWERED], letter, Head("Bristol", Language.EN, NoticeClass.OWNER, link="https://x.test"))
    assert "javascript:" not in found.html
    assert 'href="https://data.city.example/"' in found.html


def test_no_sentence_is_left_over() -> None:
    sources = [path.read_text() for path in (*files("quartier_notify").joinpath("templates").iterdir(),
                                              *files("quartier_notify").joinpath("mail").iterdir(),
                                              *files("quartier_notify").joinpath("feeds").iterdir()) if path.is_file()]
    by_kind = {f"{kind}-{part}" for kind in NoticeKind for part in ("subject", "headline", "next")}
    by_kind |= {f"{kind}-action" for kind in (*OWN, NoticeKind.ACKNOWLEDGEMENT)} | {f"why-{kind}" for kind in OWN}
    by_kind |= {f"{word}-{audience}" for word in ("why", "action") for audience in ("owner", "followed")}
    catalogue = FluentParser().parse(files("quartier_notify").joinpath("locales/en/notify.ftl").read_text())
    names = [entry.id.name for entry in catalogue.body if isinstance(entry, ast.Message)]
    unused = [name for name in names if name not in by_kind and not any(re.search(f"[\"']{name}[\"']", text) for text in sources)]
    assert unused == []
