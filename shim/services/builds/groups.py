"""/api/job-group: groups of jobs (builds E8 to E11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException

from shim.rest import json
from shim.rest.body import optional, required
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Refusal
from shim.services.answers import Lost
from shim.services.budget import TOO_MANY
from shim.services.builds.members import Found, found, remember
from shim.services.builds.resources import ChangedGroup, Group
from shim.services.builds.running import OF_THE_JOB
from shim.services.builds.told import by_id
from shim.services.builds.triggers import triggers_of
from shim.services.call import Call
from shim.services.users import caller
from shim.upstream import LARGEST_INT, Kind

groups = Endpoints()
_group = Group()
NO_JOB_IDS = "Expected jobs to be an array of integers (job IDs)"
NO_TRIGGERS = "Expected triggers to be an array of triggers"
BEYOND = "internal system error"
BEYOND_64 = "cannot use string as Int"
UNFIT = (
    "Invalid list of job IDs. All jobs must be owned by you, not assigned to another job group,"
    " and in the pending state."
)
_UNFIT = "invalid list of job ids"
_UNQUEUED = "failed to submit some jobs"
MOST_AT_ONCE = 60
"""How many jobs are started or cancelled in one request: each costs 3 of the 200 points that one may have."""
MOST_REQUESTS = 3
"""How many such requests one call makes at most; fewer where finding the group took more of its budget."""
ONE = "/api/job-group/<int:g>"
Row = Mapping[str, Any]


@groups.post(
    "/api/job-group",
    scope="jobs:write",
    operation=("Me", "CreateGroup"),
    fields=(required("jobs", None),),
    resource=Group,
    examples={"body": {"jobs": [4104, 4105], "note": "Nightly"}, "jobIds": [4104, 4105], "execute": False},
)
def create(call: Call) -> Response:
    """A new group of pending jobs, which wait unless `execute` is true."""
    given = _given(call)
    owner = caller(call, "Me", "me")
    made = by_id(_made(call, given))
    if made["jobs"]:
        remember(call, made["id"], made["jobs"][0]["id"])
    return json.answer(_group.dump({**made, "owner": owner}))


@groups.get(ONE, scope="jobs:read", operation=("GroupsOfJobs", "GroupOfJob"), resource=Group)
def show(call: Call, g: int) -> Response:
    """One of the caller's groups, found by a job that is in it (builds G2)."""
    return _answer(found(call, g))


@groups.post(
    f"{ONE}/start", scope="jobs:write", operation=("GroupsOfJobs", "GroupOfJob", "StartJobs"), resource=ChangedGroup
)
def start(call: Call, g: int) -> Response:
    """Queue the jobs of a group that are pending (builds G12)."""
    return _answer(_changed(call, found(call, g), "StartJobs", "start", "PENDING"))


@groups.post(
    f"{ONE}/cancel", scope="jobs:write", operation=("GroupsOfJobs", "GroupOfJob", "CancelJobs"), resource=ChangedGroup
)
def cancel(call: Call, g: int) -> Response:
    """End the jobs of a group that run, and leave the others as they are (builds G12)."""
    return _answer(_changed(call, found(call, g), "CancelJobs", "cancel", "RUNNING"))


def _answer(group: Found) -> Response:
    """A group; of one that is not there, or another's, an empty object (builds Q8)."""
    return json.answer({}, 404) if group is None else json.answer(_group.dump(by_id(group)))


def _given(call: Call) -> dict[str, Any]:
    """The variables that make a group. Raises the old refusal."""
    valid = call.valid
    jobs = valid.values.get("jobs")
    if jobs and not (isinstance(jobs, list) and all(isinstance(job, int) for job in jobs)):
        valid.complain(NO_JOB_IDS)
    triggers = valid.take(optional("triggers", None)) or []
    if not isinstance(triggers, list):
        valid.complain(NO_TRIGGERS)
    note, execute = valid.take(optional("note", None)), valid.take(optional("execute", None))
    valid.check()
    if isinstance(jobs, list):
        _check_range(jobs)
    return {
        "jobIds": jobs,
        "triggers": triggers_of(valid, triggers),
        "execute": False if execute is None else execute,
        "note": note,
    }


def _made(call: Call, given: Mapping[str, Any]) -> Row:
    """The group as the API tells of it. Raises the old answer, in the old words whatever its era.

    One whose jobs could not be queued is there (builds 7.1).
    """
    result = call.fetch("CreateGroup", **given)
    said = [error.message.lower() for error in result.errors]
    if any(text.startswith(_UNFIT) for text in said):
        raise Refusal(400, UNFIT)
    if any(text.startswith(_UNQUEUED) for text in said):
        call.trace.note(Kind.FAULT, result.errors[0].message)
        raise Lost(call.backend.service.name)
    if result.errors:
        raise call.answers.of_mutation(result.errors)
    made: Row = call.require(result, "createGroup")
    return made


def _check_range(jobs: Sequence[int]) -> None:
    """Raise what upstream said of ids that no column holds, which are never sent."""
    furthest = max(job if job >= 0 else -job - 1 for job in jobs)
    if furthest > LARGEST_INT:
        raise Refusal(400, BEYOND if furthest < 2**63 else BEYOND_64)


def _changed(call: Call, group: Found, operation: str, alias: str, state: str) -> Found:
    """A group after the jobs of one state were changed, each under an alias of its own.

    None of them is touched where there are too many for what is left of the call's budget.
    """
    if group is None:
        return None
    jobs = [job["id"] for job in group["jobs"] if job["status"] == state]
    if len(jobs) > MOST_AT_ONCE * min(MOST_REQUESTS, call.left):
        raise Refusal(501, TOO_MANY)
    done: dict[int, str] = {}
    for begin in range(0, len(jobs), MOST_AT_ONCE):
        done |= _change(call, operation, alias, jobs[begin : begin + MOST_AT_ONCE])
    told = [{**job, "status": done.get(job["id"], job["status"])} for job in group["jobs"]]
    return _afterwards(call, {**group, "jobs": told}, whole=len(done) == len(jobs))


def _afterwards(call: Call, group: Row, *, whole: bool) -> Found:
    """The group as it is now: a job that was not changed is no longer what it was, and read once more (builds 7.2).

    Where that fails, what was done is told all the same.
    """
    if whole:
        return group
    try:
        return found(call, group["id"])
    except (Refusal, HTTPException):
        return group


def _change(call: Call, operation: str, alias: str, jobs: Sequence[int]) -> dict[int, str]:
    """Change some jobs in one request; gives the status of each that was. Raises the old answer to other failures."""
    values: dict[str, Any] = {f"{alias}{i}": job for i, job in enumerate(jobs)}
    result = call.fetch(operation, {f"{alias}0": len(jobs)}, **values)
    if any(error.kind not in OF_THE_JOB for error in result.errors):
        raise call.answers.of_mutation(result.errors)
    rows = (result.get(name) for name in values)
    return {row["id"]: row["status"] for row in rows if row is not None}
