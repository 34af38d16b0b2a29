"""What is known of hg's recordings: exact answers, and upstream calls.

Refusals over missing grants (6 in each era) are not exact: they have a header that tells the grants. One read and one
write are not any more, since an id that no column holds crashes as git's did.
"""

from __future__ import annotations

from tests.parity.figures import ONE, Figures, each

FIGURES = Figures(
    "hg",
    each(
        ONE,
        "GET /api/user",
        "GET /api/user/<u>",
        "GET /api/repos",
        "GET /api/<u>/repos",
        "GET /api/repos/<r>",
        "GET /api/<u>/repos/<r>",
        "GET /api/repos/<r>/readme",
        "GET /api/<u>/repos/<r>/readme",
        "GET /api/repos/<r>/raw/<path:path>",
        "POST /api/repos",
    ),
)

Test2024 = FIGURES.recorded("2024", {"reads": 250, "writes": 142})
Test2026 = FIGURES.recorded("2026", {"reads": 250, "writes": 142})
