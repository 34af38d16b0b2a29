"""Build runners, as far as jobs are cancelled at them (builds dossier, 7.1; README of the data set)."""

from __future__ import annotations

from dataclasses import dataclass

from shim.sandbox.engine.errors import FieldError
from shim.sandbox.instance.call import Call
from shim.sandbox.services.builds.job import Job

REFUSING = "runner refuses"
"""The note of jobs that their runner will not cancel."""
_RESOLVER = "127.0.0.53:53"


@dataclass(frozen=True)
class Runner:
    """A host that runs jobs; an unreachable one has a name that does not resolve."""

    id: int
    host: str
    reachable: bool


def cancel(call: Call, job: Job) -> None:
    """Have a job's runner end it. Raises FieldError where it does not; one that nothing is told of never does."""
    runner: Runner | None = call.store.runners.first(lambda row: row.host == job.runner)
    if runner and not runner.reachable:
        name = runner.host.partition(":")[0]
        cause = f"dial tcp: lookup {name} on {_RESOLVER}: no such host"
        raise FieldError(f'Post "http://{runner.host}/job/{job.id}/cancel": {cause}')
    if runner is None or job.note == REFUSING:
        raise call.failure("Failed to cancel job")
    job.status = "CANCELLED"
    call.store.jobs.changed(job)
