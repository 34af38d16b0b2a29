"""What is known of todo's recordings: exact answers, and upstream calls.

Refusals over missing grants (6 in each era) are not exact: they have a header that tells the grants.
"""

from __future__ import annotations

from typing import ClassVar

from tests.parity.recorded import Recorded, Walked

CALLS = {
    **dict.fromkeys(
        (
            "GET /api/trackers",
            "GET /api/user/<u>/trackers",
            "GET /api/trackers/<t>",
            "GET /api/user/<u>/trackers/<t>",
            "GET /api/trackers/<t>/labels",
            "GET /api/trackers/<t>/tickets/<int:n>",
        ),
        (1, 1),
    ),
    "GET /api/trackers/<t>/tickets": (1, 2),
    "GET /api/user/<u>/trackers/<t>/tickets": (1, 2),
    "GET /api/trackers/<t>/tickets/<int:n>/events": (1, 3),
    "PUT /api/trackers/<t>": (2, 2),
    "GET /api/user/webhooks": (1, 1),
    "POST /api/user/webhooks": (1, 1),
    "GET /api/user/webhooks/<id>": (1, 1),
    "DELETE /api/user/webhooks/<id>": (2, 2),
    "GET /api/user/webhooks/<id>/deliveries": (1, 1),
    "GET /api/user/webhooks/<id>/deliveries/<uuid>": (1, 1),
    "POST /api/user/webhooks/<id>/deliveries/<uuid>/redeliver": (1, 1),
    "GET /api/user/<u>/trackers/<t>/webhooks": (1, 1),
    "GET /api/user/<u>/trackers/<t>/tickets/<int:n>/webhooks": (1, 1),
    "DELETE /api/trackers/<t>": (2, 2),
    "POST /api/trackers/<t>/tickets": (2, 3),
    "PUT /api/trackers/<t>/tickets/<int:n>": (1, 3),
}
"""A page with a hidden mention is asked for again, and then the mentions beside it that are not hidden; who wrote
what was written in another's name is read afterwards; and labels and a comment go in requests of their own.
"""
OF_SERVERS = {
    f"{method} /api/user/<u>/trackers/<t>{parent}/webhooks{rest}": calls
    for parent in ("", "/tickets/<int:n>")
    for method, rest, calls in (
        ("POST", "", (2, 2)),
        ("GET", "/<id>", (1, 1)),
        ("DELETE", "/<id>", (2, 2)),
        ("GET", "/<id>/deliveries", (1, 1)),
    )
}
PAGED = ("events", "labels", "tickets", "trackers")


class Test2024(Recorded):
    service, era = "todo", "2024"
    exact: ClassVar = {"reads": 422, "writes": 313, "webhooks": 215}
    calls = CALLS


class Test2026(Recorded):
    """Two writes less than while the sandbox made events of mentions in new tickets."""

    service, era = "todo", "2026"
    exact: ClassVar = {"reads": 422, "writes": 311, "webhooks": 231}
    calls: ClassVar = {**CALLS, **OF_SERVERS}


class TestWalked2024(Walked):
    service, era = "todo", "2024"
    names = PAGED
    exact: ClassVar = {"reads": 165, "webhooks": 215}


class TestWalked2026(Walked):
    service, era = "todo", "2026"
    names = PAGED
    exact: ClassVar = {"reads": 165, "webhooks": 231}
