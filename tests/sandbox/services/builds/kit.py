"""Jobs made for a test: submitted, and taken by runners."""

from __future__ import annotations

from typing import Any

from shim.sandbox.services.builds.job import Job
from shim.sandbox.services.builds.runners import Runner

from ...conftest import Client

MANIFEST = "image: alpine/edge\ntasks:\n- build: make\n- test: make check\n"
SUBMIT = """
mutation (
  $manifest: String!, $note: String, $tags: [String!], $secrets: Boolean, $execute: Boolean, $visibility: Visibility
) {
  submit(
    manifest: $manifest, note: $note, tags: $tags, secrets: $secrets, execute: $execute, visibility: $visibility
  ) { id }
}
"""
JOB = "query ($id: Int!) { job(id: $id) { id status note runner tags tasks { name status } log { fullURL } } }"
START = "mutation ($id: Int!) { start(jobID: $id) { id status } }"
CANCEL = "mutation ($id: Int!) { cancel(jobId: $id) { id status } }"
GROUP = """
mutation ($jobs: [Int!]!, $triggers: [TriggerInput!], $execute: Boolean, $note: String) {
  createGroup(jobIds: $jobs, triggers: $triggers, execute: $execute, note: $note) { id note jobs { id status } }
}
"""


def submit(client: Client, user: str = "jdoe", manifest: str = MANIFEST, **given: Any) -> int:
    """Submit a job; its id."""
    made = client.data(SUBMIT, user=user, manifest=manifest, **given)
    return made["submit"]["id"]  # type: ignore[no-any-return]


def job(client: Client, job_id: int, user: str = "jdoe") -> Any:
    """A job as a user sees it."""
    return client.data(JOB, user=user, id=job_id)["job"]


def taken(client: Client, job_id: int, host: str = "runner.example.net", *, reachable: bool = True) -> Job:
    """Have a runner take a job, and return it."""
    runners, row = client.store.runners, client.store.jobs.get(job_id)
    runners.add(Runner(runners.take_id(), host, reachable))
    row.runner, row.status = host, "RUNNING"
    return row  # type: ignore[no-any-return]
