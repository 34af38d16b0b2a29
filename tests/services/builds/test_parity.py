"""What is known of the recordings of builds: exact answers, and upstream calls."""

from __future__ import annotations

from tests.parity.figures import ONE, Figures, each

FIGURES = Figures(
    "builds",
    {
        **each(
            ONE,
            "GET /api/jobs",
            "POST /api/jobs",
            "GET /api/jobs/<int:n>",
            "GET /api/jobs/<int:n>/artifacts",
            "GET /api/jobs/<int:n>/manifest",
            "POST /api/jobs/<int:n>/start",
            "POST /api/job-group",
        ),
        "POST /api/jobs/<int:n>/cancel": (1, 2),
        "GET /api/job-group/<int:g>": (1, 2),
        "POST /api/job-group/<int:g>/start": (1, 3),
        "POST /api/job-group/<int:g>/cancel": (1, 3),
    },
    paged=("groups", "jobs_list", "group_create", "group_start", "group_cancel"),
)
"""A group is found in two calls, and in one where it is known by which job; what was not cancelled is asked about."""

Test2024 = FIGURES.recorded("2024", {"reads": 308, "writes": 360, "webhooks": 7})
Test2026 = FIGURES.recorded("2026", {"reads": 308, "writes": 322, "webhooks": 7})
TestWalked2024 = FIGURES.walked("2024", {"reads": 66, "writes": 37, "webhooks": 7})
TestWalked2026 = FIGURES.walked("2026", {"reads": 66, "writes": 37, "webhooks": 7})
