"""Finding a group by its id: GraphQL only tells of one where a job is told that belongs to it (builds G2).

The caller's jobs are walked, the newest first, and it is remembered for all processes where a group was found. What is
remembered is a hint: who may see the group is asked anew every time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from shim.rest.errors import Refusal
from shim.services.budget import Overdrawn
from shim.services.call import Call
from shim.upstream import LARGEST_INT

SPENT = "Job group lookup exceeded its budget"
RECENT, AT_ONCE = 250, 2500
"""How many jobs are looked at first, and then with every further request, where cursors can be made."""
Found = Mapping[str, Any] | None


def found(call: Call, group: int) -> Found:
    """A group of the caller's, None where there is none. Raises the 501 for one that may be too far down the list."""
    if group > LARGEST_INT:
        return None
    known = call.backend.notes.known(_place(call, group))
    if known is not None:
        seen, told = _of_job(call, known, group)
        if seen:
            return told
    member = _member(call, group)
    if member is None:
        return None
    remember(call, group, member)
    return _of_job(call, member, group)[1]


def remember(call: Call, group: int, job: int) -> None:
    """Remember a job that belongs to a group."""
    call.backend.notes.keep(_place(call, group), job)


def _of_job(call: Call, job: int, group: int) -> tuple[bool, Found]:
    """Whether a job shows that the group is there, and the group where it is the caller's."""
    result = call.fetch("GroupOfJob", n=job)
    told = call.intact(result, "job")["group"] if result.get("job") is not None or result.errors else None
    if told is None or told["id"] != group:
        return False, None
    return True, told if told["owner"]["name"] == call.intact(result, "me")["name"] else None


def _member(call: Call, group: int) -> int | None:
    """The newest of the caller's jobs that belongs to a group."""
    try:
        return next(
            (job["id"] for job in _jobs(call) if job["group"] is not None and job["group"]["id"] == group), None
        )
    except Overdrawn:
        raise Refusal(501, SPENT) from None


def _jobs(call: Call) -> Iterator[Mapping[str, Any]]:
    """The caller's jobs, newest first, as far as the budget for following lists allows. Raises Overdrawn."""
    cursor, most = call.sealed(RECENT), RECENT
    while True:
        rows, cursor = call.lister("GroupsOfJobs", "jobs", rows=call.most(most))(cursor)
        yield from rows
        if cursor is None:
            return
        cursor, most = call.continued(cursor, AT_ONCE), AT_ONCE


def _place(call: Call, group: int) -> str:
    named = f"{call.backend.upstream.origin} group {group}"
    return hashlib.sha256(named.encode("utf-8")).hexdigest()
