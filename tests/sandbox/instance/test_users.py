"""Users of data sets, and their legacy tokens."""

from __future__ import annotations

from typing import Any

import pytest

from shim.sandbox.engine import times
from shim.sandbox.instance.tokens import legacy_token, legacy_tokens
from shim.sandbox.instance.users import User, Users

ROW = {
    "id": 7,
    "username": "jdoe",
    "email": "jdoe@example.org",
    "url": None,
    "location": None,
    "bio": None,
    "user_type": "active_free",
    "suspension_notice": None,
}


@pytest.fixture
def users() -> Users[User]:
    return Users([User.load(ROW)])


@pytest.mark.parametrize("row", [{"owner": 7}, {"owner": "jdoe"}, {"owner_id": 7, "owner": "x"}])
def test_rows_refer_to_users_by_id_or_name(users: Users[User], row: dict[str, Any]) -> None:
    assert users.of(row, "owner") is users.named("jdoe")


def test_unknown_users_are_told(users: Users[User]) -> None:
    with pytest.raises(ValueError, match="unknown owner in "):
        users.of({"owner": 8}, "owner")


def test_without_a_list_every_user_has_the_usual_tokens(users: Users[User]) -> None:
    tokens = legacy_tokens(None, users)
    scopes = {"jdoe": "*", "jdoe/second": "*", "jdoe/read": "profile:read", "jdoe/expired": "*"}
    assert {text: token.scopes for text, token in tokens.items()} == {
        legacy_token(symbol): scope for symbol, scope in scopes.items()
    }
    expired = [symbol for symbol in scopes if tokens[legacy_token(symbol)].expires < times.now()]
    assert expired == ["jdoe/expired"]


def test_the_tokens_of_a_list_are_all_there_are(users: Users[User]) -> None:
    row = {"user": "jdoe", "kind": "narrow", "scopes": "repos:read", "expires": "2100-01-01T00:00:00Z"}
    assert list(legacy_tokens([row], users)) == [legacy_token("jdoe/narrow")]
