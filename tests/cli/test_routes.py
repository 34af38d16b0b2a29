"""`shim routes`: what is declared, and what is measured (1 upstream call where the contract says 1)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from shim.cli import main
from shim.services import discover

ROOT = Path(__file__).parents[2] / "fixtures"


def rows(*options):
    result = CliRunner().invoke(main, ["routes", "--json", *options])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_every_declared_rule_is_listed():
    listed = {(row["service"], row["method"], row["path"]) for row in rows()}
    assert listed == {(s.name, e.method, rule) for s in discover() for e in s for rule in e.rules}


def test_every_endpoint_has_a_summary_and_operations_that_exist():
    for service in discover():
        for endpoint in service:
            assert endpoint.summary.endswith(".")
            assert set(endpoint.operations) <= set(service.operations)


def test_grants_stand_as_tokens_have_them():
    grants = {(row["service"], row["method"], row["path"]): row["grants"] for row in rows()}
    assert grants["git", "GET", "/api/version"] == []
    assert grants["todo", "GET", "/api/user"] == ["todo.sr.ht/PROFILE:RO"]
    assert grants["git", "GET", "/api/<u>/repos/<r>/webhooks"] == ["git.sr.ht/PROFILE:RO", "git.sr.ht/REPOSITORIES:RO"]
    assert grants["git", "PUT", "/api/repos/<r>/readme"] == ["git.sr.ht/PROFILE:RO", "git.sr.ht/REPOSITORIES:RW"]


def test_every_scope_has_grants():
    scoped = [row for row in rows() if row["scope"] and not row["scope"].startswith("profile:")]
    assert [row for row in scoped if all("/PROFILE:" in grant for grant in row["grants"])] == []


def test_the_table_shows_paths_as_they_are():
    shown = CliRunner().invoke(main, ["routes", "--service", "git"]).output
    assert "/api/<u>/repos/<r>/log/<ref>/<path:path>" in shown


def test_recorded_requests_are_measured(tmp_path):
    """One small cassette is enough to see the counts; tests/parity checks all of them."""
    for part in ("git/data", "git/rest/reads/readme.yaml"):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / part).symlink_to(ROOT / part)
    measured = rows("--measure", str(tmp_path))
    calls = {(row["service"], row["path"]): row["calls"] for row in measured if row["calls"]}
    assert calls == {("git", "/api/repos/<r>/readme"): {"1": 5}, ("git", "/api/<u>/repos/<r>/readme"): {"1": 4}}


def test_a_root_without_recordings_is_one_line_and_status_2(tmp_path):
    result = CliRunner().invoke(main, ["routes", "--measure", str(tmp_path)])
    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1


@pytest.mark.parametrize(("name", "text"), [("git/rest/reads/x.yaml", "interactions: 5"), ("deviations.yaml", "x")])
def test_recordings_that_cannot_be_used_are_one_line_and_status_2(tmp_path, name, text):
    for part, content in {"git/rest/reads/x.yaml": "", name: text}.items():
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / part).write_text(content)
    (tmp_path / "git/data").symlink_to(ROOT / "git/data")
    result = CliRunner().invoke(main, ["routes", "--measure", str(tmp_path)])
    assert (result.exit_code, len(result.output.splitlines())) == (2, 1)
    assert result.output.startswith(f"Error: {tmp_path / name}: ")
