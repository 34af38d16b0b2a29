"""`shim sunset`: plan, status, ics, pause and resume."""

from __future__ import annotations

import json
import time
from contextlib import closing
from math import inf

import icalendar
import pytest
from click.testing import CliRunner

from shim.cli import main
from shim.config import parse
from shim.store import open_store
from shim.sunset.pauses import active
from tests.sunset.kit import SERVICES
from tests.usage.kit import HOUR, put

ENDS = "[git.sr.ht::shim]\nsunset = 2127-06-30\nbrownouts = 2127-01-10T12:00Z/2h\n"


@pytest.fixture
def shim(tmp_path, store, store_url):
    """Runs the command on a store of either kind."""
    file = tmp_path / "config.ini"
    file.write_text(f"{SERVICES}{ENDS}[shim]\nstore = {store_url}\n")

    def run(*words):
        return CliRunner().invoke(main, ["sunset", *words, "--config", str(file)])

    return run


def plan(*words):
    return CliRunner().invoke(main, ["sunset", "plan", *words])


def test_a_plan_can_be_pasted():
    result = plan("--service", "git", "--sunset", "2127-06-30", "--from", "2127-01-01")
    assert result.exit_code == 0
    git = parse(f"{SERVICES}{result.output}", "the plan").services["git"]
    assert (git.lifecycle.sunset.year, len(git.lifecycle.brownouts)) == (2127, 6)
    assert "# Announce this by 2127-01-01" in result.output


def test_a_plan_of_endpoints_is_theirs():
    words = (
        "--service",
        "git",
        "--sunset",
        "2127-06-30T12:00Z",
        "--endpoint",
        "GET /api/repos",
        "--endpoint",
        "get-user",
    )
    git = parse(f"{SERVICES}{plan(*words, '--steps', '2').output}", "the plan").services["git"]
    told = {slug: len(ends.brownouts) for slug, ends in git.endpoints.items() if ends.sunset}
    assert told == {"get-repos": 2, "get-user": 2}
    found = json.loads(plan(*words, "--json").stdout)
    assert (found["sections"], found["sunset"]) == (
        ["git.sr.ht::get-repos", "git.sr.ht::get-user"],
        "2127-06-30T12:00Z",
    )
    assert [list(window) for window in found["brownouts"]] == [["begin", "end", "written"]] * 6


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--service", "got", "--sunset", "2127-06-30"), "no service 'got'; is git meant?"),
        (("--service", "git", "--sunset", "2127-06-30", "--endpoint", "get-repo"), "did you mean get-repos"),
        (("--service", "git", "--sunset", "2020-06-30"), "too early"),
        (("--service", "git", "--sunset", "none"), "'none' is no date"),
        (("--service", "git", "--sunset", "soon"), "'soon' is no date in UTC"),
        (("--service", "git", "--sunset", "2127-06-30", "--steps", "99"), "range 1<=x<=11"),
    ],
)
def test_what_cannot_be_planned_is_told(words, problem):
    result = plan(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert problem in result.stderr


def test_a_pause_is_in_the_store_and_ends(shim, store):
    now = time.time()
    result = shim("pause", "--service", "git", "--for", "2h")
    assert result.output.startswith("git.sr.ht: brownouts and the sunset are paused until 2")
    assert now + 7199 <= active(store)["git"] <= time.time() + 7200
    assert shim("resume", "--service", "git").exit_code == 0
    assert active(store) == {}


def test_everything_is_paused_till_it_is_resumed(shim, store):
    assert "all services: brownouts and the sunset are paused till they are resumed" in shim("pause").output
    assert active(store) == {"": inf}
    single = shim("resume", "--service", "git")
    assert (single.exit_code, len(single.stderr.splitlines())) == (1, 1)
    assert "all services are paused" in single.stderr
    assert [shim("resume").exit_code for _ in range(2)] == [0, 1]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("pause", "--service", "hg"), "no service in the configuration 'hg'"),
        (("pause", "--for", "40d"), "at most 31 days"),
        (("pause", "--for", "0h"), "is no length"),
        (("status", "--service", "hg"), "no service in the configuration 'hg'"),
        (("status", "--check", "git/get-repo"), "did you mean get-repos"),
        (("status", "--check", "git"), "git: no endpoint ''"),
        (("ics", "--output", "."), "is a directory"),
        (("status", "--look-back", "1000d"), "is no length"),
    ],
)
def test_bad_input_is_told(shim, words, problem):
    result = shim(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert problem in result.stderr


def test_status_tells_of_every_endpoint(shim, store):
    put(store, *({"hour": _hour(days), "endpoint": "post-repos"} for days in (1, 40)))
    shim("pause", "--service", "git")
    lines = {line.split()[0]: line for line in shim("status").stdout.splitlines()}
    assert (
        lines["git/post-repos"].split()[-4:] == ["in", "use", "by", "1"]
        or "in use by 1 caller" in lines["git/post-repos"]
    )
    assert "2127-01-10T12:00Z/2h" in lines["git/get-repos"]
    assert "till resumed" in lines["git/get-repos"]
    assert lines["git/get-repos"].endswith("removable")
    (row,) = (row for row in json.loads(shim("status", "--json").stdout) if row["endpoint"] == "post-repos")
    assert (row["calls"], row["callers_open"], row["removable"], row["paused"]) == (1, 1, False, True)


def _hour(days):
    """The begin of an hour that many days ago."""
    now = int(time.time()) - days * 24 * HOUR
    return now - now % HOUR


def test_check_says_by_its_exit_status_whether_an_endpoint_is_removable(shim, store):
    assert shim("status", "--check", "git/get-repos").exit_code == 1
    put(store, {"hour": _hour(40), "endpoint": "post-repos"})
    result = shim("status", "--check", "git/get-repos")
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 2)
    put(store, {"hour": _hour(1)})
    assert shim("status", "--check", "git/get-repos").exit_code == 1
    assert shim("status", "--check", "git/get-repos", "--look-back", "12h").exit_code == 0
    assert shim("status", "--check", "git/get-repos", "--look-back", "90d").exit_code == 1


def test_contradictions_are_warnings(tmp_path, sqlite_store):
    file = tmp_path / "config.ini"
    ends = "[git.sr.ht::get-repos]\nsunset = 2027-02-01\nremoval = 2027-01-01\n"
    file.write_text(f"{SERVICES}{ends}[shim]\nstore = {sqlite_store.name}\n")
    result = CliRunner().invoke(main, ["sunset", "status", "--config", str(file), "--json"])
    assert result.stderr == ("Warning: git/get-repos: it is removed on 2027-01-01, before its sunset on 2027-02-01\n")
    assert json.loads(result.stdout)


def test_the_calendar_is_written(shim, tmp_path):
    target = tmp_path / "sunset.ics"
    assert shim("ics", "--output", str(target)).exit_code == 0
    assert shim("ics").stdout_bytes == target.read_bytes()
    assert len(icalendar.Calendar.from_ical(target.read_bytes()).walk("VEVENT")) == 2


def test_a_calendar_that_cannot_be_written_is_one_line(shim, tmp_path):
    result = shim("ics", "--output", str(tmp_path / "none" / "sunset.ics"))
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)


def test_a_store_that_is_not_there_is_one_line(tmp_path):
    file = tmp_path / "config.ini"
    file.write_text(f"{SERVICES}[shim]\nstore = sqlite:///{tmp_path}/none/store\n")
    for words in (("status",), ("pause",), ("resume",)):
        result = CliRunner().invoke(main, ["sunset", *words, "--config", str(file)])
        assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1), result.stderr
    file.write_text(f"{SERVICES}[shim]\nstore = none\n")
    result = CliRunner().invoke(main, ["sunset", "pause", "--config", str(file)])
    assert (result.exit_code, "nothing is remembered" in result.stderr) == (2, True)


def test_a_pause_makes_the_file_of_a_store(tmp_path):
    file = tmp_path / "config.ini"
    url = f"sqlite:///{tmp_path}/store"
    file.write_text(f"{SERVICES}[shim]\nstore = {url}\n")
    assert CliRunner().invoke(main, ["sunset", "pause", "--config", str(file)]).exit_code == 0
    with closing(open_store(url)) as store:
        assert active(store) == {"": inf}
