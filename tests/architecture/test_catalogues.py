"""Every sentence of the house exists in English and French, with the same facts, and is set as a printer would set it."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast, visitor

from quartier_requests.register.columns import EVENTS, REQUESTS

ROOT = Path(__file__).parents[2]
FRENCH = sorted(path.relative_to(ROOT) for folder in ("services", "shared") for path in (ROOT / folder).rglob("locales/fr/*.ftl"))
"""Found, not listed: the catalogue of a new service is checked on its first day."""

SPOKEN_TO = "audience"
"""Whether the reader is the one who asked; one language may need that choice where the other does not."""


@dataclass
class Parts(visitor.Visitor):
    """The variables, the choices and the words of one message."""

    variables: set[str] = field(default_factory=set)
    choices: dict[str, set[str]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def visit_VariableReference(self, node: ast.VariableReference) -> None:
        self.variables.add(node.id.name)

    def visit_SelectExpression(self, node: ast.SelectExpression) -> None:
        assert isinstance(node.selector, ast.VariableReference)
        keys = {key.name if isinstance(key := variant.key, ast.Identifier) else key.value for variant in node.variants}
        self.choices.setdefault(node.selector.id.name, set()).update(keys)
        self.generic_visit(node)

    def visit_TextElement(self, node: ast.TextElement) -> None:
        self.words.append(node.value)


def messages(text: str) -> dict[str, Parts]:
    found: dict[str, Parts] = {}
    for entry in FluentParser().parse(text).body:
        assert not isinstance(entry, ast.Junk), entry.content
        if isinstance(entry, ast.Message):
            assert entry.id.name not in found, f"{entry.id.name} is said twice"
            found[entry.id.name] = Parts()
            found[entry.id.name].visit(entry)
    return found


def faults(lang: str, text: str) -> list[str]:
    """What is set wrongly in these words."""
    wrong = [("a straight apostrophe", r"'")]
    if lang == "fr":
        wrong += [("no narrow no-break space before ; ! ?", r"(^|[^\u202f])[;!?]"),
                  ("no no-break space before a colon", r"(^|[^\u00a0/]):(?!//)"),
                  ("no no-break spaces inside quotation marks", r"«[^\u00a0]|[^\u00a0]»")]
    return [fault for fault, pattern in wrong if re.search(pattern, text)]


def test_each_package_with_words_is_found() -> None:
    assert len({path.parents[2].name for path in FRENCH}) >= 6, "the kit and five services"


@pytest.mark.parametrize("path", FRENCH, ids=lambda path: f"{path.parents[2].name}-{path.stem}")
def test_both_languages_have_the_same_messages_variables_and_choices(path: Path) -> None:
    french_text = (ROOT / path).read_text()
    english, french = messages((ROOT / path.parents[1] / "en" / path.name).read_text()), messages(french_text)
    assert list(english) == list(french)
    for name, parts in english.items():
        assert parts.variables - {SPOKEN_TO} == french[name].variables - {SPOKEN_TO}, name
        for variable in parts.choices.keys() & french[name].choices.keys():
            assert parts.choices[variable] == french[name].choices[variable], f"{name}: ${variable}"


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("path", FRENCH, ids=lambda path: f"{path.parents[2].name}-{path.stem}")
def test_every_sentence_is_well_set(path: Path, lang: str) -> None:
    # The dots stand for the variable between two texts: a sign that follows one needs its space as well.
    said = messages((ROOT / path.parents[1] / lang / path.name).read_text())
    assert {name: found for name, parts in said.items() if (found := faults(lang, "…".join(parts.words)))} == {}


def test_no_english_catalogue_is_without_its_french_one() -> None:
    english = {path.relative_to(ROOT) for folder in ("services", "shared") for path in (ROOT / folder).rglob("locales/en/*.ftl")}
    assert {path.parents[1] / "fr" / path.name for path in english} == set(FRENCH)


def test_the_columns_of_the_registers_tables_are_well_set() -> None:
    assert {column.name: found for column in (*REQUESTS, *EVENTS) if (found := faults("fr", column.title_fr))} == {}


@pytest.mark.parametrize(("text", "fault"), [
    ("Pourquoi ?", "narrow"), ("Pourquoi?", "narrow"), ("Ceci\u00a0; cela", "narrow"), ("Bravo !", "narrow"), ("Fait : oui", "colon"),
    ("Fait: oui", "colon"), ("Fait\u202f: oui", "colon"), ("« oui »", "quotation"), ("«oui»", "quotation"), ("l'eau", "apostrophe")])
def test_what_french_does_not_allow_is_found(text: str, fault: str) -> None:
    assert [fault in found for found in faults("fr", text)] == [True]


def test_what_french_wants_passes() -> None:
    assert faults("fr", "Qu’est-ce\u202f? Voici\u00a0: «\u00a0oui\u00a0»\u202f; voir https://city.example/fr/\u202f!") == []
