"""Who sees which jobs, and what of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shim.sandbox.engine import times

from ...conftest import Client
from . import kit

GROUP = "query ($id: Int!) { job(id: $id) { group { id jobs { id } } } }"
ARTIFACTS = "query ($id: Int!) { job(id: $id) { artifacts { id url } } }"
JOBS = "query ($cursor: Cursor) { jobs(cursor: $cursor) { results { id } cursor } }"
SETTINGS = "{ version { settings { sshUser buildTimeout } } }"


@pytest.mark.parametrize(("visibility", "seen"), [("PUBLIC", True), ("UNLISTED", True), ("PRIVATE", False)])
def test_a_private_job_is_its_owners(builds: Client, visibility: str, seen: bool) -> None:
    job_id = kit.submit(builds, visibility=visibility)
    assert (kit.job(builds, job_id, "alice") is not None) is seen
    assert kit.job(builds, job_id) is not None


def test_of_a_group_others_see_the_public_jobs(builds: Client) -> None:
    hidden, public = (kit.submit(builds, visibility=visibility) for visibility in ("UNLISTED", "PUBLIC"))
    builds.data(kit.GROUP, jobs=[hidden, public])
    for user, seen in (("jdoe", [hidden, public]), ("alice", [public])):
        group = builds.data(GROUP, user=user, id=hidden)["job"]["group"]
        assert [job["id"] for job in group["jobs"]] == seen


def test_a_job_without_image_is_listed_and_cannot_be_read(builds: Client) -> None:
    job_id = kit.submit(builds)
    builds.store.jobs.get(job_id).image = None
    assert builds.data(JOBS)["jobs"]["results"][0] == {"id": job_id}
    assert builds.errors(kit.JOB, id=job_id) == [
        'sql: Scan error on column index 1, name "image": converting NULL to string is unsupported'
    ]


def test_ids_that_no_column_holds(builds: Client) -> None:
    assert builds.errors(kit.JOB, id=2**31) == ['pq: value "2147483648" is out of range for type integer']
    assert kit.job(builds, 2**31 - 1) is None


def test_links_of_artifacts_end_after_ninety_days(builds: Client) -> None:
    (artifact,) = builds.store.artifacts.where(lambda row: row.id == 366)
    for days, url in ((89, artifact.stored_url), (91, None)):
        builds.store.artifacts.add(replace(artifact, created=times.now() - timedelta(days=days)))
        (shown,) = builds.data(ARTIFACTS, id=artifact.job_id)["job"]["artifacts"]
        assert shown == {"id": 366, "url": url}


def test_logs_are_linked_once_a_runner_has_the_job(builds: Client, builds2026: Client) -> None:
    for client, address in ((builds, "http://builds.example.org"), (builds2026, "http://api.builds.example.org")):
        job_id = kit.submit(client)
        assert kit.job(client, job_id)["log"] is None
        kit.taken(client, job_id)
        assert kit.job(client, job_id)["log"] == {"fullURL": f"{address}/query/log/{job_id}/log"}


def test_the_login_of_shells_has_a_name_in_2026(builds: Client, builds2026: Client) -> None:
    assert builds.data(SETTINGS)["version"]["settings"] == {"sshUser": "", "buildTimeout": "45m"}
    assert builds2026.data(SETTINGS)["version"]["settings"] == {"sshUser": "builds", "buildTimeout": "45m"}
