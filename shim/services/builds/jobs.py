"""GET /api/jobs and what is below one of them: jobs and their artifacts (builds E1, E3, E4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from shim.rest import json
from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.rest.page import Page, cut
from shim.services.builds.resources import Artifact, Job
from shim.services.builds.told import told
from shim.services.call import Call

jobs = Endpoints()
_job, _artifact = Job(), Artifact()
Row = Mapping[str, Any]


@jobs.get("/api/jobs", scope="jobs:read", operation="Jobs", resource=paged(Job))
def index(call: Call) -> Response:
    """The caller's own jobs by descending id."""
    page = call.window("jobs", "Jobs", call.rows_and_keys("Jobs"))
    return call.page(_job, Page([told(call, job) for job in page.results], page.next, page.total))


@jobs.get("/api/jobs/<int:n>", scope="jobs:read", operation="Job", resource=Job)
def show(call: Call, n: int) -> Response:
    """One job of anybody's, unless it is private (builds G9)."""
    job: Row = call.intact(call.fetch("Job", n=n), "job")
    return json.answer(_job.dump(told(call, job)))


@jobs.get("/api/jobs/<int:n>/artifacts", scope="jobs:read", operation="Artifacts", resource=paged(Artifact))
def artifacts(call: Call, n: int) -> Response:
    """The artifacts of a job by descending id; a job has few, and all are told at once."""
    start = call.start
    found = call.intact(call.fetch("Artifacts", n=n), "job")
    return call.page(_artifact, cut(found["artifacts"], start))
