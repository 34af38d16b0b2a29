"""What is known of the recordings of meta: exact answers, and upstream calls."""

from __future__ import annotations

from tests.parity.figures import HOOKS_OF_USERS, ONE, Figures, each

CALLS = {
    **each(
        ONE,
        "GET /api/user/profile",
        "PUT /api/user/profile",
        "GET /api/user/audit-log",
        "GET /api/user/ssh-keys",
        "POST /api/user/ssh-keys",
        "GET /api/user/ssh-keys/<int:n>",
        "PUT /api/user/ssh-keys/<int:n>",
        "DELETE /api/user/ssh-keys/<int:n>",
        "GET /api/user/pgp-keys",
        "POST /api/user/pgp-keys",
        "GET /api/user/pgp-keys/<int:n>",
        "DELETE /api/user/pgp-keys/<int:n>",
        "GET /api/ssh-key/<path:key>",
        "GET /api/pgp-key/<path:key>",
    ),
    **HOOKS_OF_USERS,
    "GET /api/version": (0, 0),
}
PAGED = (
    *("audit_log", "ssh_keys", "pgp_keys", "auth"),
    *("ssh_create", "ssh_create_errors", "ssh_delete_put", "pgp_create", "pgp_delete"),
)

_figures = Figures("meta", CALLS, paged=PAGED)
Test2024 = _figures.recorded("2024", {"reads": 409, "writes": 282, "webhooks": 16})
Test2026 = _figures.recorded("2026", {"reads": 397, "writes": 245, "webhooks": 16})
TestWalked2024 = _figures.walked("2024", {"reads": 182, "writes": 96, "webhooks": 16})
TestWalked2026 = _figures.walked("2026", {"reads": 177, "writes": 75, "webhooks": 16})
