"""Groups (builds E8 to E11): found by a job that is in them, within a budget, and changed job by job."""

from __future__ import annotations

from typing import Any

import pytest

from shim.crypto import seal, unseal
from shim.services.builds.groups import MOST_AT_ONCE, MOST_REQUESTS, UNFIT
from shim.upstream import Upstream
from tests.conftest import NETWORK_KEY
from tests.services.builds.kit import ALICE, BOB, failed, group, page
from tests.upstream.test_session import drop

ONE = "/api/job-group/77"
LOOSE = {"id": 4200, "group": None}
MEMBER = {"id": 4104, "group": {"id": 77}}
SHORT = {"canonical_name": "~alice", "name": "alice"}


def found(*jobs: tuple[int, str], owner: dict[str, str] = ALICE, me: dict[str, str] = ALICE) -> dict[str, Any]:
    """The answer that shows the group."""
    return {"data": {"me": me, "job": {"id": 4104, "group": group(77, *(jobs or ((4104, "PENDING"),)), owner=owner)}}}


def names(script: Any) -> list[str]:
    """The operations that were sent."""
    return [asked["operationName"] for asked in script.asked]


def test_recent_jobs_are_looked_at_first_and_then_all_of_them(script: Any, builds: Any, play: Any) -> None:
    cursor = cursor_at(250, "4000")
    play(page(LOOSE, cursor=cursor), page(MEMBER), found())
    assert builds.get(ONE, "alice")["id"] == 77
    sent = [unseal(NETWORK_KEY, asked["variables"]["cursor"]) for asked in script.asked[:2]]
    assert [(cursor["count"], cursor["next"]) for cursor in sent] == [(250, ""), (2500, "4000")]


@pytest.mark.parametrize(("paging", "weights"), [("auto", [3, *[25] * 7]), ("walk", [1] * 41)])
def test_no_part_of_a_walk_weighs_more_than_the_api_bears(
    ask: Any, play: Any, monkeypatch: pytest.MonkeyPatch, paging: str, weights: list[int]
) -> None:
    """Every hundred groups are read in a transaction of their own, all those of a page at the same time."""
    execute, told = Upstream.execute, []

    def telling(upstream: Upstream, *arguments: Any) -> Any:
        told.append(arguments[-1])
        return execute(upstream, *arguments)

    monkeypatch.setattr(Upstream, "execute", telling)
    play(page(LOOSE, cursor=cursor_at(250, "4000")))
    answer = ask(paging=paging).open("GET", ONE, "alice")
    assert (answer.status_code, answer.json) == (501, {"errors": [{"reason": "Job group lookup exceeded its budget"}]})
    assert told == weights


def test_a_group_that_takes_all_requests_to_find_is_not_half_started(script: Any, builds: Any, play: Any) -> None:
    """It is remembered, so that the next call finds it at once."""
    cursor = cursor_at(250, "4000")
    pending = [(number, "PENDING") for number in range(1, MOST_AT_ONCE + 2)]
    play(*[page(LOOSE, cursor=cursor)] * 5, page(MEMBER), found(*pending))
    answer = builds.open("POST", f"{ONE}/start", "alice")
    assert answer.status_code == 501
    assert names(script) == ["GroupsOfJobs"] * 6 + ["GroupOfJob"]


def test_a_cursor_that_is_none_of_this_instance_is_a_fault_of_the_api(builds: Any, play: Any) -> None:
    play(page(LOOSE, cursor="gAAAAAforeign"))
    assert builds.open("GET", ONE, "alice").status_code == 502


def cursor_at(count: int, position: str) -> str:
    """A cursor as upstream answers one."""
    return seal(NETWORK_KEY, {"count": count, "next": position, "search": ""})


def test_without_the_key_pages_are_followed_until_it_is_found(script: Any, ask: Any, play: Any) -> None:
    play(page(LOOSE, cursor="one"), page(LOOSE, cursor="two"), page(MEMBER, cursor="three"), found())
    assert ask(paging="walk").get(ONE, "alice")["jobs"] == [{"id": 4104, "status": "pending"}]
    assert [asked["variables"].get("cursor") for asked in script.asked[:3]] == [None, "one", "two"]


def test_a_walk_that_gets_too_long_is_no_404(script: Any, ask: Any, play: Any) -> None:
    play(page(LOOSE, cursor="more"))
    answer = ask(paging="walk").open("GET", ONE, "alice")
    assert (answer.status_code, answer.json) == (501, {"errors": [{"reason": "Job group lookup exceeded its budget"}]})
    assert len(script.requests) == 41


def test_a_group_is_remembered_by_its_job(script: Any, builds: Any, play: Any) -> None:
    play(page(MEMBER), found(), found())
    for _ in range(2):
        assert builds.get(ONE, "alice")["id"] == 77
    assert names(script) == ["GroupsOfJobs", "GroupOfJob", "GroupOfJob"]


def test_a_new_group_is_remembered_too(script: Any, builds: Any, play: Any) -> None:
    play({"data": {"createGroup": group(77, (4104, "PENDING"))}}, found())
    assert builds.open("POST", "/api/job-group", "alice", json={"jobs": [4104]}).json["id"] == 77
    assert builds.get(ONE, "alice")["id"] == 77
    assert names(script) == ["CreateGroup", "GroupOfJob"]


@pytest.mark.parametrize("gone", [None, {"id": 4104, "group": None}, {"id": 4104, "group": group(78)}])
def test_what_is_remembered_is_a_hint(script: Any, builds: Any, play: Any, gone: Any) -> None:
    play(page(MEMBER), found(), {"data": {"me": ALICE, "job": gone}}, page(MEMBER), found())
    builds.get(ONE, "alice")
    assert builds.get(ONE, "alice")["id"] == 77
    assert len(script.requests) == 5


def test_what_one_user_has_found_is_not_shown_to_another(script: Any, builds: Any, play: Any) -> None:
    play(page(MEMBER), found(), found(me=BOB))
    builds.get(ONE, "alice")
    answer = builds.open("GET", ONE, "bob")
    assert (answer.status_code, answer.text) == (404, "{}")


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_ids_that_none_can_have_are_not_asked_about(script: Any, builds: Any, number: int) -> None:
    answer = builds.open("GET", f"/api/job-group/{number}", "alice")
    assert (answer.status_code, answer.text, script.requests) == (404, "{}", [])


def test_a_failing_walk_is_not_a_missing_group(builds: Any, play: Any) -> None:
    error = {"message": "pq: no connection", "path": ["jobs", "results", 0, "group"]}
    play({"data": {"jobs": {"results": [LOOSE], "cursor": None}}, "errors": [error]})
    answer = builds.open("GET", ONE, "alice")
    assert (answer.status_code, answer.json["errors"][0]["reason"]) == (502, "pq: no connection")


def test_jobs_are_changed_in_parts_and_only_those_that_can_be(script: Any, builds: Any, play: Any) -> None:
    pending = [(number, "PENDING") for number in range(1, MOST_AT_ONCE + 3)]

    def started(handler: Any) -> None:
        sent = script.asked[-1]["variables"]
        data = {name: {"id": number, "status": "QUEUED"} for name, number in sent.items()}
        script.play(handler, {"data": data})

    play(page(MEMBER), found(*pending, (4104, "SUCCESS")), started)
    told = builds.open("POST", f"{ONE}/start", "alice").json["jobs"]
    assert told == [*({"id": n, "status": "queued"} for n, _ in pending), {"id": 4104, "status": "success"}]
    assert [len(asked["variables"]) for asked in script.asked[2:]] == [MOST_AT_ONCE, 2]


def test_too_many_jobs_are_not_begun_with(script: Any, builds: Any, play: Any) -> None:
    play(page(MEMBER), found(*((n, "PENDING") for n in range(MOST_AT_ONCE * MOST_REQUESTS + 1))))
    assert builds.open("POST", f"{ONE}/start", "alice").status_code == 501
    assert names(script) == ["GroupsOfJobs", "GroupOfJob"]


def test_a_job_that_changed_meanwhile_is_read_anew(script: Any, builds: Any, play: Any) -> None:
    running = ((4104, "RUNNING"), (4105, "RUNNING"))
    half = {
        "data": {"cancel0": {"id": 4104, "status": "CANCELLED"}, "cancel1": None},
        "errors": [{"message": "no running jobs for your account with this ID", "path": ["cancel1"]}],
    }
    play(page(MEMBER), found(*running), half, found((4104, "CANCELLED"), (4105, "FAILED")))
    told = builds.open("POST", f"{ONE}/cancel", "alice").json["jobs"]
    assert told == [{"id": 4104, "status": "cancelled"}, {"id": 4105, "status": "failed"}]
    assert names(script) == ["GroupsOfJobs", "GroupOfJob", "CancelJobs", "GroupOfJob"]


def test_what_was_done_is_told_though_the_rest_can_not_be_read(builds: Any, play: Any) -> None:
    half = {
        "data": {"start0": {"id": 4104, "status": "QUEUED"}, "start1": None},
        "errors": [{"message": "Found no pending jobs with this ID on your account", "path": ["start1"]}],
    }
    play(page(MEMBER), found((4104, "PENDING"), (4105, "PENDING")), half, (502, "text/html", "down"))
    told = builds.open("POST", f"{ONE}/start", "alice").json["jobs"]
    assert told == [{"id": 4104, "status": "queued"}, {"id": 4105, "status": "pending"}]


def test_a_lost_change_says_so_and_is_not_sent_again(script: Any, builds: Any, play: Any) -> None:
    play(page(MEMBER), found(), drop)
    answer = builds.open("POST", f"{ONE}/start", "alice")
    assert (answer.status_code, "its answer was lost" in answer.text) == (502, True)
    assert names(script) == ["GroupsOfJobs", "GroupOfJob", "StartJobs"]


@pytest.mark.parametrize(
    ("jobs", "reason"),
    [
        ([2**31], "internal system error"),
        ([-(2**31) - 1], "internal system error"),
        ([2**63], "cannot use string as Int"),
        ([1, 10**40], "cannot use string as Int"),
        (["1"], "Expected jobs to be an array of integers (job IDs)"),
        ("x", "Expected jobs to be an array of integers (job IDs)"),
    ],
)
def test_jobs_that_are_none_are_refused_as_they_were(script: Any, builds: Any, jobs: Any, reason: str) -> None:
    answer = builds.open("POST", "/api/job-group", "alice", json={"jobs": jobs})
    assert (answer.status_code, answer.json, script.requests) == (400, {"errors": [{"reason": reason}]}, [])


@pytest.mark.parametrize("era", ["2024", "2026"])
def test_unfit_jobs_are_refused_in_the_old_words_whatever_the_era(ask: Any, play: Any, era: str) -> None:
    newer = UNFIT.replace("I", "i", 1).replace(". All", ": all").rstrip(".")
    play(failed("createGroup", UNFIT if era == "2024" else newer))
    answer = ask(era=era).open("POST", "/api/job-group", "alice", json={"jobs": [1]})
    assert answer.json == {"errors": [{"reason": UNFIT}]}


@pytest.mark.parametrize(
    "text", ["Failed to submit some jobs: [dial tcp]", "failed to submit some jobs: [EOF not found]"]
)
def test_a_group_whose_jobs_were_not_queued_is_there_all_the_same(
    script: Any, builds: Any, play: Any, text: str
) -> None:
    """It was made before its jobs were queued (builds 7.1), so that its jobs would be refused another time."""
    play(failed("createGroup", text))
    answer = builds.open("POST", "/api/job-group", "alice", json={"jobs": [4104], "execute": True})
    assert (answer.status_code, len(script.requests)) == (502, 1)
    assert answer.json["errors"][0]["reason"].startswith("builds.sr.ht took this request, or may have,")
