"""The keys of the recorded data sets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[2] / "fixtures"


def rows(root: str, kind: str) -> list[dict[str, Any]]:
    """The rows of a kind in the data set of meta.sr.ht below a root."""
    text = (FIXTURES / root / "meta" / "data" / "dataset.json").read_text("utf-8")
    return json.loads(text)[kind]  # type: ignore[no-any-return]
