"""`shim store`: what it makes, tells and refuses."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from shim.cli import main
from shim.store import migrations, open_store
from tests.databases import PASSWORD

NAMES = ["0001_usage", "0002_sunset", "0003_chores", "0004_received", "0005_webhooks", "0006_notes", "0007_compared"]


@pytest.fixture
def shim(tmp_path):
    """Runs `shim store` over the store at a URL."""

    def run(url, *arguments):
        file = tmp_path / "config.ini"
        file.write_text(f"[git.sr.ht]\norigin = https://git.example.org\n[shim]\nstore = {url}\n")
        result = CliRunner().invoke(main, ["store", *arguments, "--config", str(file)])
        assert PASSWORD not in result.output
        return result

    return run


def test_it_makes_the_tables_once(shim, store_url):
    store = open_store(store_url)
    first, second = shim(store_url, "migrate"), shim(store_url, "migrate")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.output.splitlines() == [*(f"applied {name}" for name in NAMES), f"{store.name} is up to date"]
    assert second.output == f"{store.name} is up to date\n"
    assert store.read("SELECT * FROM usage") == []
    store.close()


def test_its_json_tells_what_was_applied(shim, store_url):
    told = [json.loads(shim(store_url, "migrate", "--json").output) for _ in range(2)]
    assert [one["applied"] for one in told] == [NAMES, []]


def test_status_tells_what_is_missing_and_changes_nothing(shim, store_url, tmp_path):
    for _ in range(2):
        result = shim(store_url, "status")
        assert result.exit_code == 1
        first, _, *rows = result.output.splitlines()
        assert first.endswith(": run `shim store migrate`")
        assert [row.split() for row in rows] == [[name, "-"] for name in NAMES]
    assert [file.name for file in tmp_path.iterdir()] == ["config.ini"]


def test_status_tells_when_tables_were_made(shim, store_url):
    shim(store_url, "migrate")
    result = shim(store_url, "status")
    assert result.exit_code == 0
    assert "up to date" in result.output
    told = json.loads(shim(store_url, "status", "--json").output)
    assert told["current"] is True
    assert [row["name"] for row in told["migrations"]] == NAMES
    assert all(row["applied"].endswith("+00:00") for row in told["migrations"])
    assert [line.split()[1] for line in result.output.splitlines()[2:]] == [r["applied"] for r in told["migrations"]]


def test_the_store_of_a_newer_shim_is_one_line(shim, store_url):
    store = open_store(store_url)
    migrations.migrate(store)
    store.write(lambda s: s.run("INSERT INTO migrations (name, applied_at) VALUES ('0999_later', 1)"))
    store.close()
    for command in ("status", "migrate"):
        result = shim(store_url, command)
        problem = "belongs to a newer shim, which applied 0999_later; update this one"
        assert (result.exit_code, result.output) == (1, f"Error: {store.name}: {problem}\n")


@pytest.mark.parametrize(
    ("url", "status", "words"),
    [
        ("none", 2, "[shim] store is none"),
        ("sqlite:///", 2, "[shim] store: names no file"),
        (f"postgresql://shim:{PASSWORD}@h:p/d", 2, "[shim] store: is a postgresql:// URL with"),
        (f"postgresql://shim:{PASSWORD}@h/d?connect_timeout=1&colour=red", 1, "postgresql://shim@h/d: the options"),
        ("sqlite:////nowhere/x.sqlite3", 1, "sqlite:////nowhere/x.sqlite3: can't be made: No such file or directory"),
    ],
)
def test_what_keeps_it_from_its_work_is_one_line(shim, url, status, words):
    result = shim(url, "migrate")
    assert (result.exit_code, len(result.output.splitlines())) == (status, 1)
    assert words in result.output


@pytest.mark.parametrize("command", [["store"], ["store", "migrate"], ["store", "status"]])
def test_its_help_teaches(command):
    shown = CliRunner().invoke(main, [*command, "--help"]).output
    assert ("postgresql://USER:PASSWORD@HOST/NAME" if len(command) == 1 else "Exit status: 0 if") in shown
