"""The credentials with which a shim under comparison asks for callers who need none."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from shim.compare.stand.instance import Instance
from shim.compare.stand.settings import InputError, Settings
from shim.compare.stand.standins import stand_ins
from shim.crypto import BearerToken
from tests.cassettes import FIXTURES

KEYS = Instance(FIXTURES).keys("meta")
USERS = [
    {"username": "spam", "user_type": "SUSPENDED"},
    {"username": "new", "user_type": "unconfirmed"},
    {"username": "ann", "user_type": "USER"},
    {"username": "bea", "user_type": "active_free"},
]


def test_meta_has_a_token_of_somebody_whom_the_api_serves(tmp_path: Path) -> None:
    (tmp_path / "meta" / "data").mkdir(parents=True)
    (tmp_path / "meta" / "data" / "dataset.json").write_text(json.dumps({"users": USERS}))
    ((place, text),) = stand_ins("meta", Settings(tmp_path), KEYS).items()
    token = BearerToken.verify(text, KEYS.private_key)
    assert place == ("meta.sr.ht::shim", "lookup-token")
    assert (token.username, token.grants, token.expires > time.time()) == ("ann", "", True)


@pytest.mark.parametrize("service", ["git", "builds", "nothing"])
def test_others_have_none(tmp_path: Path, service: str) -> None:
    assert stand_ins(service, Settings(tmp_path), KEYS) == {}


def test_a_data_set_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"dataset\.json: No such file"):
        stand_ins("meta", Settings(tmp_path), KEYS)
