"""The commands of the README and of the guide for operators run, and what they promise of the project is there."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import requests
from click.testing import CliRunner

from shim.cli import COMMANDS, main
from shim.config import parse
from shim.settings import INSTANCE

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
OPERATING = (ROOT / "docs" / "operating.md").read_text()
BOTH = README + OPERATING
LONGEST = 230
SERVE = "shim serve --bind 127.0.0.1:8080 --workers 2 --threads 32"
LINES = [line.strip() for line in README.splitlines() if line.startswith("    ")]
BLOCKS = [block.replace("\n    ", "\n") for block in re.findall(r"(?:^    .*\n)+", OPERATING, re.MULTILINE)]
COMMAND_LINES = [line.strip() for line in BOTH.splitlines() if line.startswith("    shim ")]


class Demo(list):
    """The lines that a demo has printed, and what gives the next one."""

    def __init__(self, lines, following):
        super().__init__(lines)
        self.following = following


@pytest.fixture
def demo():
    """`shim demo` on ports of the system's choice: the lines it prints."""
    command = [sys.executable, "-u", "-m", "shim", "demo", "--port", "0", "--sandbox-port", "0"]
    command += ["--hooks-port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().rstrip("\n") for _ in range(16)]
        yield Demo(lines, lambda: process.stdout.readline().rstrip("\n"))
        process.terminate()


def test_the_demo_prints_curl_lines_that_work(demo):
    curls = [line.strip() for line in demo if line.strip().startswith("curl ")]
    assert len(curls) == 5
    answers = [ask(line) for line in curls]
    assert [status for status, _ in answers] == [200, 200, 200, 201, 201]
    shown = next(line for line in LINES if line.startswith('{"canonical_name"'))
    assert answers[0][1] == shown
    shown = next(line for line in LINES if line.startswith("hook  ")).removesuffix("…")
    assert known(demo.following()).startswith(known(shown))


def test_the_demo_takes_an_artifact_and_tells_the_default_branch(demo):
    """The session's other lines, with the demo's address and token in place of those shown."""
    shim, token = demo[1].split()[1], demo[4].strip()
    for begin in ("curl -H 'Authorization: token AFWk…' -F", "curl -H 'Authorization: token AFWk…' http"):
        line = next(line for line in reversed(LINES) if line.startswith(f"$ {begin}"))
        shown = LINES[LINES.index(line) + 1]
        command = line[2:].replace("http://127.0.0.1:8080", shim).replace("AFWk…", token)
        assert shapeless(sent(command)) == shapeless(shown)


def known(line):
    """A line of the receiver's, without the UUID and the id."""
    return re.sub(r"[0-9a-f-]{36}|(?<=\"id\":)\d+", "", line)


def shapeless(text):
    """A text without times, sizes and sums."""
    return re.sub(r'("created": "[^"]*|"sha256:[^"]*|"size": \d*)', "", text)


def sent(line):
    """What a curl line gets that may send a file."""
    words = shlex.split(line)
    files = {"file": (ROOT / "README.md").open("rb")} if "-F" in words else None
    assert files is None or "file=@README.md" in words
    name, _, value = words[words.index("-H") + 1].partition(": ")
    answer = requests.request("POST" if files else "GET", words[-1], headers={name: value}, files=files, timeout=30)
    if files:
        files["file"].close()
    assert answer.status_code == 200
    return answer.text


def test_the_demo_says_what_the_readme_shows(demo):
    begin = next(i for i, line in enumerate(LINES) if line.startswith("sandbox  http"))
    shown = LINES[begin : begin + len(demo)]
    assert [masked(line) for line in demo] == [masked(line) for line in shown]


def masked(line):
    """A line without what differs from run to run."""
    line = re.sub(
        r"( (?:URL|HOOKS)=http://)?127\.0\.0\.1:\d+", lambda found: "" if found[1] else "127.0.0.1:PORT", line.strip()
    )
    line = re.sub(r"password [\w-]+", "password PASSWORD", line)
    return re.sub(r"\bA[A-Za-z0-9+/]{3,}(…|[A-Za-z0-9+/]{40,})", "TOKEN", line)


def ask(line):
    """What a curl line gets."""
    words = shlex.split(line)[1:]
    headers = dict(words[i + 1].split(": ", 1) for i, word in enumerate(words) if word == "-H")
    data = words[words.index("-d") + 1].encode() if "-d" in words else None
    with urlopen(Request(words[-1], data, headers)) as answer:  # noqa: S310
        return answer.status, answer.read().decode()


def test_the_configuration_that_the_readme_shows_can_be_used():
    begin = LINES.index("[git.sr.ht]")
    config = parse("\n".join(LINES[begin : LINES.index(SERVE)]), "README.md")
    git = config.services["git"]
    assert (git.origin, git.api_origin) == ("https://git.example.org", "http://127.0.0.1:5101")
    assert (config.owner_email, len(config.internal_ipnet)) == ("admin@example.org", 1)
    assert not any(
        proxy.overlaps(net)
        for proxy in config.trusted_proxies
        for net in config.internal_ipnet
        if proxy.version == net.version
    )
    assert config.unknown == ()


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command):
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 5


@pytest.mark.parametrize("line", [line for line in COMMAND_LINES if "--" in line])
def test_every_option_that_is_named_exists(line):
    words = shlex.split(line.partition("#")[0])
    known = CliRunner().invoke(main, [words[1], "--help"]).output
    subcommand = CliRunner().invoke(main, [words[1], words[2], "--help"]).output if words[2:] else ""
    assert [word for word in words if word.startswith("--") and word not in known + subcommand] == []


def test_the_grants_that_the_readme_shows_are_those_of_a_route():
    rows = json.loads(CliRunner().invoke(main, ["routes", "--json"]).output)
    (shown,) = re.findall(r"`(git\.sr\.ht/PROFILE:RO [^`]*)`", README)
    assert shown.split() in [
        row["grants"] for row in rows if row["path"] == "/api/repos/<r>" and row["method"] == "PUT"
    ]


def test_the_readme_is_no_manual():
    assert len(README.splitlines()) < LONGEST


def test_every_setting_that_is_shown_to_operators_exists():
    shown = [block.strip() for block in BLOCKS if block.strip().startswith("[")]
    assert len(shown) > 2
    config = parse("\n".join(["[git.sr.ht]\norigin = https://git.example.org", *shown]), "docs/operating.md")
    assert config.unknown == ()


def test_every_setting_that_is_named_exists():
    known = {key for setting in INSTANCE for _, key in setting.places}
    named = {"trusted-proxies", "internal-ipnet", "legacy-tokens", "network-key", "page-budget", "owner-email"}
    assert named <= known
    assert [name for name in named if name not in BOTH] == []


def test_every_target_that_the_readme_names_is_in_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^    |`)make ([a-z-]+)", BOTH, re.MULTILINE))
    assert {"run", "test", "check"} <= named <= targets


def test_every_file_that_is_named_exists():
    named = re.findall(r"`((?:shim|docs|fixtures|deploy)/[\w./-]*)`", BOTH)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_link_leads_somewhere():
    for folder, text in ((ROOT, README), (ROOT / "docs", OPERATING)):
        linked = re.findall(r"\]\((?!http)([^)#]+)\)", text)
        assert linked
        assert [path for path in linked if not (folder / path).exists()] == []
