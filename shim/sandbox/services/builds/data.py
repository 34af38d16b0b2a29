"""The rows of builds.sr.ht, in the shape of either era."""

from __future__ import annotations

from shim.sandbox.data.columns import Rows, column, columns, moment
from shim.sandbox.data.table import Heap
from shim.sandbox.instance import users
from shim.sandbox.services.builds.job import Artifact, Job, JobGroup, Task
from shim.sandbox.services.builds.runners import Runner

_OWNER = column("owner", "owner_id", key="users")
_JOB = column("job", "job_id")
_UPPER = column(read=str.upper)
_AGES = {"created": moment(), "updated": moment()}


TABLES = (
    users.described(users.User),
    Rows("runners", Runner, columns("id", "host", "reachable"), optional=True),
    Rows("groups", JobGroup, columns("id", "note", owner=_OWNER), sequences=("job_group",)),
    Rows(
        "jobs",
        Job,
        columns(
            *("id", "manifest", "note", "runner", "visibility", "image"),
            owner=_OWNER,
            status=_UPPER,
            stored_tags=column("tags"),
            group_id=column("group_id", "job_group_id"),
            **_AGES,
        ),
        sequences=("job",),
        kind=Heap,
    ),
    Rows("tasks", Task, columns("id", "name", job_id=_JOB, status=_UPPER), sequences=("task",)),
    Rows(
        "artifacts",
        Artifact,
        columns(*("id", "path", "size"), job_id=_JOB, created=moment(), stored_url=column("url")),
        sequences=("artifact",),
    ),
)
