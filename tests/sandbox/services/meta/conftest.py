"""meta.sr.ht of either era over its own data set."""

from __future__ import annotations

from ...conftest import ROOT, untouched

meta = untouched("meta", "2024")
meta2026 = untouched("meta", "2026", ROOT / "era2026")
