"""Users of data sets, and their legacy tokens."""

from __future__ import annotations

import pytest

from shim.sandbox.engine import times
from shim.sandbox.instance.tokens import legacy_token, legacy_tokens
from shim.sandbox.instance.users import User, Users, described

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
    return described(User).open({"users": [ROW]}, {})  # type: ignore[return-value]


@pytest.mark.parametrize("given", [7, "jdoe"])
def test_rows_refer_to_users_by_id_or_name(users: Users[User], given: int | str) -> None:
    assert users.referred(given) is users.named("jdoe")


@pytest.mark.parametrize("given", [8, "ann", None])
def test_unknown_users_are_none(users: Users[User], given: int | str | None) -> None:
    assert users.referred(given) is None


def test_an_account_without_an_age_is_as_old_as_can_be(users: Users[User]) -> None:
    assert [user.created for user in users] == [times.EPOCH]


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
