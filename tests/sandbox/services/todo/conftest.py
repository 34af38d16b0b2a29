"""todo.sr.ht of either era over its own data set."""

from __future__ import annotations

from ...conftest import ROOT, untouched

todo = untouched("todo", "2024")
todo2026 = untouched("todo", "2026", ROOT / "era2026")
