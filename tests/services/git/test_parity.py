"""What is known of git's recordings: exact answers, and upstream calls.

Refusals over missing grants (8 in each era) are not exact: they have a header that tells the grants.
"""

from __future__ import annotations

from tests.parity.figures import HOOKS_OF_USERS, ONE, TWO, Figures, each, hooks_below

FIGURES = Figures(
    "git",
    {
        **each(
            ONE,
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
        **HOOKS_OF_USERS,
        "GET /api/repos/<r>/odb/<oid>": (1, 2),
        "GET /api/repos/<r>/log": (1, 2),
        "GET /api/repos/<r>/tree/<ref>/<path:path>": (1, 3),
    },
    paged=(
        *("log", "lookup", "odb", "refdb", "refs", "repos-list", "tree"),
        *("artifacts-on-refs", "artifacts-on-upload"),
    ),
    unplayed=("push-deliveries",),
)
HOOKS = {"GET /api/<u>/repos/<r>/webhooks": TWO, **hooks_below("/api/<u>/repos/<r>")}

Test2024 = FIGURES.recorded("2024", {"reads": 933, "writes": 361, "webhooks": 139})
Test2026 = FIGURES.recorded("2026", {"reads": 956, "writes": 362, "webhooks": 160}, HOOKS)
TestWalked2024 = FIGURES.walked("2024", {"reads": 396, "writes": 27, "webhooks": 138})
TestWalked2026 = FIGURES.walked("2026", {"reads": 418, "writes": 28, "webhooks": 159})
