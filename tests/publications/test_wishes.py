"""The wish tables of the Paris scenario, from the versions that were published in it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from quartier.contracts.wishes import Coverage, Wish, compare

SCENARIO = Path(__file__).parents[3] / "shared" / "data" / "requests" / "paris-2017.json"


@pytest.fixture(scope="module")
def paris() -> dict[str, Any]:
    """The golden scenario, which lies beside the repository."""
    if not SCENARIO.exists():
        reason = f"the golden scenario is not beside the repository ({SCENARIO.name})"
        pytest.fail(reason, pytrace=False) if os.environ.get("CI") == "true" else pytest.skip(reason)
    found: dict[str, Any] = json.loads(SCENARIO.read_text())
    return found


@pytest.mark.parametrize("request_id", ["S03", "S07"])
def test_the_wish_tables_of_the_scenario_are_computed_from_its_versions(paris: dict[str, Any], request_id: str) -> None:
    asked = next(one for one in paris["requests"] if one["id"] == request_id)
    wishes = [Wish.model_validate(wish) for wish in asked["wishes"]]
    versions = [line for line in paris["script"] if line["command"] == "publish_dataset" and request_id in line["requests"]]
    tables = [{"dataset": line["dataset"], "version": line["version"], "cells": [
        {"property": cell.property.value, "wanted": cell.wanted, "result": cell.verdict.value}
        for cell in compare(wishes, Coverage.model_validate(line["coverage"]))]} for line in versions]
    assert tables == paris["expected"]["wish_matrices"][request_id]
