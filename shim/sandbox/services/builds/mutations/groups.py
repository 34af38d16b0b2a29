"""Groups of jobs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shim.sandbox.engine.errors import MAX_INTEGER, FieldError, PanicError, sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.services.builds.job import Job, JobGroup

MAX_NOTE = 4096
_RULES = "all jobs must be owned by you, not assigned to another job group, and in the pending state"


class GroupMutations:
    """Putting jobs together."""

    def create_group(
        self,
        call: Call,
        job_ids: Sequence[int],
        triggers: Iterable[dict[str, Any]] | None = None,
        execute: bool | None = None,
        note: str | None = None,
    ) -> JobGroup:
        """Make a group of pending jobs and, unless told otherwise, queue them; a refusal costs an id."""
        if note is not None:
            sql_text(note, MAX_NOTE)
        groups = call.store.groups
        group = JobGroup(groups.take_id(), call.user, note)
        jobs = _free(call, job_ids)
        _check(triggers or ())
        groups.add(group)
        for job in jobs:
            job.group_id = group.id
            job.status = "PENDING" if execute is False else "QUEUED"
            call.store.jobs.changed(job)
        return group


def _free(call: Call, job_ids: Sequence[int]) -> list[Job]:
    """The jobs of these ids, as they lie. Raises FieldError if one may not be grouped, PanicError for no ids."""
    if any(abs(job_id) > MAX_INTEGER for job_id in job_ids):
        raise PanicError
    jobs: list[Job] = call.store.jobs.where(
        lambda job: job.id in job_ids and job.owner is call.user and job.status == "PENDING" and job.group_id is None
    )
    if len(jobs) == len(job_ids):
        return jobs
    if call.modern:
        raise FieldError(f"invalid list of job IDs: {_RULES}")
    raise FieldError(f"Invalid list of job IDs. {_RULES.capitalize()}.")


def _check(triggers: Iterable[dict[str, Any]]) -> None:
    """Raises PanicError for a trigger without the input of its type. Triggers are not kept here."""
    for trigger in triggers:
        if not trigger.get(trigger["type"].lower()):
            raise PanicError
