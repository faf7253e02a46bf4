"""Every word of the pages' frame and components comes from the catalogues, the same in both languages and well set."""

import re
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast, visitor

PORTAL = Path(__file__).parents[2] / "services/portal/quartier_portal"
TEMPLATES = sorted((PORTAL / "templates").rglob("*.html"))
CATALOGUES = ["shell.ftl", "gallery.ftl"]


class Parts(visitor.Visitor):
    """The variables, the choices and the words of one message."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.choices: set[str] = set()
        self.words: list[str] = []

    def visit_VariableReference(self, node: ast.VariableReference) -> None:
        self.variables.add(node.id.name)

    def visit_SelectExpression(self, node: ast.SelectExpression) -> None:
        self.choices |= {getattr(variant.key, "name", None) or variant.key.value for variant in node.variants}
        self.generic_visit(node)

    def visit_TextElement(self, node: ast.TextElement) -> None:
        self.words.append(node.value)


def messages(lang: str, catalogue: str) -> dict[str, Parts]:
    resource = FluentParser().parse((PORTAL / f"locales/{lang}/{catalogue}").read_text())
    found: dict[str, Parts] = {}
    for entry in resource.body:
        assert not isinstance(entry, ast.Junk), f"{lang}/{catalogue}: {entry.content}"
        if isinstance(entry, ast.Message):
            assert entry.id.name not in found, f"{lang}/{catalogue} says {entry.id.name} twice"
            found[entry.id.name] = Parts()
            found[entry.id.name].visit(entry)
    return found


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_both_languages_have_the_same_messages_variables_and_choices(catalogue: str) -> None:
    english, french = messages("en", catalogue), messages("fr", catalogue)
    assert list(english) == list(french)
    for name in english:
        assert (english[name].variables, english[name].choices) == (french[name].variables, french[name].choices), name


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_french_spaces_stand_where_french_wants_them(catalogue: str) -> None:
    for name, parts in messages("fr", catalogue).items():
        text = " ".join(parts.words)
        assert not re.search(r"[^\u202f]([;!?])", text), f"{name}: a narrow no-break space belongs before ; ! ?"
        assert not re.search(r"[^\u00a0:/]:(?!//)", text), f"{name}: a no-break space belongs before a colon"
        assert not re.search(r"«[^\u00a0]|[^\u00a0]»", text), f"{name}: no-break spaces belong inside quotes"
        assert "'" not in text, f"{name}: a straight apostrophe"


def test_every_message_of_the_frame_is_used() -> None:
    source = "".join(template.read_text() for template in TEMPLATES)
    asked = set(re.findall(r"\bt\('([\w-]+)'", source))
    computed = {"language-en", "language-fr", "badge-public", "badge-internal", "gallery-title",
                "verdict-met", "verdict-partly", "verdict-not", "verdict-unknown"}
    named = set(re.findall(r'"(nav-[\w-]+)"', source))
    assert set(messages("en", "shell.ftl")) | set(messages("en", "gallery.ftl")) <= asked | computed | named


def test_no_template_says_a_word_of_its_own() -> None:
    """What stands between tags is a message, a class or an attribute; R-2027-0042 and names of formats are the same in every language."""
    for template in TEMPLATES:
        bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", template.read_text(), flags=re.S)
        between = " ".join(re.findall(r">([^<>]*)<", bare))
        words = re.sub(r"R-\d{4}-\d{4}|CSV|JSON Lines|JSON-LD|JSON|Atom|DCAT|qtr-[a-z-]+|[a-z-]+=\"[^\"]*\"", "", between)
        assert not re.findall(r"[^\W\d_]{2,}", words), template.name
