"""Rows as CSV that no spreadsheet runs as formulas, and as JSON Lines that say the same."""

import csv
import io
import json
from collections.abc import Sequence

from quartier_requests.register.columns import Column, Row, Value

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "'")
"""How a cell begins that a spreadsheet may take for a formula (OWASP, CSV injection); the apostrophe, so that it can be undone."""


def csv_head(columns: Sequence[Column]) -> str:
    """The first line."""
    return _line([column.name for column in columns])


def csv_row(columns: Sequence[Column], row: Row) -> str:
    """One line; what is not there is an empty cell."""
    return _line([_cell(column.read(row)) for column in columns])


def json_row(columns: Sequence[Column], row: Row) -> str:
    """One line with the same values; what is not there is null."""
    return json.dumps({column.name: column.read(row) for column in columns}, ensure_ascii=False, separators=(",", ":")) + "\n"


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "|".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
