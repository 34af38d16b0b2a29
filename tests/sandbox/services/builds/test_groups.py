"""Groups of jobs: who may make them of what, and what a refusal costs."""

from __future__ import annotations

from typing import Any

import pytest

from shim.sandbox.engine.errors import PANIC

from ...conftest import Client
from . import kit

REFUSED = {
    "2024": "Invalid list of job IDs. All jobs must be owned by you, not assigned to another job group,"
    " and in the pending state.",
    "2026": "invalid list of job IDs: all jobs must be owned by you, not assigned to another job group,"
    " and in the pending state",
}
MAIL = {"type": "EMAIL", "condition": "ALWAYS", "email": {"to": "a@example.org"}}
HOOK = {"type": "WEBHOOK", "condition": "FAILURE", "webhook": {"url": "https://x.example.org"}}


@pytest.mark.parametrize(
    ("given", "status"), [({"execute": False}, "PENDING"), ({"execute": True}, "QUEUED"), ({}, "QUEUED")]
)
def test_a_group_is_queued_unless_told_otherwise(builds: Client, given: dict[str, bool], status: str) -> None:
    jobs = [kit.submit(builds) for _ in range(2)]
    made = builds.data(kit.GROUP, jobs=jobs, note="n", triggers=[MAIL, HOOK], **given)["createGroup"]
    assert made["note"] == "n"
    assert made["jobs"] == [{"id": job_id, "status": status} for job_id in jobs]


def test_jobs_that_may_not_be_grouped(builds: Client, builds2026: Client) -> None:
    for client, era in ((builds, "2024"), (builds2026, "2026")):
        free, grouped, started, foreign = (kit.submit(client, user) for user in ("jdoe", "jdoe", "jdoe", "alice"))
        client.data(kit.GROUP, jobs=[grouped], execute=False)
        client.data(kit.START, id=started)
        for jobs in ([free, grouped], [started], [foreign], [999_999], [free, free]):
            assert client.errors(kit.GROUP, jobs=jobs) == [REFUSED[era]]
        assert kit.job(client, free)["status"] == "PENDING"


@pytest.mark.parametrize(
    "given",
    [
        {"jobs": [2**31]},
        {"triggers": [{**MAIL, "email": None}]},
        {"triggers": [{**MAIL, "type": "WEBHOOK"}]},
        {"triggers": [MAIL, {"type": "EMAIL", "condition": "SUCCESS"}]},
    ],
)
def test_what_the_server_fails_over_costs_an_id(builds: Client, given: dict[str, Any]) -> None:
    before = builds.data(kit.GROUP, jobs=[])["createGroup"]["id"]
    job_id = kit.submit(builds)
    assert builds.errors(kit.GROUP, **{"jobs": [job_id], **given}) == [PANIC]
    assert builds.data(kit.GROUP, jobs=[job_id])["createGroup"]["id"] == before + 2


def test_a_note_that_no_column_holds_costs_none(builds: Client) -> None:
    before = builds.data(kit.GROUP, jobs=[])["createGroup"]["id"]
    assert builds.errors(kit.GROUP, jobs=[], note="n" * 4097) == ["pq: value too long for type character varying(4096)"]
    assert builds.data(kit.GROUP, jobs=[])["createGroup"]["id"] == before + 1


def test_a_changed_job_is_the_last_of_its_group(builds: Client) -> None:
    first, second = (kit.submit(builds) for _ in range(2))
    builds.data(kit.GROUP, jobs=[first, second], execute=False)
    builds.data(kit.START, id=first)
    group = builds.data("query ($id: Int!) { job(id: $id) { group { jobs { id } } } }", id=first)["job"]["group"]
    assert [job["id"] for job in group["jobs"]] == [second, first]
