"""Every word of the pages' frame and components comes from the catalogues, and none of those is left over."""

import re
from pathlib import Path

from fluent.syntax import FluentParser, ast

PORTAL = Path(__file__).parents[2] / "services/portal/quartier_portal"
TEMPLATES = sorted((PORTAL / "templates").rglob("*.html"))


def messages(catalogue: str) -> set[str]:
    resource = FluentParser().parse((PORTAL / f"locales/en/{catalogue}").read_text())
    return {entry.id.name for entry in resource.body if isinstance(entry, ast.Message)}


def test_every_message_of_the_frame_is_used() -> None:
    source = "".join(template.read_text() for template in TEMPLATES)
    asked = set(re.findall(r"\bt\('([\w-]+)'", source))
    computed = {"language-en", "language-fr", "badge-public", "badge-internal", "gallery-title",
                "verdict-met", "verdict-partly", "verdict-not", "verdict-unknown"}
    named = set(re.findall(r'"(nav-[\w-]+)"', source))
    assert messages("shell.ftl") | messages("gallery.ftl") <= asked | computed | named


def test_no_template_says_a_word_of_its_own() -> None:
    """What stands between tags is a message, a class or an attribute; R-2027-0042 and names of formats are the same in every language."""
    for template in TEMPLATES:
        bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", template.read_text(), flags=re.S)
        between = " ".join(re.findall(r">([^<>]*)<", bare))
        words = re.sub(r"R-\d{4}-\d{4}|CSV|JSON Lines|JSON-LD|JSON|Atom|DCAT|qtr-[a-z-]+|[a-z-]+=\"[^\"]*\"", "", between)
        assert not re.findall(r"[^\W\d_]{2,}", words), template.name
