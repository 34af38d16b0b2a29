"""What is known of the recordings of lists: exact answers, and upstream calls.

Refusals over missing grants are not exact: they have a header that tells the grants. Nor are deliveries, for what made
them is not recorded.
"""

from __future__ import annotations

from tests.parity.figures import ONE, TWO, Figures, each

CALLS = {
    **each(
        ONE,
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
    **each(
        TWO,
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
PAGED = ("emails", "list-create", "lists", "patches", "patchsets", "posts", "search", "subscriptions", "threads")
FIGURES = Figures("lists", CALLS, paged=PAGED)

Test2024 = FIGURES.recorded("2024", {"reads": 616, "writes": 282, "webhooks": 126})
Test2026 = FIGURES.recorded("2026", {"reads": 616, "writes": 282, "webhooks": 128}, BY_LIST)
TestWalked2024 = FIGURES.walked("2024", {"reads": 281, "writes": 48, "webhooks": 126})
TestWalked2026 = FIGURES.walked("2026", {"reads": 281, "writes": 48, "webhooks": 128})
