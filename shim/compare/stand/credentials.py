"""Real credentials in place of the symbolic ones of the recordings (`fixtures/README.md`).

Tokens become OAuth 2.0 bearer tokens of the same user with the corresponding grants (conventions 4.2),
internal authorizations are sealed with the network key (conventions 3.5), all else is sent as recorded.
"""

from __future__ import annotations

import json
import re
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from shim.compare.cassettes.exchange import Caller, Request
from shim.compare.stand.grants import grants
from shim.crypto import BearerToken, internal_authorization, seal
from shim.recordings.symbols import Names, substitute

DAY = 86400
YEAR = 366 * DAY
_READ_ONLY = "profile:read"
_DEFAULT_SCOPES = {"read": _READ_ONLY}
_STANDINGS = {
    "suspended": "suspended",
    "SUSPENDED": "suspended",
    "unconfirmed": "unconfirmed",
    "PENDING": "unconfirmed",
    "admin": "administrator",
    "ADMIN": "administrator",
}
_SYMBOL = re.compile(r"\{(\{.*?\}|\[.*?\]|[^{}]+)\}")
_NAMED = re.compile(r"(?:(?P<scheme>oauth2|bearer|internal):)?(?P<name>[^][/:,\s]+)(?:/(?P<kind>\S+))?")
_AGED = re.compile(r"internal, (\d+) s old")


@dataclass(frozen=True)
class Keys:
    """The keys of an instance that credentials are made with, the service's legacy OAuth client id, and
    whom answers tell to write to.

    They are `secret` unless published with recordings: then nothing made with them is shown.
    """

    network_key: str = field(repr=False)
    private_key: str = field(repr=False)
    client_id: str = ""
    owner_email: str = ""
    secret: bool = False


@dataclass(frozen=True)
class LegacyToken:
    """One legacy token of a data set: scope list, expiry (Unix seconds), OAuth 2.0 client (or empty)."""

    scopes: str
    expires: int
    client: str = ""


class Credentials:
    """Fills the symbols of recorded requests for one service and its data set."""

    def __init__(
        self,
        service: str,
        dataset: Mapping[str, Any],
        keys: Keys,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.service = service
        self.keys = keys
        self._clock = clock
        self._users = {user["username"]: user for user in dataset["users"]}
        self._tokens = legacy_tokens(dataset)

    def caller(self, request: Request) -> Caller:
        """Whose credential a recorded (symbolic) request carries; `X-Srht-Authorization` comes first."""
        value = request.header("X-Srht-Authorization") or request.header("Authorization") or ""
        symbol = _SYMBOL.search(value)
        named = symbol and _NAMED.fullmatch(symbol[1])
        if not named:
            return Caller("", "anonymous")
        user = self._users.get(named["name"])
        standing = "unknown" if user is None else _STANDINGS.get(user["user_type"], "active")
        return Caller(named["name"], standing, (user or {}).get("suspension_notice") or "")

    def fill(self, request: Request, names: Names) -> Request:
        """The request with real credentials and with the values learnt so far in its URL and body."""
        form = (request.header("Content-Type") or "").startswith("application/x-www-form-urlencoded")
        headers = tuple((name, self._header(name, substitute(value, names))) for name, value in request.headers)
        return replace(
            request,
            url=self._text(substitute(request.url, names), encoded=True),
            headers=headers,
            body=request.body and self._body(request.body, names, encoded=form),
        )

    def _header(self, name: str, value: str) -> str:
        lower = name.lower()
        if lower == "cookie":
            return _SYMBOL.sub(self._cookie, value)
        internal = lower == "x-srht-authorization" or value.startswith("Internal ")
        if internal or lower == "authorization":
            return _SYMBOL.sub(lambda found: self._credential(found, internal=internal), value)
        return value

    def _body(self, body: bytes, names: Names, *, encoded: bool) -> bytes:
        try:
            return self._text(substitute(body.decode(), names), encoded=encoded).encode()
        except UnicodeDecodeError:
            return body

    def _text(self, text: str, *, encoded: bool) -> str:
        """Tokens of known users in a URL or body, where a service takes them as values."""

        def value(found: re.Match[str]) -> str:
            named = _NAMED.fullmatch(found[1])
            if named is None or named["name"] not in self._users:
                return found[0]
            token = self._credential(found, internal=False)
            return quote(token, safe="") if encoded else token

        return _SYMBOL.sub(value, text)

    def _cookie(self, found: re.Match[str]) -> str:
        return seal(self.keys.network_key, {"name": found[1]}) if found[1] in self._users else found[0]

    def _credential(self, found: re.Match[str], *, internal: bool) -> str:
        content = found[1]
        if content[0] in "{[":
            return seal(self.keys.network_key, json.loads(content), now=self._clock())
        if aged := _AGED.fullmatch(content):
            return self._internal(next(iter(self._users)), float(aged[1]))
        named = _NAMED.fullmatch(content)
        if named is None:
            return found[0]
        if named["scheme"] == "internal" or (internal and not named["scheme"]):
            return self._internal(named["name"])
        return self._bearer(named["name"], named["kind"] or "", named["scheme"] or "")

    def _internal(self, name: str, age: float = 0.0) -> str:
        return internal_authorization(self.keys.network_key, name, now=self._clock() - age)

    def _bearer(self, name: str, kind: str, scheme: str) -> str:
        """A bearer token; different symbols of a user give different texts, by their expiry."""
        symbol = f"{name}/{kind}" if kind else name
        token = LegacyToken("*", self._far(), "") if scheme else self._tokens.get(symbol, self._default(kind))
        given = kind if scheme else grants(self.service, token.scopes, self.keys.client_id)
        expires = token.expires - zlib.crc32(f"{scheme}:{kind}".encode()) % DAY
        return BearerToken(expires, given, token.client, name).mint(self.keys.private_key)

    def _default(self, kind: str) -> LegacyToken:
        """A token that the data set does not list: the four usual kinds are known by name."""
        expires = int(self._clock()) - YEAR if kind == "expired" else self._far()
        return LegacyToken(_DEFAULT_SCOPES.get(kind, "*"), expires)

    def _far(self) -> int:
        """An expiry that stays the same for the whole of a run."""
        return (int(self._clock()) // YEAR + 2) * YEAR


def active(dataset: Mapping[str, Any]) -> str:
    """The name of some user whom the API serves."""
    return next(str(user["username"]) for user in dataset["users"] if user["user_type"] not in _STANDINGS)


def legacy_tokens(dataset: Mapping[str, Any]) -> dict[str, LegacyToken]:
    """The legacy tokens of a data set by symbol (`jdoe`, `jdoe/read`), in any of the services' spellings."""
    names = {user["id"]: user["username"] for user in dataset["users"]}
    known = {row["id"]: row["preauthorized"] for row in dataset.get("legacy_clients", ())}
    third_party = next((row["uuid"] for row in dataset.get("oauth2_clients", ())), "")
    rows = dataset.get("legacy_tokens") or dataset.get("tokens") or ()
    return {
        _symbol(row, names): LegacyToken(
            row["scopes"],
            int(datetime.fromisoformat(row["expires"].replace("Z", "+00:00")).timestamp()),
            "" if known.get(row.get("client"), True) else third_party,
        )
        for row in rows
    }


def _symbol(row: Mapping[str, Any], names: Mapping[int, str]) -> str:
    if symbol := row.get("symbol") or row.get("name"):
        return str(symbol)
    user = names.get(row["user"], row["user"])
    return str(user) if row["kind"] == "all" else f"{user}/{row['kind']}"
