"""Usage as CSV (RFC 4180), which people open in spreadsheets: callers choose their names and their programs'."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def sheet(columns: Sequence[str], rows: Iterable[Iterable[Any]], end: str = "\r\n") -> str:
    """Rows below the names of their columns; `end` is that of a line."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator=end, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(columns)
    writer.writerows(map(_harmless, row) for row in rows)
    return written.getvalue()


def _harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: texts that look like one begin with an apostrophe."""
    if isinstance(cell, int | float):
        return cell
    text = ", ".join(map(str, cell)) if isinstance(cell, list | tuple) else str("" if cell is None else cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
