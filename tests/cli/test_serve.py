"""`shim serve` and `shim demo`: real processes, and bad input that ends in one line."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from bench.ports import hold
from shim.cli import main
from shim.cli.common import Address, written

INI = "[git.sr.ht]\norigin = http://git.example.org\napi-origin = http://127.0.0.1:9\n[shim]\nera = 2024\n"
INI += "store = none\n"


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "config.ini"
    file.write_text(INI)
    return str(file)


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def run(*arguments):
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def port():
    """A port to listen on that nobody else gets meanwhile."""
    with hold() as held:
        yield held.getsockname()[1]


def served(config, port):
    """The command that serves at a port."""
    command = [sys.executable, "-m", "shim", "serve", "--config", config, "--workers", "1"]
    return [*command, "--bind", f"127.0.0.1:{port}"]


def test_serve_answers_behind_gunicorn(config, port):
    with subprocess.Popen(served(config, port), stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert process.stderr.readline() == f"shim on http://127.0.0.1:{port}: git\n"
            assert answer(process, port, "/git/api/version") == '{"version": "unknown"}'
        finally:
            process.terminate()


@pytest.mark.parametrize("closed", ["2>&-", "0<&- 1>&- 2>&-"])
def test_serve_answers_without_standard_streams(config, port, closed):
    with subprocess.Popen(["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *served(config, port)]) as process:
        try:
            assert answer(process, port, "/git/api/version") == '{"version": "unknown"}'
            with pytest.raises(HTTPError) as refused:
                answer(process, port, "/git/api/repos")
            refused.value.close()
            assert refused.value.code == 401
        finally:
            process.terminate()


def answer(process, port, path):
    """The body at a path, as soon as the process listens. Raises HTTPError."""
    while process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}") as found:
                return found.read().decode()
        except HTTPError:
            raise
        except URLError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
    raise AssertionError(f"it ended with {process.returncode}")


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (["serve", "--bind", "127.0.0.1:{}"], "--bind"),
        (["demo", "--port", "{}", "--sandbox-port", "0"], "--port"),
        (["demo", "--port", "0", "--sandbox-port", "{}"], "--sandbox-port"),
        (["demo", "--port", "0", "--sandbox-port", "0", "--hooks-port", "{}"], "--hooks-port"),
    ],
)
def test_a_port_that_is_taken_is_one_line_and_status_1(config, taken, command, option):
    filled = [word.format(taken) for word in command]
    result = run(*filled, *(["--config", config] if command[0] == "serve" else []))
    assert result.exit_code == 1
    assert result.output.strip() == (
        f"Error: can't listen on 127.0.0.1:{taken}: already taken; choose another with {option}"
    )


@pytest.mark.parametrize(
    "bind",
    ["localhost", ":8080", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:٨", "::1:8080"],
)
def test_a_bind_that_is_no_address_says_how_to_write_it(config, bind):
    result = run("serve", "--config", config, "--bind", bind)
    assert result.exit_code == 2
    assert result.output.endswith(f"{bind!r}: write HOST:PORT, for example 127.0.0.1:8080\n")


def test_an_address_of_another_machine_is_one_line_and_status_1(config):
    result = run("serve", "--config", config, "--bind", "192.0.2.1:8080")
    assert (result.exit_code, result.output) == (
        1,
        "Error: can't listen on 192.0.2.1:8080: Cannot assign requested address; choose another with --bind\n",
    )


def test_an_ipv6_address_is_told_apart_from_the_port():
    assert Address().convert("[::1]:8080", None, None) == ("::1", 8080)
    assert written("::1", 8080) == "[::1]:8080"


@pytest.mark.parametrize("option", ["--port", "--sandbox-port", "--hooks-port"])
@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_is_none_is_a_usage_error(option, port):
    assert run("demo", option, port).exit_code == 2


@pytest.mark.parametrize("same", [("--port", "--sandbox-port"), ("--sandbox-port", "--hooks-port")])
def test_the_demo_needs_three_ports(taken, same):
    ports = {"--port": 0, "--sandbox-port": 0, "--hooks-port": 0, **dict.fromkeys(same, taken)}
    result = run("demo", *(str(word) for pair in ports.items() for word in pair))
    text = "Error: --port, --sandbox-port and --hooks-port must differ"
    assert (result.exit_code, result.output.splitlines()[-1]) == (2, text)


def test_missing_recordings_are_one_line_and_status_2(tmp_path):
    result = run("demo", "--port", "0", "--sandbox-port", "0", "--hooks-port", "0", "--data", str(tmp_path))
    assert result.exit_code == 2
    assert result.output.startswith(f"Error: {tmp_path}: no data set of any of ")
    assert result.output.endswith("; say where with --data\n")
    assert len(result.output.strip().splitlines()) == 1


def test_an_unknown_era_is_a_usage_error():
    result = run("demo", "--era", "2025")
    assert result.exit_code == 2
    assert "2025" in result.output


def test_the_module_is_the_command():
    command = [sys.executable, "-m", "shim", "--version"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert shown.stdout.startswith("shim, version ")
