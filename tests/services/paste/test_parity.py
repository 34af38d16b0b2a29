"""What is known of the expectations of paste: exact answers, and upstream calls.

Refusals over missing grants (5) are not exact: they have a header that tells the grants. Nor are those of callers who
are suspended or not confirmed (2), and in 2026 files of one name (2).
"""

from __future__ import annotations

from tests.parity.figures import ONE, Figures, each

FIGURES = Figures(
    "paste",
    {
        **each(
            ONE,
            "GET /api/pastes/<sha>",
            "GET /api/blobs/<sha>",
            "POST /api/pastes",
            "DELETE /api/pastes/<sha>",
        ),
        "GET /api/version": (0, 0),
        "GET /api/pastes": (1, 2),
    },
    paged=("list", "pages", "start"),
)
"""A full page of pastes takes two calls, for the files of each cost transactions of their own."""

Test2024 = FIGURES.recorded("2024", {"reads": 66, "writes": 70})
Test2026 = FIGURES.recorded("2026", {"reads": 66, "writes": 68})
TestWalked2024 = FIGURES.walked("2024", {"reads": 16})
TestWalked2026 = FIGURES.walked("2026", {"reads": 16})
