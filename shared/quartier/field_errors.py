"""What is wrong with a field, in the reader's language: people meet these sentences beside the fields of a form.

A catalogue has a message `field-<type>` for a Pydantic error type: the kit's for the common ones, a service's for its own. What no
catalogue knows is said in Pydantic's English, for developers.
"""

from typing import Any

from pydantic import ValidationError

from quartier.i18n import translator


def sentence(error: dict[str, Any], lang: str, *packages: str) -> str:
    """The sentence for one of Pydantic's errors, from the catalogues of these packages."""
    say, message = translator(*packages), f"field-{error['type']}"
    if not say.has(message):
        return str(error["msg"]).removeprefix("Value error, ")
    plain = {name: value for name, value in error.get("ctx", {}).items() if isinstance(value, int | str)}
    return say(lang, message, **plain)


def faults(error: ValidationError) -> str:
    """Where data miss their shape and how, for operators: never the value, which may be somebody's."""
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()[:5])
