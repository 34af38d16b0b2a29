"""Programs that submit builds and look after them (clients 1, 2, 4), in both eras, at sockets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from shim.crypto import BearerToken
from shim.sandbox import Sandbox
from tests.cassettes import FIXTURES
from tests.clients.kit import FAR, Noting, Stand
from tests.conftest import WEBHOOK_KEY
from tests.kit import Asker

MANIFEST = "image: alpine/edge\ntasks:\n- build: make\n- test: make check\n"
STATUSES = {"pending", "queued", "running", "success", "failed", "timeout", "cancelled"}
EMPTY = {"data": '""', "headers": {"Content-Type": "application/json"}}
READER = BearerToken(FAR, "builds.sr.ht/PROFILE:RO builds.sr.ht/JOBS:RO", "", "root").mint(WEBHOOK_KEY)


@pytest.fixture(params=["2024", "2026"])
def builds(request: pytest.FixtureRequest, stands: Callable[[str], Stand]) -> Stand:
    """The servers of each era, untouched."""
    return stands(request.param)


def sent(client: Noting, path: str, **request: Any) -> requests.Response:
    """The answer to a POST."""
    return client.ask("POST", "builds", path, **request)


def read(client: Noting, path: str, **request: Any) -> Any:
    """The JSON of a GET that succeeds."""
    answer = client.ask("GET", "builds", path, **request)
    assert answer.status_code == 200, answer.text
    return answer.json()


def pages(client: Noting) -> Iterator[dict[str, Any]]:
    """Every job, going on by whatever `next` says."""
    following = ""
    while following is not None:
        page = read(client, f"/api/jobs?start={following}")
        yield from page["results"]
        following = page["next"]


class TestSrhtctl:
    """srhtctl (C3): every GET carries an empty JSON string, and decodes strictly."""

    def test_it_submits_and_shows_a_job(self, builds: Stand) -> None:
        client = builds.program()
        made = sent(client, "/api/jobs", json={"manifest": MANIFEST, "note": "", "tags": []})
        assert made.status_code == 200
        number, owner = made.json()["id"], made.json()["owner"]["canonical_name"]
        assert (type(number), owner) == (int, "~jdoe")
        job = read(client, f"/api/jobs/{number}", **EMPTY)
        assert type(job["tags"]) is str
        assert [task["name"] for task in job["tasks"]] == ["build", "test"]
        assert (job["setup_log"], job["runner"], job["note"]) == (None, None, "")
        text = client.ask("GET", "builds", f"/api/jobs/{number}/manifest", **EMPTY)
        assert text.text == MANIFEST

    def test_logs_are_at_the_runner_for_whoever_asks(self, builds: Stand) -> None:
        jobs = [job for job in read(builds.program(), "/api/jobs", **EMPTY)["results"] if job["runner"]]
        assert jobs
        for job in jobs:
            place = f"http://{job['runner']}/logs/{job['id']}"
            assert job["setup_log"] == f"{place}/log"
            assert all(task["log"] == f"{place}/{task['name']}/log" for task in job["tasks"])

    def test_a_bad_token_is_first_told_of_the_body(self, builds: Stand) -> None:
        url = f"{builds.url}/builds/api/jobs"
        answer = requests.get(url, **EMPTY, timeout=3)
        reasons = [error["reason"] for error in answer.json()["errors"]]
        assert (answer.status_code, reasons[0], len(reasons)) == (401, "Expected JSON dictionary", 2)


class TestEmacs:
    """srht.el (C4): goes on by `next`, and sends texts where others send objects and truths."""

    def test_it_lists_all_pages(self, builds: Stand) -> None:
        numbers = [job["id"] for job in pages(builds.program())]
        assert numbers == sorted(set(numbers), reverse=True)
        assert len(numbers) == read(builds.program(), "/api/jobs")["total"] > 100

    def test_its_submissions_were_always_refused(self, builds: Stand) -> None:
        body = {"manifest": MANIFEST, "note": "n", "tags": ["t"], "secrtets": False, "execute": "true"}
        answer = sent(builds.program(), "/api/jobs", json=body)
        refusal = {"field": "execute", "reason": "execute should be a bool"}
        assert (answer.status_code, answer.json()) == (400, {"errors": [refusal]})
        assert sent(builds.program(), "/api/jobs", json={**body, "execute": True}).status_code == 200

    def test_it_starts_and_cancels_with_a_text_for_a_body(self, builds: Stand) -> None:
        client = builds.program()
        number = sent(client, "/api/jobs", json={"manifest": MANIFEST, "execute": False}).json()["id"]
        assert (sent(client, f"/api/jobs/{number}/start", json="{}").json()) == {}
        assert read(client, f"/api/jobs/{number}")["status"] == "queued"
        running = next(j for j in pages(client) if j["status"] == "running" and j["runner"].startswith("127."))
        assert sent(client, f"/api/jobs/{running['id']}/cancel", json="{}").status_code == 200

    def test_artifacts_come_with_their_names(self, builds: Stand) -> None:
        for job in list(pages(builds.program()))[:20]:
            for artifact in read(builds.program(), f"/api/jobs/{job['id']}/artifacts")["results"]:
                assert artifact["path"].rstrip("/").endswith(artifact["name"].strip("/."))


class TestSubmitters:
    """build.postmarketos.org (B1, B2), dispatch (H4), and what else submits (B3 to B9)."""

    def test_postmarketos_submits_and_looks_the_status_up(self, builds: Stand) -> None:
        client = builds.program()
        body = {"manifest": MANIFEST, "note": "pmaports", "tags": ["pmos"], "execute": False, "secrets": False}
        number = sent(client, "/api/jobs", json=body).json()["id"]
        assert read(client, f"/api/jobs/{number}")["status"] in STATUSES
        assert sent(client, f"/api/jobs/{number}/start", json={}).status_code == 200
        assert {job["status"] for job in pages(client)} <= STATUSES

    def test_dispatch_needs_exactly_200_and_its_trigger_in_the_manifest(self, builds: Stand) -> None:
        hook = "triggers:\n- action: webhook\n  condition: always\n  url: https://dispatch.example.org/x\n"
        body = {"manifest": MANIFEST + hook, "tags": ["repo", "commits"], "note": "Push", "secrets": True}
        made = sent(builds.program(), "/api/jobs", json=body)
        assert made.status_code == 200
        assert made.json()["tags"] == "repo/commits"
        assert "status" not in made.json()
        text = builds.program().ask("GET", "builds", f"/api/jobs/{made.json()['id']}/manifest").text
        assert text == MANIFEST + hook

    def test_besadii_tags_with_capitals(self, builds: Stand) -> None:
        made = sent(
            builds.program(), "/api/jobs", json={"manifest": MANIFEST, "note": "n", "tags": ["Depot_1", "a.b-c"]}
        )
        assert (made.status_code, made.json()["tags"]) == (200, "Depot_1/a.b-c")

    def test_a_manifest_in_json_is_one(self, builds: Stand) -> None:
        manifest = json.dumps({"image": "debian/stable", "tasks": [{"spawn": "true"}]})
        made = sent(builds.program(), "/api/jobs", json={"manifest": manifest})
        assert [task["name"] for task in made.json()["tasks"]] == ["spawn"]

    def test_a_script_sends_a_form(self, builds: Stand) -> None:
        assert sent(builds.program(), "/api/jobs", data={"manifest": MANIFEST}).status_code == 200

    def test_a_relay_sends_bearer(self, builds: Stand) -> None:
        answer = sent(builds.program("Bearer"), "/api/jobs", json={"manifest": MANIFEST, "note": "n", "tags": []})
        assert answer.status_code == 200

    def test_every_submission_is_one_job(self, builds: Stand) -> None:
        before = read(builds.program(), "/api/jobs")["total"]
        for _ in range(3):
            sent(builds.program(), "/api/jobs", json={"manifest": MANIFEST})
        assert read(builds.program(), "/api/jobs")["total"] == before + 3


class TestOthers:
    """sourcehut for R (C5), torii (C8), the hub (H1), and links to manifests (B10)."""

    def test_r_makes_tables_of_rows_with_the_same_keys(self, builds: Stand) -> None:
        client = builds.program()
        body = {"manifest": MANIFEST, "note": "n", "tags": ["r"], "access:read": ["*"], "access:write": []}
        number = sent(client, "/api/jobs", json={**body, "execute": False}).json()["id"]
        assert sent(client, f"/api/jobs/{number}/start").status_code == 200
        assert len({tuple(job) for job in pages(client)}) == 1

    def test_torii_asks_for_fewer_rows_than_it_gets(self, builds: Stand) -> None:
        page = read(builds.program(), "/api/jobs?per_page=5")
        assert len(page["results"]) == page["results_per_page"] == 50
        assert re.fullmatch(r"\d+", page["next"])
        assert builds.program().ask("GET", "builds", "/api/jobs/1/log").status_code == 404

    def test_the_hub_groups_jobs(self, builds: Stand) -> None:
        hub = builds.internal()
        jobs = [sent(hub, "/api/jobs", json={"manifest": MANIFEST, "execute": False}).json()["id"] for _ in range(2)]
        mail = {"action": "email", "condition": "always", "to": "a@example.org", "cc": None, "in_reply_to": None}
        body = {"jobs": jobs, "note": "Patchset", "execute": True, "triggers": [mail]}
        made = sent(hub, "/api/job-group", json=body)
        assert made.status_code == 200
        assert made.json()["jobs"] == [{"id": job, "status": "queued"} for job in jobs]
        assert read(builds.program(), f"/api/job-group/{made.json()['id']}") == made.json()

    def test_the_hub_reads_why_a_group_is_refused(self, builds: Stand) -> None:
        refused = sent(builds.internal(), "/api/job-group", json={"jobs": [1], "note": "n", "execute": True})
        assert (refused.status_code, refused.json()["errors"][0]["reason"][:28]) == (
            400,
            "Invalid list of job IDs. All",
        )

    @pytest.mark.parametrize("era", ["2024", "2026"])
    def test_links_to_manifests_need_no_token_where_the_operator_has_one(self, era: str) -> None:
        sandbox = Sandbox(FIXTURES, era=era, services=["builds"])
        with sandbox.running() as address:
            settings = {("shim", "era"): era, ("builds.sr.ht::shim", "manifest-token"): READER}
            asker = Asker("builds", f"{address}/builds", settings)
            number = asker.open("POST", "/api/jobs", "jdoe", json={"manifest": MANIFEST}).json["id"]
            for path in (f"/api/jobs/{number}/manifest", f"/api/jobs//{number}/manifest"):
                answer = asker.open("GET", path, follow_redirects=True)
                assert (answer.status_code, answer.text, answer.content_type) == (200, MANIFEST, "text/plain")
