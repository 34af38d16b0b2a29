"""hg.sr.ht of either era over the derived data set."""

from __future__ import annotations

from ...conftest import untouched

hg = untouched("hg", "2024")
hg2026 = untouched("hg", "2026")
