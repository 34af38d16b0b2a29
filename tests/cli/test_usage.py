"""`shim usage`: who calls what, for people, spreadsheets and programs."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from contextlib import closing

import pytest
from click.testing import CliRunner

from shim.cli import main
from shim.cli.usage.output import as_csv, sparkline, written
from shim.cli.usage.scope import Moment
from shim.services import discover
from shim.store import migrations, open_store
from shim.usage.identity import Identity
from tests.conftest import NETWORK_KEY
from tests.usage.kit import lose, put

HOUR, DAY = 3600, 86400
NOW = int(time.time())
THIS = NOW - NOW % HOUR
INI = f"""
[sr.ht]
network-key = {NETWORK_KEY}
[git.sr.ht]
origin = http://git.example.org
[todo.sr.ht]
origin = http://todo.example.org
[shim]
store = sqlite:///{{}}
"""


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "config.ini"
    file.write_text(INI.format(tmp_path / "store"))
    return file


@pytest.fixture
def kept(config):
    """A store with a few calls in it, and the configuration that leads to it."""
    with closing(open_store(f"sqlite:///{config.parent}/store")) as store:
        put(
            store,
            {"hour": THIS, "calls": 5},
            {"hour": THIS - DAY, "calls": 2, "status": "4xx", "endpoint": "get-repos-r"},
            {"hour": THIS - 3 * DAY, "calls": 1, "caller": "bob", "agent": "curl/8.0"},
            {"hour": THIS - 3 * DAY, "calls": 7, "caller": "", "agent": "", "service": "todo", "endpoint": "get-user"},
            {"hour": THIS - 60 * DAY, "calls": 100, "caller": "old"},
        )
        yield store


def run(config, *words, **options):
    words = [*words[:1], "--config", str(config), *words[1:]]
    return CliRunner().invoke(main, ["usage", *words], **options)


def rows(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def columns(result, *names):
    return [tuple(row[name] for name in names) for row in rows(result)]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("words", "calls"),
    [
        ([], [7, 5, 2, 1]),
        (["--since", "2d"], [5, 2]),
        (["--since", "90d"], [100, 7, 5, 2, 1]),
        (["--since", "90d", "--until", time.strftime("%Y-%m-%d", time.gmtime(NOW - 30 * DAY))], [100]),
        (["--service", "todo"], [7]),
        (["--service", "git", "--service", "todo"], [7, 5, 2, 1]),
        (["--endpoint", "get-repos"], [5, 1]),
        (["--endpoint", "GET /api/repos"], [5, 1]),
        (["--endpoint", "GET /api/repos/<r>", "--endpoint", "get-repos"], [5, 2, 1]),
        (["--caller", "~ann"], [5, 2]),
        (["--caller", "(unknown)"], [7]),
        (["--caller", "nobody"], []),
    ],
)
def test_a_report_tells_what_was_asked_for(config, words, calls):
    assert [row["calls"] for row in rows(run(config, "report", "--json", *words))] == calls


def test_a_report_names_endpoints_and_times(config, kept):
    lose(kept, THIS, "killed", 3)
    result = run(config, "report", "--format", "json", "--caller", "ann")
    first = rows(result)[0]
    assert (first["endpoint"], first["slug"], first["caller"]) == ("GET /api/repos", "get-repos", "ann")
    assert first["last_call"] == written(THIS + 60)
    assert re.search("^7 calls [▁-█]{28,31}\n3 calls could not be counted: 3 killed\n$", result.stderr)


@pytest.mark.usefixtures("kept")
def test_a_table_has_all_of_it(config):
    lines = [re.split(r"\s{2,}|(?<=\d)\s", line.strip()) for line in run(config, "report").stdout.splitlines()]
    assert lines[0][0].split()[0] == "service"
    assert lines[1][:3] == ["todo", "GET /api/user", "(unknown)"]
    assert len(lines) == 5


@pytest.mark.usefixtures("kept")
def test_csv_has_titles_and_rows(config):
    found = list(csv.DictReader(io.StringIO(run(config, "report", "--format", "csv").stdout)))
    assert [(row["endpoint"], row["caller"], row["calls"], row["failed"]) for row in found[1:3]] == [
        ("GET /api/repos", "ann", "5", "0"),
        ("GET /api/repos/<r>", "ann", "2", "2"),
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cell):
    (read,) = list(csv.DictReader(io.StringIO(as_csv([{"caller": cell, "agents": (cell, "b")}], ("caller", "agents")))))
    assert (read["caller"], read["agents"]) == (f"'{cell}", f"'{cell}, b")


def test_cells_that_are_none_stay_as_they_are():
    assert as_csv([{"a": 5, "b": "x=1", "c": None, "d": "a,b"}], "abcd") == '"a","b","c","d"\n5,"x=1","","a,b"\n'


@pytest.mark.usefixtures("kept")
def test_what_is_called_most_comes_with_its_trend(config):
    found = rows(run(config, "top", "--json", "--since", "4d", "--limit", "2"))
    assert [(row["slug"], row["calls"], row["callers"]) for row in found] == [("get-user", 7, 0), ("get-repos", 6, 2)]
    assert sum(found[1]["trend"]) == 6
    assert {1, 5} < set(found[1]["trend"])
    shown = run(config, "top", "--limit", "1").stdout
    assert re.search("[▁-█]{20,}", shown)
    assert "GET /api/repos " not in shown


@pytest.mark.usefixtures("kept")
def test_callers_come_with_their_programs(config):
    assert columns(run(config, "callers", "--json"), "caller", "calls", "endpoints", "agents") == [
        ("(unknown)", 7, 1, []),
        ("ann", 7, 2, ["hut/0.4.0"]),
        ("bob", 1, 1, ["curl/8.0"]),
    ]


@pytest.mark.usefixtures("kept")
def test_idle_are_all_that_nobody_called(config):
    result = run(config, "idle", "--since", "2d", "--json")
    found = {(row["service"], row["slug"]): row["last_call"] for row in rows(result)}
    declared = {(s.name, e.slug) for s in discover() if s.name in ("git", "todo") for e in s}
    assert declared - set(found) == {("git", "get-repos"), ("git", "get-repos-r")}
    assert found["todo", "get-user"] == written(THIS - 3 * DAY + 60)
    assert found["git", "get-user"] is None
    assert f"recorded since {written(THIS - 60 * DAY)}\n" in result.stderr
    short = run(config, "idle", "--service", "git")
    assert "todo" not in short.stdout
    assert "which is not as long as was asked for" in short.stderr


def test_an_empty_store_has_everything_idle(config):
    with closing(open_store(f"sqlite:///{config.parent}/store")) as store:
        migrations.migrate(store)
    result = run(config, "idle")
    assert (result.exit_code, result.stderr) == (0, "nothing is recorded yet\n")


def test_a_user_is_forgotten_when_that_is_sure(config, kept):
    put(kept, {"hour": THIS, "caller": Identity("name", NETWORK_KEY).hashed("ann")})
    assert run(config, "forget", "ann", input="n\n").exit_code == 1
    assert len(rows(run(config, "report", "--json", "--caller", "ann"))) == 3
    result = run(config, "forget", "ann", input="y\n")
    assert (result.exit_code, result.stdout) == (0, "3 rows of usage deleted, 0 of outreach\n")
    assert rows(run(config, "report", "--json", "--caller", "ann")) == []
    assert run(config, "forget", "--yes", "~bob").stdout.startswith("1 rows")


@pytest.mark.usefixtures("kept")
def test_an_export_is_every_row_a_line(config, tmp_path):
    lines = [json.loads(line) for line in run(config, "export").stdout.splitlines()]
    assert sorted(line["calls"] for line in lines) == [1, 2, 5, 7, 100]
    assert lines[0]["hour"] == THIS - 60 * DAY
    file = tmp_path / "rows"
    assert run(config, "export", "--since", "2d", "--output", str(file)).output == ""
    assert len(file.read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["report", "--since", "yesterday"], "write 30d, 12h"),
        (["report", "--since", "none"], "write 30d, 12h"),
        (["report", "--since", "2026-13-01"], "write 30d, 12h"),
        (["report", "--since", "٣d"], "write 30d, 12h"),
        (["report", "--since", "2026-11-01", "--until", "2026-10-01"], "--since is not before --until"),
        (["report", "--service", "gti"], "--service gti: there are builds, git, "),
        (["report", "--endpoint", "get-repo"], "there is no such endpoint; is get-repos meant?"),
        (["report", "--service", "todo", "--endpoint", "get-repos"], "there is no such endpoint"),
        (["report", "--format", "xml"], "xml"),
        (["top", "--limit", "0"], "limit"),
        (["forget"], "NAME"),
        (["forget", "--yes", ""], "'' is no user name"),
        (["forget", "--yes", "~"], "'~' is no user name"),
        (["forget", "--yes", "hash:zz"], "'hash:zz' is no user name"),
    ],
)
def test_what_cannot_be_understood_is_status_2(config, words, problem):
    result = run(config, *words)
    assert result.exit_code == 2
    assert problem in result.output


@pytest.mark.parametrize("words", [["report"], ["top"], ["idle"], ["callers"], ["export"]])
def test_a_store_that_cannot_be_used_is_one_line_and_status_1(config, words):
    result = run(config, *words)
    assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
    assert "run `shim store migrate`" in result.output


def test_no_store_is_one_line_and_status_2(config):
    config.write_text(INI.format("x").replace("sqlite:///x", "none"))
    result = run(config, "report")
    assert (result.exit_code, len(result.output.splitlines())) == (2, 1)


@pytest.mark.parametrize(
    ("values", "bars"), [([], ""), ([0, 0], "▁▁"), ([0, 1, 100], "▁▂█"), ([5, 5], "██"), ([0, 4, 8], "▁▅█")]
)
def test_a_sparkline_shows_that_there_was_something(values, bars):
    assert sparkline(values) == bars


@pytest.mark.parametrize("text", ["99999d", "99999w", "1969-01-01", "0001-01-01"])
def test_times_before_all_times_are_the_first(text):
    assert Moment().convert(text, None, None) == 0


def test_a_time_that_no_calendar_has_is_not_written():
    assert (written(None), written(10**15), written(0)) == (None, None, "1970-01-01T00:00:00Z")
