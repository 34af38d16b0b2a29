from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shim.compare.cassettes.cassette import Cassette, load
from shim.compare.cassettes.exchange import Request
from shim.compare.reporting.result import Outcome
from shim.compare.runner import run
from shim.compare.stand.opening import open_stand
from shim.compare.stand.settings import Settings
from shim.compare.stand.stage import StandError, Unsuitable
from shim.compare.stand.target import HttpTarget
from shim.sandbox import Conditions, Sandbox
from tests.compare.kit import NETWORK_KEY, PRIVATE_KEY, interaction, write_cassette

FIXTURES = Path(__file__).parents[3] / "fixtures"
RECORDED = FIXTURES / "git" / "rest"
INSTANCE = f"""
[sr.ht]
network-key={NETWORK_KEY}
owner-email=root@example.org
[webhooks]
private-key={PRIVATE_KEY}
[git.sr.ht]
origin=https://git.instance.example
api-origin=http://127.0.0.1:9
oauth-client-id=0123456789abcdef
"""


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    path = tmp_path / "instance.ini"
    path.write_text(INSTANCE, "utf-8")
    return path


def cassette(tmp_path: Path, name: str = "x", note: str = "") -> Cassette:
    return load(write_cassette(tmp_path, f"git/rest/reads/{name}.yaml", [interaction("/api/version", "{}")], note=note))


@pytest.fixture(scope="module")
def stand() -> Iterator[Any]:
    with open_stand(Settings(FIXTURES, services=("git",))) as opened:
        yield opened


def test_the_shim_answers_before_the_sandbox_at_the_recorded_host(stand: Any) -> None:
    recorded = load(RECORDED / "reads" / "user.yaml")
    stage = stand(recorded)
    stage.start()
    answer = stage.target.send(Request("GET", f"{recorded.origin}/api/version"))
    assert (answer.status, answer.content_type) == (200, "application/json")


def test_recordings_are_replayed_before_the_sandbox() -> None:
    paths = (RECORDED / "reads" / "user.yaml", RECORDED / "writes" / "create-unlisted.yaml")
    comparison = run(Settings(FIXTURES, cassettes=paths), open_stand, lambda result: None)
    assert [result.service for result in comparison.cassettes] == ["git", "git"]
    assert comparison.totals.exact > comparison.totals.different


@pytest.mark.parametrize(
    ("path", "conditions"),
    [
        ("reads/user.yaml", set()),
        ("reads/auth-meta-down.yaml", {"meta-down"}),
        ("writes/artifacts-on-tags.yaml", {"object-storage"}),
        ("writes/artifacts-storage-off.yaml", set()),
        ("../../builds/rest/writes/payment.yaml", {"payment"}),
    ],
)
def test_the_conditions_of_a_recording_are_known(stand: Any, path: str, conditions: set[str]) -> None:
    assert stand(load(RECORDED / path)).conditions == conditions


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://127.0.0.1:9/{service}", "nonsense", "http://h:x"])
def test_a_shim_that_runs_nowhere_ends_the_comparison(tmp_path: Path, url: str) -> None:
    with open_stand(Settings(tmp_path, url=url)) as opened, pytest.raises(StandError, match=r"^--url: "):
        opened(cassette(tmp_path))


def test_a_running_shim_is_asked_where_it_runs(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as shim:
        url = f"http://127.0.0.1:{shim.getsockname()[1]}"
        with open_stand(Settings(tmp_path, url=url)) as opened:
            stage = opened(cassette(tmp_path))
    assert isinstance(stage.target, HttpTarget)
    assert (stage.start, stage.keys.network_key, stage.keys.secret) == (None, NETWORK_KEY, False)


def test_an_instance_gives_servers_and_keys(tmp_path: Path, instance: Path) -> None:
    with open_stand(Settings(tmp_path, upstream=instance)) as opened:
        stage = opened(cassette(tmp_path))
    assert (stage.keys.client_id, stage.keys.secret) == ("0123456789abcdef", True)
    assert stage.target.send(Request("GET", "http://git.example.org/api/version")).status == 200
    asked = stage.target.send(Request("GET", "http://git.example.org/api/user", (("Authorization", "token x"),)))
    assert asked.status == 400


def test_a_reset_command_learns_what_is_to_come(tmp_path: Path, instance: Path) -> None:
    script = tmp_path / "reset.py"
    script.write_text(
        "import os, pathlib; pathlib.Path('told').write_text(os.environ['SHIM_CASSETTE'] + os.environ['SHIM_NOTE'])"
    )
    command = f"{sys.executable} -c \"import os; os.chdir({str(tmp_path)!r}); exec(open('reset.py').read())\""
    with open_stand(Settings(tmp_path, upstream=instance, reset_command=command)) as opened:
        stage = opened(cassette(tmp_path, note="object storage on"))
    assert stage.start is not None
    stage.start()
    assert (tmp_path / "told").read_text() == "git/rest/reads/x.yamlobject storage on"
    assert stage.conditions == {"object-storage"}


@pytest.mark.parametrize("name", ["artifacts-on-upload", "artifacts-on-refs", "artifacts-storage-off"])
@pytest.mark.parametrize("own", ["", "[objects]\ns3-upstream=own.example\n"])
def test_an_instance_is_compared_with_the_recorded_object_storage(instance: Path, name: str, own: str) -> None:
    recorded = load(RECORDED / "writes" / f"{name}.yaml")
    sandbox = Sandbox(FIXTURES, services=["git"])
    sandbox.reset(Conditions.of(recorded.path.name, recorded.note, sandbox.instance))
    with sandbox.running() as base:
        instance.write_text(INSTANCE.replace("http://127.0.0.1:9", f"{base}/git") + own, "utf-8")
        settings = Settings(FIXTURES, cassettes=(recorded.path,), upstream=instance, reset_command="true")
        (result,) = run(settings, open_stand, lambda result: None).cassettes
    assert [e.judgement.difference for e in result.exchanges if e.outcome is Outcome.DIFFERENT] == []


def test_a_reset_command_that_fails_is_said(tmp_path: Path, instance: Path) -> None:
    for command in ("false", "/no/such/command", "'"):
        with open_stand(Settings(tmp_path, upstream=instance, reset_command=command)) as opened:
            stage = opened(cassette(tmp_path))
        assert stage.start is not None
        with pytest.raises(StandError, match="--reset-command: "):
            stage.start()


def test_special_conditions_need_a_reset_command(tmp_path: Path, instance: Path) -> None:
    with (
        open_stand(Settings(tmp_path, upstream=instance)) as opened,
        pytest.raises(Unsuitable, match="recorded with meta-down"),
    ):
        opened(cassette(tmp_path, note="meta.sr.ht cannot be reached"))


def test_what_was_recorded_behind_pushes_is_left_out(tmp_path: Path, instance: Path) -> None:
    """Only an instance takes them; whoever resets one may make them then."""
    recorded = load(RECORDED / "webhooks" / "push-deliveries.yaml")
    (result,) = run(Settings(FIXTURES, cassettes=(recorded.path,)), open_stand, lambda result: None).cassettes
    assert (result.skipped[:22], result.exchanges) == ("recorded behind pushes", ())
    with open_stand(Settings(tmp_path, upstream=instance, reset_command="true")) as opened:
        assert opened(recorded).conditions == {"pushes"}


def test_an_app_that_delivers_webhooks_remembers_them_as_long_as_it_is_compared(tmp_path: Path) -> None:
    recorded = load(RECORDED / "webhooks" / "user-deliveries.yaml")
    with open_stand(Settings(FIXTURES, services=("git",))) as opened:
        opened(recorded)
        (folder,) = Path(tempfile.gettempdir()).glob(f"shim-compare-{os.getpid()}-*")
        opened(load(RECORDED / "reads" / "user.yaml"))
        assert not folder.exists()


@pytest.mark.parametrize(
    ("removed", "complaint"),
    [
        (f"network-key={NETWORK_KEY}", r"\[sr\.ht\] network-key: is needed"),
        (f"private-key={PRIVATE_KEY}", r"\[webhooks\] private-key: is needed"),
        ("[sr.ht]", "line 3 is neither"),
        (PRIVATE_KEY, r"\[webhooks\] private-key: is needed"),
        (NETWORK_KEY[:8], r"\[sr\.ht\] network-key: is no Fernet key"),
        (PRIVATE_KEY[:8], r"\[webhooks\] private-key: is not base64"),
    ],
)
def test_an_instance_without_keys_is_refused(tmp_path: Path, instance: Path, removed: str, complaint: str) -> None:
    instance.write_text(INSTANCE.replace(removed, ""), "utf-8")
    recorded = cassette(tmp_path)
    with pytest.raises(StandError, match=complaint), open_stand(Settings(tmp_path, upstream=instance)) as opened:
        opened(recorded)


def test_a_root_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StandError, match="no data set"), open_stand(Settings(tmp_path)):
        pass
