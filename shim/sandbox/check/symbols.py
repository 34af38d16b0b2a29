"""Symbolic values of the recordings: filled in for a request, recognised in an answer (fixtures' README)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from shim import crypto
from shim.recordings.symbols import Names, is_symbol, matches
from shim.sandbox.engine import times
from shim.sandbox.instance.config import Instance

FAR_FUTURE = 4102444800
LONG_AGO = 978307200
_FILLER = re.compile(r"\{(.)\*([0-9]+)\}", re.DOTALL)
_CURSOR = re.compile(r"\{cursor:([0-9]+)\}")
_FORGED = re.compile(r"\{forged:(\{.*\})\}", re.DOTALL)
_HEX = re.compile(r"[0-9a-f]")
_DIGITS = re.compile(r"[0-9a-z]")
_BEARER = re.compile(r"\{oauth2:([^}/]+)(?:/([^}]*))?\}")
_SPOILT = re.compile(r"\{(oauth2-expired|oauth2-badmac|username-only|no-client):([^}]+)\}")


@dataclass(frozen=True)
class Difference:
    """The first place where an answer is not as recorded; `path` is a JSON path."""

    path: str
    expected: Any
    got: Any


@dataclass
class Symbols:
    """What the symbols of one recorded file stand for in this run; `random` are the places of ids drawn by lot."""

    instance: Instance
    random: frozenset[str] = frozenset()
    _cursors: dict[str, str] = field(default_factory=dict)
    _names: Names = field(default_factory=lambda: Names(lambda: times.now().timestamp()))

    def bearer(self, name: str, grants: str = "", client: str = "", expires: int = FAR_FUTURE) -> str:
        """A bearer token of the instance."""
        return crypto.BearerToken(expires, grants, client, name).mint(self.instance.private_key)

    def fill(self, value: Any) -> Any:
        """A value for a request: symbols replaced by what they stand for."""
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        return self._fill_text(value) if isinstance(value, str) else value

    def lacking(self, value: Any) -> str | None:
        """Why a value for a request cannot be made: the cursor in it was in no answer so far, but forged."""
        if isinstance(value, dict):
            return next(filter(None, map(self.lacking, value.values())), None)
        cursor = _CURSOR.fullmatch(value) if isinstance(value, str) else None
        return "a cursor that was in no answer compared" if cursor and cursor[1] not in self._cursors else None

    def _fill_text(self, text: str) -> str:
        forged = _FORGED.fullmatch(text)
        if forged:
            return crypto.seal(self.instance.network_key, json.loads(forged[1]))
        text = _FILLER.sub(lambda match: match[1] * int(match[2]), text)
        text = _CURSOR.sub(lambda match: self._cursors.get(match[1], match[0]), text)
        text = _SPOILT.sub(lambda match: self._spoilt(match[1], match[2]), text)
        return _BEARER.sub(lambda match: self.bearer(match[1], match[2] or ""), text)

    def _spoilt(self, fault: str, name: str) -> str:
        """A faulty credential: an expired or altered token, an Internal payload that lacks a member."""
        if fault == "oauth2-expired":
            return self.bearer(name, expires=LONG_AGO)
        if fault == "oauth2-badmac":
            token = self.bearer(name)
            return token[:-8] + token[-8:][::-1]
        known = {"client_id": "shim", "node_id": "shim"}
        payload = {"username": name, **known} if fault == "username-only" else {"name": name}
        return crypto.seal(self.instance.network_key, payload)

    def compare(self, expected: Any, got: Any, path: str = "$") -> Difference | None:
        """The first difference between a recorded value and the one that came; None if they agree."""
        expected = _unquoted(expected)
        if isinstance(expected, dict) and isinstance(got, dict):
            return self._compare_members(expected, got, path)
        if isinstance(expected, list) and isinstance(got, list):
            return self._compare_items(expected, got, path)
        if isinstance(expected, str) and isinstance(got, str):
            agrees = self._drawn(expected, got) if path in self.random else self._agrees(expected, got)
            return None if agrees else Difference(path, expected, got)
        same = type(expected) is type(got) and expected == got
        return None if same else Difference(path, expected, got)

    def _compare_members(self, expected: dict[str, Any], got: dict[str, Any], path: str) -> Difference | None:
        if expected.keys() != got.keys():
            return Difference(path, list(expected), list(got))
        pairs = ((f"{path}.{key}", expected[key], got[key]) for key in expected)
        return next(filter(None, (self.compare(a, b, place) for place, a, b in pairs)), None)

    def _compare_items(self, expected: list[Any], got: list[Any], path: str) -> Difference | None:
        if path == "$.errors":
            expected, got = (sorted(errors, key=_place) for errors in (expected, got))
        if len(expected) != len(got):
            return Difference(f"{path}.length", expected, got)
        pairs = enumerate(zip(expected, got, strict=True))
        return next(filter(None, (self.compare(a, b, f"{path}[{i}]") for i, (a, b) in pairs)), None)

    def _agrees(self, expected: str, got: str) -> bool:
        cursor = _CURSOR.fullmatch(expected)
        if cursor:
            self._cursors[cursor[1]] = got
            return self._opens(got)
        expected = _FILLER.sub(lambda match: match[1] * int(match[2]), expected)
        return matches(expected.replace("Date: {now}", "Date: {now:http}"), got, self._names)

    def _drawn(self, expected: str, got: str) -> bool:
        """Whether two ids are of one form, and the one stands for the other throughout the file."""
        return _form(expected) == _form(got) and self._names.rename("id", expected, got)

    def _opens(self, cursor: str) -> bool:
        try:
            return isinstance(crypto.unseal(self.instance.network_key, cursor), dict)
        except crypto.SealError:
            return False


def _form(text: str) -> str:
    """An id with all digits alike: zeros for hex digits, `z` for those of larger bases."""
    plain = _HEX.sub("0", text)
    return _DIGITS.sub("z", text) if _DIGITS.search(plain.replace("0", "")) else plain


def _unquoted(value: Any) -> Any:
    """`{uuid}` without quotes is a mapping in YAML."""
    if isinstance(value, dict) and len(value) == 1:
        (name, item), *_ = value.items()
        if item is None and is_symbol(f"{{{name}}}"):
            return f"{{{name}}}"
    return value


def _place(error: Any) -> str:
    return json.dumps([error.get("path"), error.get("message")]) if isinstance(error, dict) else str(error)
