"""What is known of the recordings of builds: exact answers, and upstream calls."""

from __future__ import annotations

from typing import ClassVar

from tests.parity.recorded import Recorded, Walked

ONE = (1, 1)
CALLS = {
    **dict.fromkeys(
        (
            "GET /api/jobs",
            "POST /api/jobs",
            "GET /api/jobs/<int:n>",
            "GET /api/jobs/<int:n>/artifacts",
            "GET /api/jobs/<int:n>/manifest",
            "POST /api/jobs/<int:n>/start",
            "POST /api/job-group",
        ),
        ONE,
    ),
    "POST /api/jobs/<int:n>/cancel": (1, 2),
    "GET /api/job-group/<int:g>": (1, 2),
    "POST /api/job-group/<int:g>/start": (1, 3),
    "POST /api/job-group/<int:g>/cancel": (1, 3),
}
"""A group is found in two calls, and in one where it is known by which job; what was not cancelled is asked about."""


class Test2024(Recorded):
    service, era = "builds", "2024"
    exact: ClassVar = {"reads": 308, "writes": 360, "webhooks": 7}
    calls = CALLS


class Test2026(Recorded):
    service, era = "builds", "2026"
    exact: ClassVar = {"reads": 308, "writes": 322, "webhooks": 7}
    calls = CALLS


class TestWalked2024(Walked):
    service, era = "builds", "2024"
    names = ("groups", "jobs_list", "group_create", "group_start", "group_cancel")
    exact: ClassVar = {"reads": 66, "writes": 37}


class TestWalked2026(Walked):
    service, era = "builds", "2026"
    names = ("groups", "jobs_list", "group_create", "group_start", "group_cancel")
    exact: ClassVar = {"reads": 66, "writes": 37}
