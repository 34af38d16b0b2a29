"""Jobs as old clients see them (builds E1, E3, 4.1)."""

from __future__ import annotations

from typing import Any

import pytest

from shim.config import parse
from shim.crypto import unseal
from shim.services.builds.resources import base_name
from shim.settings import ConfigError
from tests.conftest import NETWORK_KEY
from tests.services.builds.kit import job

RUNNING = {"runner": "r.example:8080", "status": "RUNNING"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/b.txt", "b.txt"),
        ("b.txt", "b.txt"),
        ("a/b/", "b"),
        ("a//", "a"),
        ("/", "/"),
        ("///", "/"),
        ("", "."),
        ("a b/c&d", "c&d"),
    ],
)
def test_the_name_at_the_end_of_a_path(path: str, name: str) -> None:
    assert base_name(path) == name


@pytest.mark.parametrize(
    ("template", "log"),
    [
        ("", "http://r.example:8080/logs/4101/log"),
        ("https://logs.example.org/{runner}/", "https://logs.example.org/r.example:8080/4101/log"),
        ("https://{runner}/logs", "https://r.example:8080/logs/4101/log"),
    ],
)
def test_logs_are_where_the_operator_says(ask: Any, play: Any, template: str, log: str) -> None:
    play({"data": {"job": job(4101, **RUNNING)}})
    told = ask(**({"log_url": template} if template else {})).get("/api/jobs/4101", "alice")
    assert told["setup_log"] == log
    assert told["tasks"][0]["log"] == log.replace("/log", "/build/log").replace("/build/logs", "/logs")


@pytest.mark.parametrize("template", ["ftp://{runner}", "{runner}/logs", "https://u:p@{runner}", "https://x/{job}"])
def test_an_address_of_logs_that_is_none_is_refused(template: str) -> None:
    with pytest.raises(ConfigError):
        parse(f"[builds.sr.ht]\norigin=http://b.example.org\n[builds.sr.ht::shim]\nlog-url={template}\n", "x")


def test_a_runner_without_a_name_has_no_logs(builds: Any, play: Any) -> None:
    play({"data": {"job": job(4101, runner="")}})
    told = builds.get("/api/jobs/4101", "alice")
    assert (told["runner"], told["setup_log"], told["tasks"][0]["log"]) == ("", None, None)


def test_tasks_are_in_the_order_in_which_they_were_made(builds: Any, play: Any) -> None:
    tasks = [{"id": number, "name": f"t{number}", "status": "SKIPPED"} for number in (3, 1, 2)]
    play({"data": {"job": job(4101, tasks=tasks)}})
    assert [task["name"] for task in builds.get("/api/jobs/4101", "alice")["tasks"]] == ["t1", "t2", "t3"]


def test_a_page_is_one_call_and_counts_without_tasks(script: Any, builds: Any, play: Any) -> None:
    rows = {"results": [job(2), job(1)], "cursor": None}
    play({"data": {"rows": rows, "keys": rows}})
    told = builds.get("/api/jobs?start=2", "alice")
    assert ([row["id"] for row in told["results"]], told["next"], told["total"]) == ([2, 1], None, 2)
    (asked,) = script.asked
    assert unseal(NETWORK_KEY, asked["variables"]["cursor"]) == {"count": 50, "next": "2", "search": ""}
    counting = asked["query"].partition("keys:")[2].partition("}")[0]
    assert "tasks" not in counting


def test_without_the_key_the_page_goes_on_where_it_ended(script: Any, ask: Any, play: Any) -> None:
    pages = [
        {"results": [job(n) for n in range(first, max(first - 25, 0), -1)], "cursor": cursor}
        for first, cursor in ((57, "one"), (32, "two"), (7, None))
    ]
    play(*({"data": {"rows": page, "keys": page}} for page in pages), {"data": {"rows": pages[2], "keys": pages[2]}})
    builds = ask(paging="walk")
    first = builds.get("/api/jobs", "alice")
    assert (first["results"][0]["id"], first["results"][-1]["id"], first["next"], first["total"]) == (57, 8, "7", 57)
    second = builds.get(f"/api/jobs?start={first['next']}", "alice")
    assert ([row["id"] for row in second["results"]], second["next"]) == ([7, 6, 5, 4, 3, 2, 1], None)
    assert script.asked[3]["variables"]["cursor"] == "two"
    counted = [asked["variables"]["counted"] for asked in script.asked]
    assert counted == [False, False, True, False]
