"""The worked examples of builds.sr.ht's documents: upstream's answers in, the old answers out (builds 9)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.services.builds.kit import ALICE, BOB, MANIFEST, SUBMITTED, failed, group, job, page

RUNNER = "fra02.builds.example"
DONE = {"runner": RUNNER, "status": "SUCCESS", "note": "Fix **all** the things", "tags": ["hello", ".build.yml"]}
TASKS = [{"id": 9002, "name": "test", "status": "SUCCESS"}, {"id": 9001, "name": "build", "status": "SUCCESS"}]
SHOWN = (
    '{"id": 4101, "status": "success", "setup_log": "http://fra02.builds.example/logs/4101/log", "tasks": '
    '[{"name": "build", "status": "success", "log": "http://fra02.builds.example/logs/4101/build/log"}, '
    '{"name": "test", "status": "success", "log": "http://fra02.builds.example/logs/4101/test/log"}], '
    '"note": "Fix **all** the things", "runner": "fra02.builds.example", "tags": "hello/.build.yml", '
    '"owner": {"canonical_name": "~alice", "name": "alice"}}'
)
WAITING = (
    '{"id": 4103, "status": "pending", "setup_log": null, "tasks": [{"name": "build", "status": "pending", '
    '"log": null}], "note": null, "runner": null, "tags": %s, "owner": {"canonical_name": "~alice", "name": "alice"}}'
)
SUBMISSION = {"manifest": MANIFEST, "note": "Fix it", "tags": ["hello", "commits"], "bogus": 1}
TAKEN = (
    '{"id": 4110, "tasks": [{"name": "build", "status": "pending", "log": null}], "note": "Fix it", "runner": null, '
    '"tags": "hello/commits", "owner": {"canonical_name": "~alice", "name": "alice"}}'
)
WRONG = {"manifest": 5, "note": 1, "tags": "x", "secrets": 1, "execute": "true"}
WRONGS = (
    '{"errors": [{"field": "manifest", "reason": "manifest should be a str"}, {"field": "manifest", "reason": '
    '"manifest is required"}, {"field": "note", "reason": "note should be a str"}, {"field": "secrets", "reason": '
    '"secrets should be a bool"}, {"field": "tags", "reason": "tags should be a list"}, {"field": "execute", '
    '"reason": "execute should be a bool"}]}'
)
UNPAID = (
    '{"errors": [{"reason": "Payment is required to submit build jobs. Set up billing at '
    'https://meta.sr.ht/billing/initial"}]}'
)
ARTIFACTS = [
    {
        "id": 310,
        "created": "2024-09-20T10:04:58.731002Z",
        "path": "hello/dist/hello.tar.gz",
        "size": 20480,
        "url": "https://objects.example/0011223344556677/hello.tar.gz",
    },
    {"id": 311, "created": "2024-09-20T10:04:59Z", "path": "log.txt", "size": 512, "url": None},
]
ARTIFACT = (
    '{"next": null, "results": [{"id": 310, "created": "2024-09-20T10:04:58+00:00", "path": "hello/dist/hello.tar.gz", '
    '"name": "hello.tar.gz", "url": "https://objects.example/0011223344556677/hello.tar.gz", "size": 20480}], '
    '"total": 2, "results_per_page": 50}'
)
GROUP = (
    '{"id": 77, "note": "Nightly group", "owner": {"canonical_name": "~alice", "name": "alice"}, "jobs": '
    '[{"id": 4104, "status": "%s"}, {"id": 4105, "status": "%s"}]}'
)
MEMBERS = ((4105, "PENDING"), (4104, "RUNNING"))
FOUND = [
    page({"id": 4120, "group": None}, {"id": 4104, "group": {"id": 77}}),
    {"data": {"me": ALICE, "job": {"id": 4104, "group": group(77, *MEMBERS)}}},
]
NOT_FOUND = '{"errors": [{"reason": "404 not found"}]}'


def refused(message: str) -> str:
    """An old refusal."""
    return json.dumps({"errors": [{"reason": message}]})


def state(**changes: Any) -> dict[str, Any]:
    """What the API says of a job that it did not start or cancel."""
    return {"data": {"me": ALICE, "job": job(4103, **changes)}}


UNSTARTED = failed("start", "Found no pending jobs with this ID on your account")
UNCANCELLED = failed("cancel", "no running jobs for your account with this ID")
READS = [
    ("V1", "/api/jobs/4101", [{"data": {"job": job(4101, **DONE, tasks=TASKS)}}], 200, SHOWN),
    ("V2", "/api/jobs/4103/", [{"data": {"job": job(4103, note=None, tags=[""])}}], 200, WAITING % '""'),
    ("V2 older", "/api/jobs/4103", [{"data": {"job": job(4103, note=None, tags=[])}}], 200, WAITING % "null"),
    ("V3", "/api/jobs/4999", [{"data": {"job": None}}], 404, NOT_FOUND),
    (
        "V10",
        "/api/jobs/4101/artifacts?start=310",
        [{"data": {"job": {"id": 1, "artifacts": ARTIFACTS}}}],
        200,
        ARTIFACT,
    ),
    ("V11", "/api/jobs/4101/manifest", [{"data": {"job": job(manifest=MANIFEST)}}], 200, MANIFEST),
    ("V13", "/api/job-group/77", FOUND, 200, GROUP % ("running", "pending")),
    ("V13 none", "/api/job-group/78", [page({"id": 1, "group": {"id": 77}})], 404, "{}"),
    (
        "V15",
        "/api/jobs/4101",
        [
            {
                "data": {"job": None},
                "errors": [{"message": "Access denied, missing PROFILE:RO grant", "path": ["job", "owner"]}],
            }
        ],
        403,
        refused("Your OAuth token is not permitted to use this endpoint (needs 1123456789abcdef/jobs:read)"),
    ),
]
CHANGES = [
    ("V4", "/api/jobs", SUBMISSION, [{"data": {"submit": SUBMITTED}}], 200, TAKEN),
    ("V5", "/api/jobs", WRONG, [], 400, WRONGS),
    ("V6", "/api/jobs", {"manifest": "x"}, [failed("submit", "image is required")], 400, refused("image is required")),
    (
        "V6 2024",
        "/api/jobs",
        SUBMISSION,
        [failed("submit", "A paid account is required to submit builds")],
        402,
        UNPAID,
    ),
    ("V6 2026", "/api/jobs", SUBMISSION, [failed("submit", "Pay.", code="ERR_PAYMENT_REQUIRED")], 402, UNPAID),
    ("V7", "/api/jobs/4103/start", {}, [{"data": {"start": {"id": 4103, "status": "QUEUED"}}}], 200, "{}"),
    ("V7 gone", "/api/jobs/4103/start", {}, [UNSTARTED, {"data": {"me": ALICE, "job": None}}], 404, NOT_FOUND),
    ("V7 other", "/api/jobs/4103/start", {}, [UNSTARTED, state(owner=BOB)], 401, refused("401 unauthorized")),
    *(
        (
            f"V7 {now}",
            "/api/jobs/4103/start",
            {},
            [UNSTARTED, state(status=now)],
            400,
            refused(f"This job is already {old}"),
        )
        for now, old in {
            "RUNNING": "running",
            "QUEUED": "queued",
            "SUCCESS": "complete",
            "FAILED": "complete",
            "TIMEOUT": "None",
            "CANCELLED": "None",
        }.items()
    ),
    ("V8", "/api/jobs/4104/cancel", {}, [{"data": {"cancel": {"id": 4104, "status": "CANCELLED"}}}], 200, "{}"),
    ("V8 over", "/api/jobs/4103/cancel", {}, [UNCANCELLED, state(**DONE)], 200, "{}"),
    ("V8 early", "/api/jobs/4103/cancel", {}, [UNCANCELLED, state()], 400, refused("This job is not running")),
    (
        "V9 none",
        "/api/job-group",
        {"jobs": []},
        [],
        400,
        '{"errors": [{"field": "jobs", "reason": "jobs is required"}]}',
    ),
    (
        "V14",
        "/api/job-group/77/start",
        {},
        [*FOUND, {"data": {"start0": {"id": 4105, "status": "QUEUED"}}}],
        200,
        GROUP % ("running", "queued"),
    ),
    (
        "V14 cancel",
        "/api/job-group/77/cancel",
        {},
        [*FOUND, {"data": {"cancel0": {"id": 4104, "status": "CANCELLED"}}}],
        200,
        GROUP % ("cancelled", "pending"),
    ),
]


@pytest.mark.parametrize(("path", "upstream", "status", "body"), [v[1:] for v in READS], ids=[v[0] for v in READS])
def test_what_is_read(script, builds, play, path, upstream, status, body):
    play(*upstream)
    answer = builds.open("GET", path, "alice")
    assert (answer.status_code, answer.text) == (status, body)
    assert len(script.requests) == len(upstream)


@pytest.mark.parametrize(
    ("path", "sent", "upstream", "status", "body"), [v[1:] for v in CHANGES], ids=[v[0] for v in CHANGES]
)
def test_what_is_changed(script, builds, play, path, sent, upstream, status, body):
    play(*(upstream or [None]))
    answer = builds.open("POST", path, "alice", json=sent)
    assert (answer.status_code, answer.text) == (status, body)
    assert len(script.requests) == len(upstream)


def test_a_submission_as_graphql_takes_it(script, builds, play):
    play({"data": {"submit": SUBMITTED}})
    builds.open("POST", "/api/jobs", "alice", json=SUBMISSION)
    expected = {"manifest": MANIFEST, "note": "Fix it", "tags": ["hello", "commits"], "secrets": None, "execute": None}
    assert script.asked[0]["variables"] == expected


def test_a_group_as_graphql_takes_it(script, builds, play):
    mail = {"to": "~alice <alice@example.org>", "cc": "list@lists.example", "in_reply_to": "<m1@x>"}
    sent = {
        "jobs": [4104, 4105],
        "note": "Nightly group",
        "triggers": [{**mail, "action": "email", "condition": "always"}],
    }
    play({"data": {"createGroup": group(77, (4105, "PENDING"), (4104, "PENDING"))}})
    answer = builds.open("POST", "/api/job-group", "alice", json=sent)
    assert answer.text == GROUP % ("pending", "pending")
    email = {"to": "~alice <alice@example.org>", "cc": "list@lists.example", "inReplyTo": "<m1@x>"}
    assert script.asked[0]["variables"] == {
        "jobIds": [4104, 4105],
        "triggers": [{"type": "EMAIL", "condition": "ALWAYS", "email": email, "webhook": None}],
        "execute": False,
        "note": "Nightly group",
    }
