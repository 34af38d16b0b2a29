"""lists.sr.ht of either era over its own data set."""

from __future__ import annotations

from ...conftest import ROOT, untouched

lists = untouched("lists", "2024")
lists2026 = untouched("lists", "2026", ROOT / "era2026")
