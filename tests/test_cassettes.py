"""A cassette answers exactly the requests that it was recorded from, and all of them have to be made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from vcr import VCR
from vcr.cassette import Cassette
from vcr.errors import CannotOverwriteExistingCassetteException

from shim.crypto import internal_authorization, seal
from tests.cassettes import MATCHERS, NETWORK_KEY, NOWHERE, answered, kept, register, unplayed
from tests.conftest import Script

ASKED = {"query": "query X($a: String) { x(a: $a) }", "variables": {"a": "1"}, "operationName": "X"}
CREDENTIAL = "Bearer " + "A" * 40


def ask(origin: str, authorization: str = CREDENTIAL, **changes: object) -> str:
    """Send what was recorded, or something altered."""
    body = {**ASKED, **changes}
    response = requests.post(f"{origin}/x/query", json=body, headers={"Authorization": authorization}, timeout=5)
    return response.text


@contextmanager
def cassette(path: Path, record_mode: str) -> Iterator[Cassette]:
    """A cassette as the tests of the services have them."""
    vcr = VCR(record_mode=record_mode, match_on=MATCHERS, before_record_request=kept, before_record_response=answered)
    register(vcr)
    with vcr.use_cassette(str(path)) as played:
        yield played


@pytest.fixture
def recorded(tmp_path: Path, script: Script) -> Path:
    """A cassette of one exchange."""
    script.steps = [{"data": {"x": 1}}]
    with cassette(tmp_path / "one.yaml", "all"):
        ask(script.origin)
    return tmp_path / "one.yaml"


def test_the_same_request_is_answered_whatever_the_host(recorded: Path) -> None:
    with cassette(recorded, "none") as played:
        assert json.loads(ask(NOWHERE)) == {"data": {"x": 1}}
        assert unplayed(played) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"variables": {"a": "2"}}, "variables: {'a': '2'} instead of {'a': '1'}"),
        ({"variables": {}}, "variables"),
        ({"variables": {"a": "1", "b": None}}, "variables"),
        ({"query": "query X($a: String) { x(a: $a, all: true) }"}, "document"),
        ({"operationName": "Y"}, "operation"),
        ({"authorization": "Bearer " + "B" * 40}, "caller"),
    ],
)
def test_an_altered_request_is_refused(recorded: Path, changes: dict[str, str], told: str) -> None:
    with cassette(recorded, "none"), pytest.raises(CannotOverwriteExistingCassetteException, match=told):
        ask(NOWHERE, **changes)


def test_a_request_is_answered_once(recorded: Path) -> None:
    with cassette(recorded, "none"):
        ask(NOWHERE)
        with pytest.raises(CannotOverwriteExistingCassetteException):
            ask(NOWHERE)


def test_exchanges_that_nobody_asked_for_are_named(recorded: Path) -> None:
    with cassette(recorded, "none") as played:
        assert unplayed(played) == ["X"]


def test_no_credential_is_kept(recorded: Path) -> None:
    text = recorded.read_text("utf-8")
    assert "AAAA" not in text
    assert "Authorization" not in text


def test_what_is_sealed_anew_each_time_is_compared_by_its_content(tmp_path: Path, script: Script) -> None:
    def asked(origin: str, user: str, position: str) -> str:
        variables = {"cursor": seal(NETWORK_KEY, {"count": 25, "next": position})}
        return ask(origin, f"Internal {internal_authorization(NETWORK_KEY, user)}", variables=variables)

    path = tmp_path / "sealed.yaml"
    with cassette(path, "all"):
        asked(script.origin, "ann", "7")
    with cassette(path, "none"):
        with pytest.raises(CannotOverwriteExistingCassetteException, match="caller"):
            asked(NOWHERE, "bob", "7")
        with pytest.raises(CannotOverwriteExistingCassetteException, match="variables"):
            asked(NOWHERE, "ann", "8")
        assert asked(NOWHERE, "ann", "7")


def test_a_test_that_leaves_exchanges_over_fails(pytester: pytest.Pytester, recorded: Path) -> None:
    pytester.makeconftest("pytest_plugins = ['tests.cassettes']")
    test = pytester.makepyfile("import pytest\n\n\n@pytest.mark.vcr\ndef test_lazy():\n    pass\n")
    folder = pytester.mkdir("cassettes") / test.stem
    folder.mkdir()
    (folder / "test_lazy.yaml").write_text(recorded.read_text("utf-8"), "utf-8")
    outcome = pytester.runpytest("-p", "no:hypothesispytest")
    outcome.assert_outcomes(passed=1, errors=1)
    outcome.stdout.fnmatch_lines(["*assert *'X'*"])
