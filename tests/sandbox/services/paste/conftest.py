"""The sandbox's paste.sr.ht: of 2024 on the derived data set, of 2026 on the recorded one."""

from __future__ import annotations

from ...conftest import ROOT, untouched

paste = untouched("paste", "2024")
paste2026 = untouched("paste", "2026", ROOT / "era2026")
