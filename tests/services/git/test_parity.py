"""What is known of git's recordings: exact answers, and upstream calls.

Refusals over missing grants (8 in each era) are not exact: they have a header that tells the grants.
"""

from __future__ import annotations

from typing import ClassVar

from tests.parity.recorded import Recorded, Walked

CALLS = {
    **dict.fromkeys(
        (
            "GET /api/user",
            "GET /api/user/<u>",
            "GET /api/repos",
            "GET /api/<u>/repos",
            "GET /api/repos/<r>",
            "GET /api/<u>/repos/<r>",
            "GET /api/repos/<r>/readme",
            "GET /api/<u>/repos/<r>/readme",
            "GET /api/repos/<r>/refdb/<path:name>",
            "GET /api/repos/<r>/lookup/<name>",
            "GET /api/repos/<r>/tree",
        ),
        (1, 1),
    ),
    "GET /api/repos/<r>/odb/<oid>": (1, 2),
    "GET /api/repos/<r>/log": (1, 2),
    "GET /api/user/webhooks": (1, 1),
    "POST /api/user/webhooks": (1, 1),
    "GET /api/user/webhooks/<id>": (1, 1),
    "DELETE /api/user/webhooks/<id>": (2, 2),
    "GET /api/user/webhooks/<id>/deliveries": (1, 1),
    "GET /api/user/webhooks/<id>/deliveries/<uuid>": (1, 1),
    "POST /api/user/webhooks/<id>/deliveries/<uuid>/redeliver": (1, 1),
    "GET /api/repos/<r>/tree/<ref>/<path:path>": (1, 3),
}
PAGED = ("log", "lookup", "odb", "refdb", "refs", "repos-list", "tree")


REPOSITORY = {
    "GET /api/<u>/repos/<r>/webhooks": (2, 2),
    "POST /api/<u>/repos/<r>/webhooks": (2, 2),
    "GET /api/<u>/repos/<r>/webhooks/<id>": (1, 1),
    "DELETE /api/<u>/repos/<r>/webhooks/<id>": (2, 2),
    "GET /api/<u>/repos/<r>/webhooks/<id>/deliveries": (1, 1),
}


class Test2024(Recorded):
    service, era = "git", "2024"
    exact: ClassVar = {"reads": 933, "writes": 361, "webhooks": 139}
    unplayed = ("push-deliveries",)
    calls = CALLS


class Test2026(Recorded):
    service, era = "git", "2026"
    exact: ClassVar = {"reads": 956, "writes": 362, "webhooks": 160}
    unplayed = ("push-deliveries",)
    calls: ClassVar = {**CALLS, **REPOSITORY}


class TestWalked2024(Walked):
    service, era = "git", "2024"
    names = PAGED
    unplayed = ("push-deliveries",)
    exact: ClassVar = {"reads": 396, "webhooks": 138}


class TestWalked2026(Walked):
    service, era = "git", "2026"
    names = PAGED
    unplayed = ("push-deliveries",)
    exact: ClassVar = {"reads": 418, "webhooks": 159}
