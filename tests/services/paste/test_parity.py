"""What is known of the expectations of paste: exact answers, and upstream calls.

Refusals over missing grants (5) are not exact: they have a header that tells the grants. Nor are those of callers who
are suspended or not confirmed (2), and in 2026 files of one name (2).
"""

from __future__ import annotations

from typing import ClassVar

from tests.parity.recorded import Recorded, Walked

CALLS = {
    "GET /api/version": (0, 0),
    "GET /api/pastes": (1, 2),
    "GET /api/pastes/<sha>": (1, 1),
    "GET /api/blobs/<sha>": (1, 1),
    "POST /api/pastes": (1, 1),
    "DELETE /api/pastes/<sha>": (1, 1),
}
"""A full page of pastes takes two calls, for the files of each cost transactions of their own."""


class Test2024(Recorded):
    service, era = "paste", "2024"
    exact: ClassVar = {"reads": 66, "writes": 70}
    calls = CALLS


class Test2026(Recorded):
    service, era = "paste", "2026"
    exact: ClassVar = {"reads": 66, "writes": 68}
    calls = CALLS


class TestWalked2024(Walked):
    service, era = "paste", "2024"
    names = ("list", "pages", "start")
    exact: ClassVar = {"reads": 16}


class TestWalked2026(Walked):
    service, era = "paste", "2026"
    names = ("list", "pages", "start")
    exact: ClassVar = {"reads": 16}
