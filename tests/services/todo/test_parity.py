"""What is known of todo's recordings: exact answers, and upstream calls.

Refusals over missing grants (6 in each era) are not exact: they have a header that tells the grants.
"""

from __future__ import annotations

from tests.parity.figures import HOOKS_OF_USERS, ONE, TWO, Figures, each, hooks_below

TRACKER = "/api/user/<u>/trackers/<t>"
TICKET = f"{TRACKER}/tickets/<int:n>"
FIGURES = Figures(
    "todo",
    {
        **each(
            ONE,
            "GET /api/trackers",
            "GET /api/user/<u>/trackers",
            "GET /api/trackers/<t>",
            f"GET {TRACKER}",
            "GET /api/trackers/<t>/labels",
            "GET /api/trackers/<t>/tickets/<int:n>",
            f"GET {TRACKER}/webhooks",
            f"GET {TICKET}/webhooks",
        ),
        **each(TWO, "PUT /api/trackers/<t>", "DELETE /api/trackers/<t>"),
        **HOOKS_OF_USERS,
        "GET /api/trackers/<t>/tickets": (1, 2),
        f"GET {TRACKER}/tickets": (1, 2),
        "GET /api/trackers/<t>/tickets/<int:n>/events": (1, 3),
        "POST /api/trackers/<t>/tickets": (2, 3),
        "PUT /api/trackers/<t>/tickets/<int:n>": (1, 3),
    },
    paged=("events", "labels", "tickets", "trackers"),
)
"""A page with a hidden mention is asked for again, and then the mentions beside it that are not hidden; who wrote
what was written in another's name is read afterwards; and labels and a comment go in requests of their own.
"""

Test2024 = FIGURES.recorded("2024", {"reads": 422, "writes": 313, "webhooks": 215})
Test2026 = FIGURES.recorded(
    "2026", {"reads": 422, "writes": 311, "webhooks": 231}, {**hooks_below(TRACKER), **hooks_below(TICKET)}
)
"""Two writes less than while the sandbox made events of mentions in new tickets."""
TestWalked2024 = FIGURES.walked("2024", {"reads": 165, "webhooks": 215})
TestWalked2026 = FIGURES.walked("2026", {"reads": 165, "webhooks": 231})
