"""The transports of gqlgen: JSON by POST, query strings by GET, multipart (conventions 10.2, 10.3)."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request

from shim.sandbox.engine import gojson
from shim.sandbox.engine.context import FIRST_CORE
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


def client(request: Request) -> str:
    """Whom a request comes from, as the servers see it behind their front."""
    route = request.headers.get("X-Real-IP") or request.headers.get("X-Forwarded-For", "").partition(",")[0]
    try:
        return str(ip_address(route.strip()))
    except ValueError:
        return request.remote_addr or ""


def read(request: Request, core: str) -> Parameters:
    """The parameters of a request to a server whose core is of a year.

    Raises RequestError, or UnsupportedError for what gqlgen does not take.
    """
    if request.method == "GET":
        return _parameters(_from_query(request), read_only=True)
    media, options = parse_options_header(request.headers.get("Content-Type"))
    if request.method == "POST" and media == "application/json":
        return _parameters(_from_json(request.get_data(), core))
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


def _from_json(body: bytes, core: str) -> dict[str, Any]:
    try:
        value = gojson.decode(body)
        if value is None:
            raise RequestError(422, {"message": PANIC})
        _check(value)
    except gojson.DecodeError as error:
        message = f"json request body could not be decoded: {error} body:{body.decode('utf-8', 'replace')}"
        if core <= FIRST_CORE:
            message = f"json body could not be decoded: {error}"
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
