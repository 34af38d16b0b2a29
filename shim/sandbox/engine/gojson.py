"""JSON as the Go servers write and read it: escapes, raw bytes, numbers as text, messages of the decoder."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from shim.sandbox.engine import times

_HTML = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})
_ESCAPE = re.compile(r"\\(.)")
_LONG_FORM = {"b": "\\u0008", "f": "\\u000c"}
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_LITERALS = {literal[0]: literal for literal in ("null", "true", "false")}
_EXPECTED = {
    "Expecting property name enclosed in double quotes": "looking for beginning of object key string",
    "Expecting ':' delimiter": "after object key",
    "Expecting ',' delimiter": "after object key:value pair",
    "Expecting value": "looking for beginning of value",
}


class Number(str):
    """A JSON number as it was written: Go keeps it as text, so that it also passes for a string."""

    __slots__ = ()


class DecodeError(ValueError):
    """A text that Go's decoder refuses; the message is Go's."""


def encode(value: Any) -> bytes:
    """Compact JSON with `<`, `>`, `&` escaped.

    Bytes that are no UTF-8, held as surrogates (`errors="surrogateescape"`), come out as they were; the
    servers send them raw too (git dossier, F14).
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_other)
    if "\\b" in text or "\\f" in text:
        text = _ESCAPE.sub(lambda match: _LONG_FORM.get(match[1], match[0]), text)
    return text.translate(_HTML).encode("utf-8", "surrogateescape")


def decode(body: bytes) -> Any:
    """Read the first JSON value; what follows it is ignored. Numbers become `Number`. Raises DecodeError."""
    text = body.decode("utf-8", "replace").lstrip(" \t\r\n")
    try:
        value, _ = _decoder.raw_decode(text)
        return _scrub(value)
    except json.JSONDecodeError as error:
        raise DecodeError(_message(text, error)) from error
    except RecursionError as error:
        raise DecodeError("exceeded max depth") from error


def kind(value: Any) -> str:
    """Go's name for what a decoded value is."""
    kinds = {bool: "bool", list: "slice", dict: "map"}
    return kinds.get(type(value), "string")


def type_name(value: Any) -> str:
    """JSON's name for what a decoded value is, as Go's decoder says it."""
    kinds = {bool: "bool", list: "array", dict: "object", Number: "number"}
    return kinds.get(type(value), "string")


def _other(value: Any) -> str:
    if isinstance(value, datetime):
        return times.rfc3339(value)
    raise TypeError(f"no JSON form of {type(value).__name__}")


def _constant(name: str) -> Any:
    raise DecodeError(f"invalid character {name[0]!r} looking for beginning of value")


def _scrub(value: Any) -> Any:
    """Replace half surrogate pairs, as Go does."""
    if type(value) is str:
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_scrub(item) for item in value]
    if isinstance(value, dict):
        return {_scrub(key): _scrub(item) for key, item in value.items()}
    return value


def _message(text: str, error: json.JSONDecodeError) -> str:
    rest = text[error.pos :].rstrip()
    if not rest or error.msg.startswith("Unterminated string"):
        return "unexpected EOF" if text else "EOF"
    if error.msg == "Expecting value" and rest[0] in _LITERALS:
        return _in_literal(rest, _LITERALS[rest[0]])
    return f"invalid character {rest[0]!r} {_EXPECTED.get(error.msg, 'in string literal')}"


def _in_literal(rest: str, literal: str) -> str:
    wrong = next(i for i in range(len(literal)) if not rest.startswith(literal[: i + 1]))
    if wrong == len(rest):
        return "unexpected EOF"
    return f"invalid character {rest[wrong]!r} in literal {literal} (expecting {literal[wrong]!r})"


_decoder = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=_constant)
