"""The forms of a request's acts, made from what the requests service says is possible, and what an officer typed into one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quartier import i18n, ids
from quartier.problems import Problem
from quartier_portal.visit import Visit


@dataclass
class Typed:
    """One act as it came from the desk."""

    event: str
    version: str
    key: str
    do: str
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    refused: str | None = None

    @classmethod
    def read(cls, event: str, form: Mapping[str, object]) -> "Typed":
        """From the browser's form; fields of texts come as `name.en` and `name.fr`, links one a line."""
        values = {name: value for name, value in form.items() if isinstance(value, str)}
        version, key, do = (values.pop(name, "") for name in ("version", "key", "do"))
        return cls(event, version, key or str(ids.new_id()), do, values)

    @property
    def is_final(self) -> bool:
        """The officer has seen what will be read, and does it."""
        return self.do == "act"

    @property
    def is_unfinished(self) -> bool:
        """The officer goes back to change something."""
        return self.do == "change"

    def refuse(self, problem: Problem) -> None:
        """Keep what the requests service says no with, at the fields that it names."""
        self.refused = problem.detail
        self.errors = {error.pointer.split("/")[1]: error.detail for error in problem.errors if error.pointer.startswith("/")}

    @property
    def body(self) -> dict[str, Any]:
        """The act for the requests service; what was left empty is left out."""
        body: dict[str, Any] = {"event": self.event}
        for name, value in self.values.items():
            text = value.strip()
            if not text:
                continue
            if name == "links":
                body[name] = text.split()
            elif "." in name:
                part, lang = name.split(".", 1)
                body.setdefault(part, {})[lang] = text
            else:
                body[name] = text
        return body


def fields_of(visit: Visit, act: dict[str, Any], typed: Typed | None) -> list[dict[str, Any]]:
    """The inputs of an act's form, with what was typed and what was wrong; a text in two languages has two."""
    inputs = []
    for described in act["fields"]:
        name, wrong = described["name"], typed.errors.get(described["name"]) if typed else None
        names = [f"{name}.{lang}" for lang in i18n.LANGUAGES] if described["kind"] == "texts" else [name]
        choices = [("", visit.t("desk-choose")), *((one, visit.t(f"{name}-{one}")) for one in described["choices"])]
        for one in names:
            is_first, label = one == names[0], visit.t(f"field-{one.replace('.', '-')}")
            inputs.append({
                "name": one, "kind": described["kind"], "label": label, "choices": choices,
                "badge": described["read_by"], "optional": not described["is_required"] or not is_first,
                "error": wrong if is_first else None, "maxlength": described["longest"] or 300,
                "value": typed.values.get(one, "") if typed else "", "error_pair": (one, f"{label} – {wrong}")})
    return inputs
