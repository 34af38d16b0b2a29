"""What is known of the recordings of lists: exact answers, and upstream calls.

Refusals over missing grants are not exact: they have a header that tells the grants. Nor are deliveries, for what made
them is not recorded.
"""

from __future__ import annotations

from typing import ClassVar

from tests.parity.recorded import Recorded, Walked

ONE, TWO = (1, 1), (2, 2)
CALLS = {
    **dict.fromkeys(
        (
            "GET /api/user",
            "GET /api/lists",
            "GET /api/lists/<l>",
            "GET /api/user/<u>/lists/<l>",
            "GET /api/lists/<l>/patchsets/<p>",
            "GET /api/user/<u>/lists/<l>/patchsets/<p>",
            "GET /api/subscriptions/<s>",
            "GET /api/user/webhooks",
            "POST /api/user/webhooks",
        ),
        ONE,
    ),
    **dict.fromkeys(
        (
            "POST /api/lists",
            "PUT /api/lists/<l>",
            "DELETE /api/lists/<l>",
            "POST /api/subscriptions",
            "DELETE /api/subscriptions/<s>",
            "PUT /api/lists/<l>/patchsets/<p>",
            "PUT /api/lists/<l>/patchsets/<p>/tools",
            "PUT /api/user/<u>/lists/<l>/patchsets/<p>/tools",
            "DELETE /api/user/webhooks/<id>",
            "DELETE /api/user/<u>/lists/<l>/webhooks/<id>",
        ),
        TWO,
    ),
    "GET /api/version": (0, 0),
    "GET /api/user/<u>/lists": (1, 2),
    "GET /api/lists/<l>/patchsets": (1, 2),
    "GET /api/user/<u>/lists/<l>/patchsets": (1, 2),
    "GET /api/subscriptions": (1, 2),
    "GET /api/lists/<l>/patchsets/<p>/patches": (1, 5),
    "GET /api/user/<u>/lists/<l>/patchsets/<p>/patches": (2, 3),
    "GET /api/lists/<l>/posts": (1, 5),
    "GET /api/user/<u>/lists/<l>/posts": (1, 6),
    "GET /api/emails": (1, 4),
    "GET /api/user/<u>/emails": (1, 8),
    "GET /api/emails/<e>": (2, 4),
    "GET /api/thread/<e>": (3, 5),
    "POST /api/user/<u>/lists/<l>/webhooks": (2, 3),
}
"""A later page of posts or patchsets needs the keys before the rows; a mail its envelope, and a root its thread; what
somebody has sent the lists of all that is not hidden, where some is. An address is first compared with the caller's.
"""
BY_LIST = {"GET /api/emails/<e>": (2, 5), "GET /api/thread/<e>": (3, 6)}
"""In 2026 a Message-ID is looked for on the caller's lists."""
PAGED = ("emails", "lists", "patches", "patchsets", "posts", "search", "subscriptions", "threads")


class Test2024(Recorded):
    service, era = "lists", "2024"
    exact: ClassVar = {"reads": 616, "writes": 282, "webhooks": 126}
    calls = CALLS


class Test2026(Recorded):
    service, era = "lists", "2026"
    exact: ClassVar = {"reads": 616, "writes": 282, "webhooks": 128}
    calls: ClassVar = {**CALLS, **BY_LIST}


class TestWalked2024(Walked):
    service, era = "lists", "2024"
    names = PAGED
    exact: ClassVar = {"reads": 281, "webhooks": 126}


class TestWalked2026(Walked):
    service, era = "lists", "2026"
    names = PAGED
    exact: ClassVar = {"reads": 281, "webhooks": 128}
