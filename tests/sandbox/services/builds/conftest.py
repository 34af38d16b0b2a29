"""builds.sr.ht of either era over its own data set."""

from __future__ import annotations

from ...conftest import ROOT, untouched

builds = untouched("builds", "2024")
builds2026 = untouched("builds", "2026", ROOT / "era2026")
