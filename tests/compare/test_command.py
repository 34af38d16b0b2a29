from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shim.cli import compare
from tests.compare.kit import Answering, Fake, interaction, reply, write_cassette, write_rules

NAME = "git/rest/reads/x.yaml"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_cassette(tmp_path, NAME, [interaction("/a", '{"a": 1}'), interaction("/b", '{"a": 2}')])
    write_cassette(tmp_path, "git/rest/writes/y.yaml", [interaction("/a", '{"a": 1}')])
    answers(monkeypatch, lambda request: reply('{"a": 1}'))
    return tmp_path


def answers(monkeypatch: pytest.MonkeyPatch, answering: Answering) -> None:
    monkeypatch.setattr(compare, "open_stand", Fake(answering).open)


def shim(*words: object) -> Result:
    return CliRunner().invoke(compare.command, [str(word) for word in words])


def test_says_what_differs_and_fails(root: Path) -> None:
    result = shim(root)
    assert result.exit_code == 1
    assert (
        "git/rest/reads/x.yaml                                different             1 exact, 1 different"
        in result.output
    )
    assert "git/rest/writes/y.yaml                               equal                 1 exact" in result.output
    assert "git/rest/reads/x.yaml #1  GET /b" in result.output
    assert "-H 'Host: git.example.org' --globoff --path-as-is http://127.0.0.1:8080/b" in result.output
    assert result.output.endswith("3 exchanges: 2 exact (66.6%), 0 deviating as declared (0.0%), 1 different\n")


def test_passes_when_nothing_differs_undeclared(root: Path) -> None:
    write_rules(root, {"endpoints": ["GET /b"], "instead": {"change": [{"at": "a", "set": 1}]}})
    result = shim(root)
    assert (result.exit_code, result.exception and type(result.exception)) == (0, None)
    assert "deviating as declared 1 exact, 1 declared" in result.output


def test_the_kinds_and_cassettes_can_be_chosen(root: Path) -> None:
    assert "writes/y.yaml" not in shim(root, "--only", "reads").output
    assert shim(root / "git" / "rest" / "writes" / "y.yaml").exit_code == 0
    assert shim(root / "git" / "rest" / "writes").exit_code == 0


def test_a_running_shim_gets_reads_only_unless_told(root: Path) -> None:
    assert "writes/y.yaml" not in shim(root, "--url", "http://127.0.0.1:9").output
    assert "writes/y.yaml" in shim(root, "--url", "http://127.0.0.1:9", "--writes").output
    single = shim(root / "git" / "rest" / "writes" / "y.yaml", "--url", "http://127.0.0.1:9")
    assert (single.exit_code, "no cassettes */rest/reads/*.yaml" in single.output) == (2, True)


def test_json_goes_to_standard_output_and_the_summary_beside_it(root: Path) -> None:
    result = shim(root, "--json")
    assert json.loads(result.stdout)["totals"]["different"] == 1
    assert result.stderr == "3 exchanges: 2 exact (66.6%), 0 deviating as declared (0.0%), 1 different\n"


def test_a_page_is_written(root: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert shim(root, "--report", page).exit_code == 1
    assert page.read_text("utf-8").startswith("<!doctype html>")
    result = shim(root, "--report", tmp_path / "absent" / "page.html")
    assert (result.exit_code, result.output.splitlines()[-1].partition("page.html: ")[2]) == (
        2,
        "No such file or directory",
    )


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--writes"], "--writes and --reset-command need --url or --upstream"),
        (["--reset-command", "true"], "--writes and --reset-command need --url or --upstream"),
        (["--url", "http://h", "--jobs", "2"], "--jobs needs the sandbox"),
        (["--url", "http://h", "--only", "writes"], "--only writes changes data: say --writes"),
        (["--era", "2025"], "Invalid value for '--era'"),
        (["--service", "nope"], "no cassettes nope/rest/"),
        (["--deviations", "/no/such/file"], "does not exist"),
    ],
)
def test_wrong_use_and_bad_input_are_one_clear_line(root: Path, words: list[str], complaint: str) -> None:
    result = shim(root, *words)
    assert result.exit_code == 2
    assert result.output.splitlines()[-1].startswith("Error: ")
    assert complaint in result.output


def test_a_file_that_is_no_cassette_is_named(root: Path) -> None:
    (root / NAME).write_text("interactions: 5")
    result = shim(root)
    assert (result.exit_code, result.output.splitlines()[-1].startswith(f"Error: {root / NAME}: not a cassette")) == (
        2,
        True,
    )


def test_help_teaches_with_examples() -> None:
    text = shim("--help").output
    assert "shim compare fixtures --service git --era 2026" in text
    assert "Exit status:" in text
