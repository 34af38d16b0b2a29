"""`shim demo` and `shim clients` over real sockets: who called is seen by operators, and by each of the callers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from base64 import b64encode
from collections import Counter
from pathlib import Path

import pytest
import requests

from shim.cli.past import HABITS, make_up
from shim.sandbox.clients import SCRIPTS, Cast
from shim.services import discover
from shim.usage.report import Report, Scope
from tests.cassettes import FIXTURES

ROOT = Path(__file__).parents[2]
OF = {service.name: service for service in discover()}
HONEST = [script for script in SCRIPTS if not script.forged]


class Demo:
    """A demo in a process of its own, and what it said of itself."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-u", "-m", "shim", "demo", "--port", "0", "--sandbox-port", "0"]
        command += ["--hooks-port", "0", *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        self.text = ""
        while "old clients" not in self.text:
            line = self.process.stdout.readline()
            assert line, self.text
            self.text += line
        (self.hooks,) = re.findall(r"^hooks +(\S+)", self.text, re.MULTILINE)
        self.url, self.password = re.findall(r"^usage +(\S+)/usage .*password ([\w-]+)\)", self.text, re.MULTILINE)[0]

    def page(self, path: str, **query: str) -> dict:
        """One of the operator's pages as JSON."""
        sent = b64encode(f"me:{self.password}".encode()).decode()
        answer = requests.get(self.url + path, query, headers={"Authorization": f"Basic {sent}"}, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def calls(self) -> int:
        """How many calls are known."""
        return self.page("/usage.json", since="1d")["totals"]["calls"]

    def end(self) -> int:
        """End it; its exit status."""
        self.process.terminate()
        self.process.communicate(timeout=60)
        return self.process.returncode


@pytest.fixture(scope="module")
def demo():
    """A demo in which only the clients have called, all of them once; `played` is what they said."""
    demo = Demo("--no-past")
    try:
        command = [sys.executable, "-m", "shim", "clients", "--url", demo.url, "--hooks", demo.hooks]
        demo.played = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        wanted = int(re.findall(r"^(\d+) calls: ", demo.played, re.MULTILINE)[0])
        end = time.monotonic() + 60
        while demo.calls() < wanted and time.monotonic() < end:
            assert demo.process.poll() is None
        yield demo
    finally:
        status = demo.end()
    assert status == 0


def test_each_client_says_what_it_does_and_where_to_look(demo):
    assert [script.name for script in SCRIPTS if f"\n{script.name} (" not in f"\n{demo.played}"] == []
    assert f"dashboard  {demo.url}/usage" in demo.played
    assert "3 x 400" in demo.played


def test_what_is_explained_can_be_asked_where_it_says(demo):
    token = re.findall(r"good for a year:\n +(\S+)", demo.text)[0]
    headers = {"Authorization": f"token {token}", "X-Shim-Explain": "1"}
    (call,) = requests.get(f"{demo.url}/git/api/user", headers=headers, timeout=30).json()["calls"]
    named, there = re.findall(r"^guides name (\S+), which is (\S+) here$", demo.text, re.MULTILINE)[0]
    assert named in call["curl"]
    sent = {"query": call["document"], "variables": call["variables"]}
    answer = requests.post(there, json=sent, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    assert answer.json()["data"]["owner"]["name"] == "jdoe"


@pytest.mark.parametrize("service", [service.name for service in discover()])
def test_every_service_is_there(demo, service):
    token = re.findall(r"good for a year:\n +(\S+)", demo.text)[0]
    first = next(e.rules[0] for e in OF[service] if e.method == "GET" and e.authorized and "<" not in e.rules[0])
    answer = requests.get(f"{demo.url}/{service}{first}", headers={"Authorization": f"token {token}"}, timeout=30)
    assert answer.status_code == 200


def test_the_dashboard_shows_the_clients_to_who_knows_the_password(demo):
    assert requests.get(f"{demo.url}/usage", timeout=30).status_code == 401
    rows = {row["caller"]: row for row in demo.page("/usage/callers.json")["rows"]}
    cast = Cast(FIXTURES)
    for script in HONEST:
        assert script.agent in rows[cast.user(script.place)]["agents"], script.name
    assert "Wget/1.21.3" in rows[""]["agents"], "a wrong token is nobody's"
    assert "Wget/1.21.3" not in rows[cast.user(0)]["agents"]


def test_the_dashboard_shows_what_ends(demo):
    told = demo.page("/usage.json")
    assert {row["state"] for row in told["top_endpoints"]} >= {"ending", "used"}
    assert told["totals"]["rehearsed"] > 0
    assert requests.get(f"{demo.url}/sunset.ics", timeout=30).text.count("BEGIN:VEVENT") >= 4


@pytest.mark.parametrize("script", HONEST, ids=lambda script: script.name)
def test_each_caller_is_told_of_their_own_calls(demo, script):
    headers = {"Authorization": Cast(FIXTURES).authorization(script)()}
    answer = requests.get(f"{demo.url}/api/shim/usage", headers=headers, timeout=30)
    told = answer.json()
    assert answer.status_code == 200, told
    assert told["caller"] == f"~{Cast(FIXTURES).user(script.place)}"
    assert {agent["agent"] for row in told["results"] for agent in row["agents"]} == {script.agent}
    assert {row["service"] for row in told["results"]} <= set(script.services)
    assert all(row["documents"] for row in told["results"] if "webhooks" not in row["slug"] and row["grants"])
    page = requests.get(told["results"][0]["migrate"], timeout=30)
    assert page.status_code == 200


def test_a_made_up_past_is_said_to_be_one():
    demo = Demo()
    try:
        made_up = int(re.findall(r"(\d+) calls in it are made up, and so are all dates", demo.text)[0])
        assert demo.page("/usage.json", since="90d")["totals"]["calls"] == made_up > 1000
        for path in ("/usage", "/usage/callers", "/usage/calendar"):
            page = requests.get(demo.url + path, auth=("me", demo.password), timeout=30)
            assert f"A demo: {made_up} calls in it are made up, and so are all dates." in page.text
    finally:
        demo.end()


def test_a_past_is_of_clients_that_there_are(sqlite_store):
    now = 1_800_000_000
    calls = make_up(sqlite_store, Cast(FIXTURES), now)
    uses = Report(sqlite_store, lambda: now).uses(Scope(now - 40 * 86400, now))
    assert sum(use.calls for use in uses) == calls
    assert {(use.service, use.endpoint) for use in uses} == {(habit.service, habit.slug) for habit in HABITS}
    assert {habit.client for habit in HABITS} <= {script.name for script in HONEST}
    known = Counter((service.name, endpoint.slug) for service in discover() for endpoint in service)
    assert {(habit.service, habit.slug) for habit in HABITS} <= set(known)
    assert json.dumps([use.caller for use in uses]).count("(other)") == 0
