"""`shim clients`: old clients against a demo, and what is no demo."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from click.testing import CliRunner

from shim.cli import main
from shim.crypto import BearerToken, TokenError, unseal
from shim.sandbox.clients import SCRIPTS, Cast
from shim.sandbox.instance import Instance
from tests.cassettes import FIXTURES


def run(*arguments):
    return CliRunner().invoke(main, ["clients", "--data", str(FIXTURES), *arguments])


def test_without_a_demo_it_says_what_to_start(script):
    script.close()
    result = run("--url", script.origin)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"Error: nothing answers at {script.origin} (ConnectionError): start the demo with `make run`, "
        "or say where it is with --url\n"
    )


def test_where_no_token_is_good_is_no_demo_over_this_data(script):
    script.steps = [(401, "application/json", '{"errors": [{"reason": "no"}]}')]
    result = run("--url", script.origin)
    assert result.exit_code == 1
    assert f"{script.origin} took none of the tokens: it is no demo over {FIXTURES}" in result.stderr


@pytest.mark.parametrize("url", ["nonsense", "ftp://x", "http://"])
def test_what_is_no_address_is_status_2(url):
    result = run("--url", url)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is no http or https origin" in result.stderr


def test_data_that_are_none_are_one_line_and_status_2(tmp_path):
    result = CliRunner().invoke(main, ["clients", "--data", str(tmp_path)])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert result.stderr.endswith("say where with --data\n")


def test_clients_are_different_programs_of_different_users():
    cast = Cast(FIXTURES)
    honest = [script for script in SCRIPTS if not script.forged]
    assert len(honest) >= 5
    assert len({script.agent for script in SCRIPTS}) == len(SCRIPTS)
    assert len({cast.user(script.place) for script in honest}) == len(honest)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_credentials_name_their_user_and_only_forged_ones_are_not_the_instances(script):
    cast, instance = Cast(FIXTURES), Instance(FIXTURES)
    scheme, _, value = cast.authorization(script)().partition(" ")
    assert scheme == script.scheme
    if scheme == "Internal":
        assert unseal(instance.network_key, value)["name"] == cast.user(script.place)
        return
    assert BearerToken.read(value).username == cast.user(script.place)
    with pytest.raises(TokenError) if script.forged else nullcontext():
        BearerToken.verify(value, instance.private_key)
