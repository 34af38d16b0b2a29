"""Starting and cancelling a job (builds E6, E7): the API is asked why only where it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.builds.kit import ALICE, failed, job

UNREACHABLE = 'Post "http://r.example/job/4101/cancel": dial tcp: lookup r.example: no such host'


def state(**changes: Any) -> dict[str, Any]:
    """What the API says of alice's job."""
    return {"data": {"me": ALICE, "job": job(4101, **changes)}}


@pytest.mark.parametrize(
    ("message", "status"),
    [("Failed to cancel job", 200), ("failed to cancel job", 200), (UNREACHABLE, 500)],
)
def test_a_runner_that_refuses_is_not_one_that_is_gone(builds: Any, play: Any, message: str, status: int) -> None:
    play(failed("cancel", message), state(status="RUNNING", runner="r.example"))
    assert builds.open("POST", "/api/jobs/4101/cancel", "alice").status_code == status


def test_a_job_that_has_run_nowhere_is_not_running(builds: Any, play: Any) -> None:
    play(failed("cancel", "no running jobs"), state(status="SUCCESS", runner=""))
    answer = builds.open("POST", "/api/jobs/4101/cancel", "alice")
    assert (answer.status_code, answer.json) == (400, {"errors": [{"reason": "This job is not running"}]})


def test_a_pending_job_that_is_not_started_crashed(builds: Any, play: Any) -> None:
    play(failed("start", "redis: connection refused"), state())
    assert builds.open("POST", "/api/jobs/4101/start", "alice").status_code == 500


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("context deadline exceeded", 502),
        ("internal system error", 502),
        ("Access denied, missing JOBS:RW grant", 403),
    ],
)
@pytest.mark.parametrize("change", ["start", "cancel"])
def test_what_is_no_word_about_the_job_is_not_asked_about(
    script: Any, builds: Any, play: Any, change: str, message: str, status: int
) -> None:
    play(failed(change, message))
    assert builds.open("POST", f"/api/jobs/4101/{change}", "alice").status_code == status
    assert len(script.requests) == 1


@pytest.mark.parametrize("change", ["start", "cancel"])
def test_an_id_that_none_can_have_is_not_sent(script: Any, builds: Any, change: str) -> None:
    assert builds.open("POST", f"/api/jobs/{2**31}/{change}", "alice").status_code == 404
    assert script.requests == []
