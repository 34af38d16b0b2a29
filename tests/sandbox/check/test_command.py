"""`shim sandbox`."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from click.testing import CliRunner, Result

from shim import crypto
from shim.cli.sandbox import command
from shim.sandbox import DataError
from shim.sandbox.instance import Instance

from ..conftest import ROOT

USERS = ROOT / "git" / "graphql" / "users.yaml"


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_a_token_opens_the_sandbox() -> None:
    text = _run("token", "alice", "--grants", "git.sr.ht/PROFILE", "--expires", "2099-01-01").output.strip()
    token = crypto.BearerToken.verify(text, Instance().private_key)
    assert (token.username, token.grants, token.expires) == ("alice", "git.sr.ht/PROFILE", 4070908800)


def test_an_internal_authorization() -> None:
    text = _run("token", "alice", "--internal").output.strip()
    assert crypto.unseal(Instance().network_key, text, max_age=30)["name"] == "alice"


def test_check_reports_operations_and_totals() -> None:
    result = _run("check", str(ROOT), "--service", "git", "--era", "2024", str(USERS))
    assert result.exit_code == 0
    assert result.output.splitlines()[-1].split() == ["git", "2024", "in", "all", "34", "34"]


def test_check_counts_what_is_out_of_scope_by_operation() -> None:
    acls = ROOT / "git" / "graphql" / "m-acl.yaml"
    result = _run("check", str(ROOT), str(acls), "--json")
    assert result.exit_code == 0
    report = json.loads(result.output)
    (total,) = report["totals"]
    assert total["equal"] + total["skipped"] + total["out_of_scope"] == total["recorded"]
    found = {row["operation"]: (row["out_of_scope"], row["lacking"]) for row in report["operations"]}
    assert found["deleteACL"] == (4, 'Cannot query field "deleteACL" on type "Mutation".')
    head, *_ = _run("check", str(ROOT), str(acls)).output.splitlines()
    assert head.split()[-4:] == ["measure", "out", "of", "scope"]


def test_check_says_what_was_derived() -> None:
    result = _run("check", str(ROOT), "--service", "hg")
    assert result.output.splitlines()[-1].split() == ["hg", "2024", "in", "all", "50", "(derived)", "49", "1"]
    (total,) = json.loads(_run("check", str(ROOT), "--service", "hg", "--json").output)["totals"]
    assert (total["recorded"], total["derived"]) == (50, 50)


def test_check_names_what_differs(tmp_path: Path) -> None:
    (tmp_path / "git").mkdir()
    (tmp_path / "git" / "data").symlink_to(ROOT / "git" / "data")
    (tmp_path / "git" / "graphql").mkdir()
    changed = USERS.read_text("utf-8").replace("username: jdoe", "username: nobody")
    (tmp_path / "git" / "graphql" / "users.yaml").write_text(changed, "utf-8")
    result = _run("check", str(tmp_path), "--json")
    assert result.stderr == ""
    report = json.loads(result.output)
    assert result.exit_code == 1
    assert report["totals"][0]["equal"] < report["totals"][0]["recorded"]
    first = report["differences"][0]
    assert (first["operation"], first["path"], first["got"]) == ("G1", "$.data.me.username", "jdoe")
    assert "users.yaml [0] G1: $.data.me.username" in _run("check", str(tmp_path)).output


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (["--data", "/nowhere"], 2, "Error: /nowhere: no data set"),
        (["--era", "2025"], 2, "2025"),
        (["check", "/nowhere"], 2, "does not exist"),
        (["check", str(ROOT / "git" / "data")], 2, "no recordings"),
        (["check", str(ROOT), str(ROOT / "deviations.yaml")], 2, "no recordings"),
        (["--port", "65536"], 2, "65536"),
        (["--host", "192.0.2.1"], 1, "can't listen on 192.0.2.1:8090: Cannot assign requested address"),
    ],
)
def test_mistakes_are_told_in_a_line(arguments: list[str], status: int, text: str) -> None:
    result = _run(*arguments)
    assert result.exit_code == status
    assert text in result.output
    assert "Traceback" not in result.output


def test_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = _run("--data", str(ROOT), "--service", "git", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "already taken; choose another with --host or --port" in result.output


def test_it_serves_until_interrupted_and_says_how_to_get_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = []

    def use_and_interrupt() -> None:
        lines = capsys.readouterr().out.splitlines()
        base = lines[0].split(" at ")[1].split(";")[0]
        name, token = lines[3].split()
        headers = {"Authorization": f"Bearer {token}"}
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(f"{base}/git/query", json={"query": "{ me { username } }"}, headers=headers)
        answers.append((answer.json(), {"data": {"me": {"username": name}}}))
        raise KeyboardInterrupt

    event = SimpleNamespace(wait=use_and_interrupt)
    monkeypatch.setattr("shim.cli.sandbox.threading", SimpleNamespace(Event=lambda: event))
    command.main(["--data", str(ROOT), "--service", "git", "--port", "0"], standalone_mode=False)
    ((got, expected),) = answers
    assert got == expected


@pytest.mark.parametrize("arguments", [["--port", "0"], ["token", "jdoe"]])
def test_a_configuration_that_cannot_be_used_is_one_line(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "config.ini").write_text("garbage")
    result = _run(*arguments, "--data", str(tmp_path))
    assert result.exit_code == 2
    assert result.output.startswith(f"Error: {tmp_path}/config.ini: line 1 is neither a [section] nor")
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize(("arguments", "seconds"), [([], None), (["--fatal"], 3.0), (["--fatal", "0.5"], 0.5)])
def test_it_can_be_told_to_die_of_slow_and_abandoned_requests(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], seconds: float | None
) -> None:
    told: list[float | None] = []

    def sandbox(data: Path, *, max_duration: float | None, **_: object) -> None:
        told.append(max_duration)
        raise DataError("enough")

    monkeypatch.setattr("shim.cli.sandbox.Sandbox", sandbox)
    assert _run("--port", "0", *arguments).exit_code == 2
    assert told == [seconds]


def test_a_limit_must_be_positive() -> None:
    assert _run("--fatal", "0").exit_code == 2
