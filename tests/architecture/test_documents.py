"""What is committed as reference is what the code says."""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _documents():
    spec = importlib.util.spec_from_file_location("quartier_tests_documents", ROOT / "tests" / "documents.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_committed_reference_is_what_the_code_says():
    module = _documents()
    stale = [str(place) for place, content in module.documents().items()
             if not (module.REFERENCE / place).exists() or (module.REFERENCE / place).read_text() != content]
    assert not stale, f"run `make documents`: {stale}"


def test_nothing_is_committed_as_generated_that_the_code_no_longer_makes():
    module = _documents()
    made = set(module.documents())
    folders = [module.REFERENCE / folder for folder in ("openapi", "schemas")]
    committed = {path.relative_to(module.REFERENCE) for folder in folders for path in folder.glob("*.json")}
    assert committed <= made


def test_every_operation_has_a_verb_a_noun_and_a_text_that_a_clerk_can_read():
    from quartier.probes import openapi_of
    from quartier.service import installed

    for service in installed():
        for path, operations in openapi_of(service)["paths"].items():
            for method, operation in operations.items():
                assert "_" in operation["operationId"], f"{method} {path}"
                assert operation.get("description"), f"{method} {path} has no docstring"
                assert ("x-action" in operation) != ("x-public" in operation), f"{method} {path}"


def test_every_event_is_described_and_its_topic_belongs_to_a_service():
    from quartier.events import registry
    from quartier.service import installed

    services = {f"quartier.{service.name}" for service in installed()}
    for cls in registry().values():
        assert (cls.__doc__ or "").strip().endswith("."), cls
        assert set(cls.event_topics) <= services, cls
