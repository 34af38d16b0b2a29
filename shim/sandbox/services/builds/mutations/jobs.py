"""Submitting, starting, cancelling and changing jobs."""

from __future__ import annotations

from collections.abc import Sequence

from shim.sandbox.data.table import Heap, Table
from shim.sandbox.engine import times
from shim.sandbox.engine.errors import FieldError, sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.services.builds import hooks, manifest, runners
from shim.sandbox.services.builds.job import SEPARATOR, Job, Task
from shim.sandbox.services.builds.manifest import Manifest

MAX_MANIFEST, MAX_NOTE, MAX_IMAGE, MAX_TASK = 16384, 4096, 128, 256
_PAYING = {"admin", "active_paying", "active_free", "user"}
"""The types of users who may submit; the data set of 2026 calls them all `USER`."""


class JobMutations:
    """What the owners of jobs do with them."""

    def submit(
        self,
        call: Call,
        manifest: str,
        tags: Sequence[str] | None = None,
        note: str | None = None,
        secrets: bool | None = None,
        execute: bool | None = None,
        visibility: str | None = None,
    ) -> Job:
        """Submit a job. Nobody takes it, so `execute` changes nothing; nor do secrets, which are not kept here."""
        wanted = _accepted(call, manifest)
        if secrets and not call.caller.grants.has("SECRETS", "RO"):
            raise call.denied("Access denied, missing SECRETS:RO grant")
        texts = (sql_text(manifest, MAX_MANIFEST), _note(note), _joined(tags), sql_text(wanted.image, MAX_IMAGE))
        rows: Table[Job] = call.store.jobs
        row_id, now = rows.take_id(), times.now()
        job = Job(row_id, call.user, now, now, "PENDING", *texts, None, visibility or "UNLISTED", None)
        tasks = _tasks(call, job, wanted)
        rows.add(job)
        for task in tasks:
            call.store.tasks.add(task)
        hooks.job_changed(call, "JOB_CREATED", job)
        return job

    def start(self, call: Call, job_id: int) -> Job:
        """Queue a pending job."""
        job = _own(call, job_id, "PENDING")
        job.status = "QUEUED"
        return call.store.jobs.changed(job)  # type: ignore[no-any-return]

    def cancel(self, call: Call, job_id: int) -> Job:
        """End a running job."""
        job = _own(call, job_id, "RUNNING")
        runners.cancel(call, job)
        return job

    def update(self, call: Call, job_id: int, visibility: str, tags: Sequence[str] | None = None) -> Job | None:
        """Change who sees a job, and its tags where there are some given."""
        rows: Heap = call.store.jobs
        job: Job | None = rows.get(job_id)
        if job is None or job.owner is not call.user:
            return None
        job.visibility = visibility
        job.stored_tags = job.stored_tags if tags is None else _joined(tags)
        rows.changed(job)
        hooks.job_changed(call, "JOB_UPDATED", job)
        return job


def _accepted(call: Call, text: str) -> Manifest:
    """What a manifest asks for; whether the caller pays is looked at after it in 2024, before it in 2026."""
    if call.modern:
        _check_payment(call)
    wanted = manifest.read(text, modern=call.modern)
    _check_payment(call)
    return wanted


def _check_payment(call: Call) -> None:
    if call.conditions.allow_free or call.user.user_type.lower() in _PAYING:
        return
    if call.modern:
        raise FieldError("A paid account is required to use this feature.", code="ERR_PAYMENT_REQUIRED")
    raise FieldError("A paid account is required to submit builds")


def _note(value: str | None) -> str | None:
    return None if value is None else sql_text(value, MAX_NOTE)


def _joined(tags: Sequence[str] | None) -> str:
    return sql_text(SEPARATOR.join(tags or ()))


def _tasks(call: Call, job: Job, wanted: Manifest) -> list[Task]:
    """The rows of a job's tasks. A name that does not fit costs no id, but the job has its own by then."""
    rows: Table[Task] = call.store.tasks
    names = (sql_text(name, MAX_TASK) for name in wanted.tasks)
    return [Task(rows.take_id(), job.id, name, "PENDING") for name in names]


def _own(call: Call, job_id: int, status: str) -> Job:
    """A job of the caller's in some status. Raises FieldError."""
    job: Job | None = call.store.jobs.get(job_id)
    if job and job.owner is call.user and job.status == status:
        return job
    whose = "on your account" if status == "PENDING" else "for your account"
    where = f"{whose} with this ID" if status == "RUNNING" else f"with this ID {whose}"
    raise FieldError(f"{'' if call.modern else 'Found '}no {status.lower()} jobs {where}")
