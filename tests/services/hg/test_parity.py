"""What is known of hg's recordings: exact answers, and upstream calls.

Refusals over missing grants (6 in each era) are not exact: they have a header that tells the grants. One read and one
write are not any more, since an id that no column holds crashes as git's did.
"""

from __future__ import annotations

from typing import ClassVar

from tests.parity.recorded import Recorded

CALLS = dict.fromkeys(
    (
        "GET /api/user",
        "GET /api/user/<u>",
        "GET /api/repos",
        "GET /api/<u>/repos",
        "GET /api/repos/<r>",
        "GET /api/<u>/repos/<r>",
        "GET /api/repos/<r>/readme",
        "GET /api/<u>/repos/<r>/readme",
        "GET /api/repos/<r>/raw/<path:path>",
        "POST /api/repos",
    ),
    (1, 1),
)


class Test2024(Recorded):
    service, era = "hg", "2024"
    exact: ClassVar = {"reads": 250, "writes": 142}
    calls = CALLS


class Test2026(Recorded):
    service, era = "hg", "2026"
    exact: ClassVar = {"reads": 250, "writes": 142}
    calls = CALLS
