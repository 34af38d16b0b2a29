"""The transports of gqlgen: JSON by POST, query strings by GET, multipart (conventions 10.2, 10.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request

from shim.sandbox.engine import gojson
from shim.sandbox.engine.errors import PANIC, RequestError
from shim.sandbox.engine.upload import read_form

_STRUCT = "graphql.RawParams"
_MEMBERS = {
    "query": (str, "string"),
    "operationName": (str, "string"),
    "variables": (dict, "map[string]interface {}"),
}


class UnsupportedError(Exception):
    """No transport takes this request."""


@dataclass(frozen=True)
class Parameters:
    """What a request asks to be executed."""

    query: str
    operation_name: str | None
    variables: dict[str, Any]
    read_only: bool = False


def read(request: Request) -> Parameters:
    """The parameters of a request. Raises RequestError, or UnsupportedError for what gqlgen does not take."""
    if request.method == "GET":
        return _parameters(_from_query(request), read_only=True)
    media, options = parse_options_header(request.headers.get("Content-Type"))
    if request.method == "POST" and media == "application/json":
        return _parameters(_from_json(request.get_data()))
    if request.method == "POST" and media == "multipart/form-data":
        return _parameters(read_form(request.get_data(), options.get("boundary", "")))
    raise UnsupportedError


def _from_query(request: Request) -> dict[str, Any]:
    value: dict[str, Any] = {name: request.args.get(name, "") for name in ("query", "operationName")}
    variables = request.args.get("variables")
    if variables:
        try:
            value["variables"] = gojson.decode(variables.encode())
        except gojson.DecodeError as error:
            raise RequestError(400, {"message": "variables could not be decoded"}) from error
    return value


def _from_json(body: bytes) -> dict[str, Any]:
    try:
        value = gojson.decode(body)
        if value is None:
            raise RequestError(422, {"message": PANIC})
        _check(value)
    except gojson.DecodeError as error:
        text = body.decode("utf-8", "replace")
        message = f"json request body could not be decoded: {error} body:{text}"
        raise RequestError(400, {"message": message}) from error
    return value  # type: ignore[no-any-return]


def _check(value: Any) -> None:
    """Raises DecodeError with Go's text where a member has the wrong type."""
    if not isinstance(value, dict):
        name = gojson.type_name(value)
        raise gojson.DecodeError(f"json: cannot unmarshal {name} into Go value of type {_STRUCT}")
    for member, (kind, go_type) in _MEMBERS.items():
        given = value.get(member)
        if given is not None and type(given) is not kind:
            place = f"Go struct field RawParams.{member} of type {go_type}"
            raise gojson.DecodeError(f"json: cannot unmarshal {gojson.type_name(given)} into {place}")


def _parameters(value: dict[str, Any], *, read_only: bool = False) -> Parameters:
    name = value.get("operationName") or None
    return Parameters(value.get("query") or "", name, value.get("variables") or {}, read_only)
