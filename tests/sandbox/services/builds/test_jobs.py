"""Submitting, starting, cancelling and changing jobs."""

from __future__ import annotations

from typing import Any

import pytest

from shim.sandbox import Conditions
from shim.sandbox.services.builds.runners import REFUSING

from ...conftest import Client
from . import kit

UPDATE = """
mutation ($id: Int!, $visibility: Visibility!, $tags: [String!]) {
  update(jobId: $id, visibility: $visibility, tags: $tags) { visibility tags }
}
"""
UNPAID = Conditions(allow_free=False)


def test_a_submitted_job(builds: Client) -> None:
    job_id = kit.submit(builds, note="Fix it", tags=["a", "b/c"], execute=False)
    assert kit.job(builds, job_id) == {
        "id": job_id,
        "status": "PENDING",
        "note": "Fix it",
        "runner": None,
        "tags": ["a", "b", "c"],
        "tasks": [{"name": "build", "status": "PENDING"}, {"name": "test", "status": "PENDING"}],
        "log": None,
    }
    assert kit.job(builds, kit.submit(builds))["tags"] == [""]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"note": "n" * 4097}, "character varying(4096)"),
        ({"manifest": f"image: {'i' * 129}\nshell: true\n"}, "character varying(128)"),
        ({"manifest": f"{kit.MANIFEST}#{'x' * 16384}"}, "character varying(16384)"),
        ({"note": "a\0b"}, "0x00"),
        ({"tags": ["a\0b"]}, "0x00"),
    ],
)
def test_what_no_column_holds_costs_no_id(builds: Client, given: dict[str, Any], message: str) -> None:
    before = kit.submit(builds)
    (error,) = builds.errors(kit.SUBMIT, **{"manifest": kit.MANIFEST, **given})
    assert message in error
    assert kit.submit(builds) == before + 1


def test_a_task_that_no_column_holds_costs_the_job_its_id(builds: Client) -> None:
    before = kit.submit(builds)
    long = f"image: x\ntasks:\n- a: b\n- {'t' * 257}: b\n"
    assert builds.errors(kit.SUBMIT, manifest=long) == ["pq: value too long for type character varying(256)"]
    assert kit.job(builds, before + 1) is None
    assert kit.submit(builds) == before + 2


def test_secrets_need_their_grant(builds: Client, builds2026: Client) -> None:
    narrow = {"grants": "builds.sr.ht/JOBS:RW"}
    for client, coded in ((builds, {}), (builds2026, {"extensions": {"code": "ERR_ACCESS_DENIED"}})):
        asked = {"token": narrow, "manifest": kit.MANIFEST}
        (error,) = client.ask(kit.SUBMIT, **asked, secrets=True)["errors"]
        assert error == {"message": "Access denied, missing SECRETS:RO grant", "path": ["submit"], **coded}
        assert "errors" not in client.ask(kit.SUBMIT, **asked, secrets=False)
        assert "errors" not in client.ask(kit.SUBMIT, **asked)


def test_only_those_who_pay_may_submit(builds: Client, builds2026: Client) -> None:
    for client, message in ((builds, "to submit builds"), (builds2026, "to use this feature.")):
        assert kit.submit(client, "newbie")
        client.sandbox.reset(UNPAID)
        assert client.errors(kit.SUBMIT, user="newbie", manifest=kit.MANIFEST) == [
            f"A paid account is required {message}"
        ]
        for user in ("jdoe", "bob"):
            assert kit.submit(client, user)


def test_payment_or_manifest_first(builds: Client, builds2026: Client) -> None:
    for client, message in ((builds, "image is required"), (builds2026, "A paid account is required")):
        client.sandbox.reset(UNPAID)
        (error,) = client.errors(kit.SUBMIT, user="newbie", manifest="{}")
        assert error.startswith(message)


@pytest.mark.parametrize(("user", "times"), [("jdoe", 1), ("alice", 0)])
def test_pending_jobs_of_ones_own_are_started_once(builds: Client, user: str, times: int) -> None:
    job_id = kit.submit(builds)
    answers = [builds.ask(kit.START, user=user, id=job_id) for _ in range(2)]
    started = [answer["data"]["start"] for answer in answers if answer["data"]["start"]]
    assert started == [{"id": job_id, "status": "QUEUED"}] * times
    message = "Found no pending jobs with this ID on your account"
    assert [answer["errors"][0]["message"] for answer in answers[times:]] == [message] * (2 - times)


def test_the_texts_of_2026(builds2026: Client) -> None:
    assert builds2026.errors(kit.START, id=9999) == ["no pending jobs with this ID on your account"]
    assert builds2026.errors(kit.CANCEL, id=9999) == ["no running jobs for your account with this ID"]


def test_a_runner_ends_a_job_once(builds: Client) -> None:
    job_id = kit.submit(builds)
    none = ["Found no running jobs for your account with this ID"]
    assert builds.errors(kit.CANCEL, id=job_id) == none
    kit.taken(builds, job_id)
    assert builds.errors(kit.CANCEL, user="alice", id=job_id) == none
    assert builds.data(kit.CANCEL, id=job_id)["cancel"] == {"id": job_id, "status": "CANCELLED"}
    assert builds.errors(kit.CANCEL, id=job_id) == none


def test_a_runner_that_refuses(builds: Client, builds2026: Client) -> None:
    for client, message in ((builds, "Failed to cancel job"), (builds2026, "failed to cancel job")):
        refused, untold = (kit.submit(client, note=note) for note in (REFUSING, "other"))
        kit.taken(client, refused)
        kit.taken(client, untold).runner = "elsewhere.example.net"
        for job_id in (refused, untold):
            assert client.errors(kit.CANCEL, id=job_id) == [message]
            assert kit.job(client, job_id)["status"] == "RUNNING"


def test_a_runner_that_is_not_reached(builds: Client) -> None:
    job_id = kit.submit(builds)
    kit.taken(builds, job_id, "far.example.net:8080", reachable=False)
    (message,) = builds.errors(kit.CANCEL, id=job_id)
    assert message.startswith(
        f'Post "http://far.example.net:8080/job/{job_id}/cancel": dial tcp: lookup far.example.net'
    )
    assert kit.job(builds, job_id)["status"] == "RUNNING"


def test_jobs_are_changed_by_their_owners(builds2026: Client) -> None:
    job_id = kit.submit(builds2026, tags=["a"])
    changes: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["a"]),
        ({"tags": ["b", "c"]}, ["b", "c"]),
        ({"tags": []}, [""]),
    ]
    for given, tags in changes:
        changed = builds2026.data(UPDATE, id=job_id, visibility="PUBLIC", **given)["update"]
        assert changed == {"visibility": "PUBLIC", "tags": tags}
    assert builds2026.data(UPDATE, user="alice", id=job_id, visibility="PRIVATE")["update"] is None
    assert builds2026.data(UPDATE, id=9999, visibility="PRIVATE")["update"] is None
    assert kit.job(builds2026, job_id, "alice") is not None
