"""What all commands have in common: one line for what goes wrong, and the exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from shim.cli import COMMANDS, LazyGroup, main

CONFIG = "[git.sr.ht]\norigin = https://git.example.org\n"


def failing(error):
    """A program whose one command ends with an error."""

    def fail():
        raise error

    class Program(LazyGroup):
        def get_command(self, ctx, name):
            return click.Command(name, callback=fail)

    return Program("shim")


def without(modules, *arguments):
    """The command in a Python that lacks some modules."""
    code = f"import sys; sys.modules.update(dict.fromkeys({modules!r})); from shim.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)


def test_a_full_disk_is_one_line():
    result = CliRunner().invoke(failing(OSError(28, "No space left on device")), ["compare"])
    assert (result.exit_code, result.output) == (1, "Error: [Errno 28] No space left on device\n")


@pytest.mark.parametrize("words", [["--help"], ["usage", "--help"], ["--version"]])
def test_so_it_is_where_nobody_runs_a_command(words):
    with open("/dev/full", "wb") as full:
        result = subprocess.run(
            [sys.executable, "-m", "shim", *words], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (result.returncode, result.stderr) == (1, b"Error: [Errno 28] No space left on device\n")


def test_being_interrupted_is_no_outcome():
    result = CliRunner().invoke(failing(KeyboardInterrupt()), ["compare"])
    assert (result.exit_code, result.output) == (130, "Interrupted\n")


EXPLAIN = """
import json, sys
sys.modules[sys.argv[1]] = None
from click.testing import CliRunner
from shim.cli import main
shown = {command: CliRunner().invoke(main, [*command.split(), "--help"]) for command in sys.argv[2:]}
print(json.dumps({command: [result.exit_code, result.stderr] for command, result in shown.items()}))
"""


@pytest.mark.parametrize("module", ["yaml", "dulwich"])
def test_every_command_explains_itself_without_the_packages_of_the_sandbox(module):
    words = [sys.executable, "-c", EXPLAIN, module, "", *sorted(COMMANDS)]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert json.loads(told) == {command: [0, ""] for command in ("", *COMMANDS)}


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("yaml", ("compare", "fixtures")),
        ("dulwich", ("demo", "--port", "0")),
        ("yaml", ("sandbox", "token", "jdoe")),
        ("yaml", ("routes", "--measure", ".")),
    ],
)
def test_packages_that_are_not_installed_are_named(module, arguments):
    result = without([module], *arguments)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"Error: {module} is not installed; the sandbox and the comparison need it: pip install 'shim[sandbox]'\n"
    )


@pytest.mark.parametrize("module", ["psycopg", "psycopg_pool"])
def test_the_extra_for_a_store_in_postgresql_is_named(tmp_path, module):
    file = tmp_path / "config.ini"
    file.write_text(f"{CONFIG}[shim]\nstore = postgresql://h/d\n")
    result = without([module], "store", "status", "--config", str(file))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"Error: {module} is not installed; a store in PostgreSQL needs it: pip install 'shim[postgres]'\n"
    )


def test_the_serving_path_needs_no_package_of_the_sandbox(tmp_path):
    file = tmp_path / "config.ini"
    file.write_text(CONFIG)
    absent = ["yaml", "dulwich", "hypothesis", "psycopg", "pytest"]
    assert without(absent, "config", "--config", str(file)).returncode == 0


def test_a_module_of_ours_that_is_missing_is_a_fault():
    result = without(["shim.sandbox.check"], "sandbox", "token", "jdoe")
    assert "Traceback" in result.stderr


def test_a_reader_that_goes_away_is_no_fault():
    words = [sys.executable, "-m", "shim", "routes", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=Path(__file__).parents[2]) as shim:
        shim.stdout.close()
        assert shim.stderr.read() == b""


def test_the_names_of_all_commands_are_shown():
    shown = CliRunner().invoke(main, ["--help"]).output
    assert [name for name in COMMANDS if f"  {name} " not in shown] == []
