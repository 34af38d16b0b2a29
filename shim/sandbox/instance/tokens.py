"""Tokens of the old OAuth, as far as the GraphQL servers still take them (conventions 4.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shim.sandbox.data.columns import Rows, column, columns, moment
from shim.sandbox.instance.users import User, Users

_USUAL = (
    ("all", "*", "2100-01-01T00:00:00Z"),
    ("second", "*", "2100-01-01T00:00:00Z"),
    ("read", "profile:read", "2100-01-01T00:00:00Z"),
    ("expired", "*", "2001-01-01T00:00:00Z"),
)


@dataclass(frozen=True)
class LegacyToken:
    """A token of the old OAuth, as far as the GraphQL servers still take it (conventions 4.4).

    Recordings call it `symbol`, or by its user and `kind`.
    """

    id: int
    user: User
    scopes: str
    expires: datetime
    kind: str | None = None
    symbol: str | None = None


def legacy_token(symbol: str) -> str:
    """The text (32 hex digits) of the legacy token that recordings call `NAME` or `NAME/KIND`."""
    return hashlib.blake2b(symbol.encode(), digest_size=16).hexdigest()


def token_hash(text: str) -> str:
    """What meta.sr.ht knows a bearer token by (SHA-512, hex)."""
    return hashlib.sha512(text.encode()).hexdigest()


def legacy_tokens(rows: Iterable[dict[str, Any]] | None, users: Users[Any]) -> dict[str, LegacyToken]:
    """The legacy tokens of a data set by their texts; without a list, every user has the usual ones.

    Raises ValueError for one of an unknown user.
    """
    table = _TOKENS.open({_TOKENS.table: list(_usual_tokens(users)) if rows is None else rows}, {"users": users})
    return {legacy_token(row.symbol or _symbol(row)): row for row in table}


def _usual_tokens(users: Users[Any]) -> Iterator[dict[str, Any]]:
    """The tokens that recordings speak of without a list of them (fixtures' README)."""
    for user in users:
        for kind, scopes, expires in _USUAL:
            yield {"user": user.username, "kind": kind, "scopes": scopes, "expires": expires}


def _symbol(token: LegacyToken) -> str:
    return token.user.username if token.kind == "all" else f"{token.user.username}/{token.kind}"


_TOKENS = Rows(
    "legacy_tokens",
    LegacyToken,
    columns(
        "id",
        "scopes",
        user=column("user_id", "user", key="users"),
        expires=moment(),
        kind=column(default=None),
        symbol=column(default=None),
    ),
)
