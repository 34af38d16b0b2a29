"""Jobs with their tasks and artifacts, and groups of jobs (builds dossier, 3 and 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shim.sandbox.data.table import Table
from shim.sandbox.engine import times
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.users import User

PRUNED = timedelta(days=90)
SEPARATOR = "/"


@dataclass
class Task:
    """A step of a job."""

    id: int
    job_id: int
    name: str
    status: str


@dataclass(frozen=True)
class Artifact:
    """A file that a job left."""

    id: int
    job_id: int
    created: datetime
    path: str
    stored_url: str
    size: int

    @property
    def url(self) -> str | None:
        """Where it can be had, until it is pruned."""
        return self.stored_url if times.now() - self.created < PRUNED else None


@dataclass(frozen=True)
class Log:
    """The log of a job."""

    full_url: str


@dataclass
class JobGroup:
    """Jobs that belong together."""

    id: int
    owner: User
    note: str | None

    def jobs(self, call: Call) -> list[Job]:
        """Its jobs, as they lie: all that are the caller's, and the public ones of others."""
        rows: Table[Job] = call.store.jobs
        return rows.where(lambda job: job.group_id == self.id and (job.owner is call.user or job.public))


@dataclass
class Job:
    """A build job. `stored_tags` is the column: texts joined, null for none; `image` is null in old rows."""

    id: int
    owner: User
    created: datetime
    updated: datetime
    status: str
    manifest: str
    note: str | None
    stored_tags: str | None
    image: str | None
    runner: str | None
    visibility: str
    group_id: int | None

    def visible(self, user: User) -> bool:
        """Whether a user may see it."""
        return self.owner is user or self.visibility != "PRIVATE"

    @property
    def tags(self) -> list[str]:
        """The tags; a job without has one that is empty, an old one has none."""
        return [] if self.stored_tags is None else self.stored_tags.split(SEPARATOR)

    @property
    def public(self) -> bool:
        """Whether everybody finds it."""
        return self.visibility == "PUBLIC"

    def group(self, call: Call) -> JobGroup | None:
        """The group that it is in."""
        return call.store.groups.get(self.group_id) if self.group_id else None

    def tasks(self, call: Call) -> list[Task]:
        """The tasks."""
        return call.store.tasks.where(lambda task: task.job_id == self.id)  # type: ignore[no-any-return]

    def artifacts(self, call: Call) -> list[Artifact]:
        """The artifacts."""
        return call.store.artifacts.where(lambda artifact: artifact.job_id == self.id)  # type: ignore[no-any-return]

    def log(self, call: Call) -> Log | None:
        """The log, once a runner has taken the job."""
        return Log(f"{call.origin}/query/log/{self.id}/log") if self.runner else None
