"""A new service is a folder for the translation, one for the sandbox, and its recordings: nothing else is touched."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import shim.sandbox.services
import shim.services
from shim.cli import main
from shim.services import discover

HERE = Path(__file__).parent / "newcomer"
CONFIG = "[pond.sr.ht]\norigin = http://pond.example.org\napi-origin = http://127.0.0.1:9\n[shim]\nera = 2024\n"


@pytest.fixture(autouse=True)
def newcomer(monkeypatch):
    """The folders, as if they lay where they belong."""
    monkeypatch.setattr(shim.services, "__path__", [*shim.services.__path__, str(HERE / "services")])
    monkeypatch.setattr(shim.sandbox.services, "__path__", [*shim.sandbox.services.__path__, str(HERE / "sandbox")])
    discover.cache_clear()
    yield
    discover.cache_clear()
    for name in ("shim.services.pond", "shim.sandbox.services.pond"):
        sys.modules.pop(name, None)


def run(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_its_recordings_are_compared():
    result = run("compare", HERE / "fixtures", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["services"]["pond"] == {
        "exchanges": 3,
        "exact": 3,
        "declared": 0,
        "different": 0,
        "exact_percent": 100.0,
    }


def test_a_difference_in_them_is_found(tmp_path):
    cassette = tmp_path / "wrong/pond/rest/reads/fish.yaml"
    cassette.parent.mkdir(parents=True)
    cassette.write_text((HERE / "fixtures/pond/rest/reads/fish.yaml").read_text().replace("carp", "eel"))
    (tmp_path / "wrong/pond/data").symlink_to(HERE / "fixtures/pond/data")
    (tmp_path / "wrong/config.ini").write_text((HERE / "fixtures/config.ini").read_text())
    assert run("compare", tmp_path / "wrong").exit_code == 1


def test_what_replaces_its_endpoints_is_known():
    told = json.loads(run("explain", "pond", "GET /api/fish", "--json").stdout)
    assert [source["path"] for row in told["rows"] for source in row["sources"]] == [
        "user(username:).fish.id",
        "user(username:).fish.name",
    ]
    assert "catch(name:).name" in run("explain", "pond", "post-fish").stdout


def test_its_routes_and_settings_are_shown(tmp_path):
    config = tmp_path / "config.ini"
    config.write_text(CONFIG)
    assert "/api/fish" in run("routes", "--service", "pond").output
    assert "pond.sr.ht" in run("config", "--config", config).output
