"""`shim outreach`, over both databases."""

from __future__ import annotations

import csv
import io
import json
import stat
import time

import pytest
from click.testing import CliRunner

from shim.cli import main
from tests.conftest import NETWORK_KEY
from tests.usage.kit import HOUR, put

RECENT = int(time.time()) // HOUR * HOUR - 2 * HOUR
INI = f"[git.sr.ht]\norigin = https://git.example.org\n[sr.ht]\nnetwork-key = {NETWORK_KEY}\n[shim]\nstore = {{}}\n{{}}"


@pytest.fixture
def configured(store, store_url, tmp_path):
    """A configuration with more settings."""

    def write(*lines):
        file = tmp_path / "config.ini"
        file.write_text(INI.format(store_url, "\n".join(lines)))
        return str(file)

    return write


@pytest.fixture
def outreach(configured, store):
    """The command, with some callers."""
    rows = [{"caller": name} for name in ("", "(other)", "hash:" + 32 * "0", "eve\nBcc: x")]
    put(store, *({"hour": RECENT, **row} for row in rows))
    put(store, {"hour": RECENT, "calls": 7}, {"hour": RECENT, "caller": "bob", "agent": "=1+1", "endpoint": "get-user"})
    config = configured()
    return lambda *words: CliRunner().invoke(main, ["outreach", words[0], "--config", config, *words[1:]])


def listed(outreach, *options):
    result = outreach("list", "--format", "json", *options)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_only_people_with_a_name_are_listed(outreach):
    assert [(row["caller"], row["state"], row["calls"]) for row in listed(outreach)] == [
        ("ann", "open", 7),
        ("bob", "open", 1),
    ]


def test_the_list_is_json_by_either_option(outreach):
    assert outreach("list", "--json").stdout == outreach("list", "--format", "json").stdout


@pytest.mark.parametrize("name", ["", "~"])
def test_no_name_is_not_everybody(outreach, name):
    for words in (("draft", name), ("mark", name, "told")):
        result = outreach(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "is no user name" in result.stderr


def test_marks_show_in_the_list(outreach):
    marked = outreach("mark", "~ann", "told", "--note", "by mail", "--consent", "yes")
    assert (marked.exit_code, marked.stdout) == (0, "~ann: told, may be named: yes\n")
    (row,) = listed(outreach, "--state", "told")
    assert (row["caller"], row["note"], row["consent"]) == ("ann", "by mail", "yes")
    assert row["told"] >= time.strftime("%Y-%m-%d", time.gmtime(RECENT))
    assert [row["caller"] for row in listed(outreach, "--state", "open", "--state", "moved")] == ["bob"]


def test_who_had_moved_and_calls_again_is_listed_as_open(outreach, store):
    assert outreach("mark", "ann", "moved").exit_code == 0
    assert listed(outreach, "--state", "moved")[0]["returned"] is False
    put(store, {"hour": RECENT + HOUR, "last_call": int(time.time()) + 60})
    assert [(row["caller"], row["returned"]) for row in listed(outreach, "--state", "open")] == [
        ("ann", True),
        ("bob", False),
    ]
    assert "open (had moved)" in outreach("list").stdout


def test_who_has_moved_stays_in_the_list_without_calls(outreach, store):
    outreach("mark", "ann", "moved", "--note", "by mail")
    rows = listed(outreach, "--since", "1m", "--state", "moved")
    assert [(row["caller"], row["calls"], row["last_call"], row["note"]) for row in rows] == [
        ("ann", 0, None, "by mail")
    ]
    outreach("mark", "ann", "open")
    drafted = outreach("draft", "--all-open", "--output", "nowhere", "--since", "1m")
    assert (drafted.exit_code, drafted.stderr) == (0, "Nobody is open.\n")
    assert "uses nothing" in outreach("draft", "ann", "--since", "1m").stderr


def test_a_table_and_a_csv_without_formulas(outreach):
    assert outreach("list").stdout.splitlines()[1].split()[:4] == ["~ann", "open", "1", "7"]
    rows = list(csv.DictReader(io.StringIO(outreach("list", "--format", "csv").stdout)))
    assert [(row["caller"], row["agents"]) for row in rows] == [("ann", "hut/0.4.0"), ("bob", "'=1+1")]


def test_a_draft_is_printed(outreach):
    result = outreach("draft", "ann")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("To: ~ann\nSubject: git.sr.ht")
    assert "query Repositories(" in result.stdout
    assert "bob" not in result.stdout


def test_drafts_to_all_who_are_open_are_written_once(outreach, tmp_path):
    outreach("mark", "bob", "told")
    folder = tmp_path / "drafts"
    assert outreach("draft", "--all-open", "--output", str(folder)).exit_code == 0
    (file,) = folder.iterdir()
    assert (file.name, stat.S_IMODE(file.stat().st_mode)) == ("ann.txt", 0o600)
    file.write_text("edited")
    again = outreach("draft", "--all-open", "--output", str(folder))
    assert (again.exit_code, file.read_text()) == (0, "edited")
    assert "stays as it is" in again.stderr


def test_the_default_template_can_be_copied(outreach, configured, tmp_path):
    shown = outreach("draft", "--show-template")
    copy = tmp_path / "mine.txt"
    copy.write_text(shown.stdout)
    config = configured(f"outreach-template = {copy}")
    mine = CliRunner().invoke(main, ["outreach", "draft", "--config", config, "ann"])
    assert mine.stdout == outreach("draft", "ann").stdout
    assert "There are name, services" in shown.stderr


def test_a_wrong_template_is_one_line_and_status_2(outreach, configured, tmp_path):
    wrong = tmp_path / "mine.txt"
    wrong.write_text("To: x\n{{ nobody }}")
    config = configured(f"outreach-template = {wrong}")
    result = CliRunner().invoke(main, ["outreach", "draft", "--config", config, "ann"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: {wrong}: line 2: 'nobody' is undefined. There are name,")


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("mark", "ann", "answered"), 1, "mark ~ann told before answered"),
        (("mark", "zed", "told"), 1, "nothing is known of ~zed"),
        (("draft", "zed"), 1, "nothing is known of ~zed"),
        (("mark", "(other)", "told"), 2, "'(other)' is no user name"),
        (("mark", "ann"), 2, "say a state"),
        (("mark", "ann", "--note", "a\nb"), 2, "one line"),
        (("draft",), 2, "either NAME or --all-open"),
        (("draft", "ann", "--all-open"), 2, "either NAME or --all-open"),
        (("draft", "--all-open"), 2, "needs --output"),
    ],
)
def test_what_makes_no_sense_says_so(outreach, words, status, told):
    result = outreach(*words)
    assert (result.exit_code, result.stdout) == (status, "")
    assert told in result.stderr


@pytest.mark.parametrize("identity", ["hash", "none"])
def test_without_names_it_says_why_there_is_nobody(configured, store, identity):
    put(store, {"hour": RECENT, "caller": "hash:" + 32 * "0"})
    config = configured(f"usage-identity = {identity}")
    for words in (("list",), ("draft", "ann"), ("draft", "--all-open", "--output", "x")):
        result = CliRunner().invoke(main, ["outreach", words[0], "--config", config, *words[1:]])
        assert f"usage-identity = {identity}" in result.stderr, words
        assert result.exit_code == (1 if "ann" in words else 0)


def test_without_a_store_it_says_how_to_have_one(tmp_path):
    file = tmp_path / "config.ini"
    file.write_text("[git.sr.ht]\norigin = https://git.example.org\n[shim]\nstore = none\n")
    result = CliRunner().invoke(main, ["outreach", "list", "--config", str(file)])
    assert result.exit_code == 2
    assert "[shim] store is none" in result.stderr
