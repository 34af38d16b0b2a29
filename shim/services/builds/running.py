"""POST /api/jobs/<n>/start and /cancel: the owner begins and ends jobs (builds E6, E7).

The API is asked to do it first; only where it refuses is it asked why, for what it says is the same for all reasons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound, Unauthorized

from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Crash, Refusal
from shim.services.call import Call
from shim.upstream import LARGEST_INT, FieldError, Kind

running = Endpoints()
ALREADY = "This job is already {state}"
NOT_RUNNING = "This job is not running"
_STATES = {"QUEUED": "queued", "RUNNING": "running", "SUCCESS": "complete", "FAILED": "complete"}
_REFUSED = "failed to cancel job"
_WAITING = ("PENDING", "QUEUED")
OF_THE_JOB = frozenset({Kind.OTHER, Kind.NOT_FOUND, Kind.DENIED})
"""What an error may be that says why one job was not started or cancelled."""
Row = Mapping[str, Any]


@running.post("/api/jobs/<int:n>/start", scope="jobs:write", operation=("Start", "JobState"))
def start(call: Call, n: int) -> Response:
    """Queue a job that is pending; for others the old text, which had no word for two states (builds Q9)."""
    errors = _errors(call, "Start", n)
    if errors:
        status = _own(call, n)["status"]
        if status == "PENDING":
            raise Crash(errors[0].message)
        raise Refusal(400, ALREADY.format(state=_STATES.get(status)))
    return json.answer({})


@running.post("/api/jobs/<int:n>/cancel", scope="jobs:write", operation=("Cancel", "JobState"))
def cancel(call: Call, n: int) -> Response:
    """End a job that runs; one that has run, or whose runner won't end it, is left as it is (builds Q10, G7)."""
    errors = _errors(call, "Cancel", n)
    if errors:
        job = _own(call, n)
        if job["status"] == "RUNNING" and not any(map(_is_runners, errors)):
            raise Crash(errors[0].message)
        if job["status"] in _WAITING or not job["runner"]:
            raise Refusal(400, NOT_RUNNING)
    return json.answer({})


def _errors(call: Call, operation: str, n: int) -> Sequence[FieldError]:
    """Why a job was not started or cancelled, as the API says it; nothing where it was.

    Raises the old answer to what is no word about the job, and 404 for an id that none can have.
    """
    if n > LARGEST_INT:
        raise NotFound
    result = call.fetch(operation, n=n)
    if any(error.kind not in OF_THE_JOB for error in result.errors):
        raise call.answers.of_mutation(result.errors)
    return result.errors


def _is_runners(error: FieldError) -> bool:
    """Whether a runner was reached and refused, which the old service did not look at."""
    return error.message.lower() == _REFUSED


def _own(call: Call, n: int) -> Row:
    """The state of a job of the caller's. Raises the 404 of no job and the 401 of another's."""
    result = call.fetch("JobState", n=n)
    job: Row = call.intact(result, "job")
    if job["owner"]["name"] != call.intact(result, "me")["name"]:
        raise Unauthorized
    return job
