"""Recorded exchanges: the request to send, and the comparison of what came back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from email.utils import formatdate
from typing import Any

import requests

from shim import crypto
from shim.recordings.answer import Answer
from shim.sandbox.check.symbols import FAR_FUTURE, LONG_AGO, Difference, Symbols
from shim.sandbox.instance.auth import COOKIE
from shim.sandbox.instance.tokens import legacy_token

Item = dict[str, Any]
_CORE_MESSAGE = re.compile(r"Not found|Access denied|Redirect|Authentication error|.*missing \S+ grant")
_CREDENTIAL = re.compile(r"(\w+) \{(legacy:)?([^{}:,]+)(, expired)?\}")
_KEPT = 1200
_UPLOAD_FILLER = b"n"


def prepare(item: Item, base: str, symbols: Symbols) -> requests.PreparedRequest:
    """The request of a recorded exchange to a service at `base`."""
    recorded = item.get("request") or {}
    headers = dict(recorded.get("headers") or {})
    headers.update(_authorization(item.get("authorization") or {}, symbols))
    if item.get("cookie"):
        headers["Cookie"] = f"{COOKIE}={_cookie(item['cookie'], symbols)}"
    method, path = recorded.get("method", "POST"), recorded.get("path", "/query")
    asked = {"query": item.get("document") or "", "variables": symbols.fill(item.get("variables") or {})}
    request = requests.Request(method, base + path, headers)
    if recorded:
        request.data = symbols.fill(recorded.get("body") or "").encode()
        if method == "GET" and path == "/query":
            request.params = {"query": asked["query"], "variables": json.dumps(asked["variables"])}
    elif item.get("files"):
        request.files = _form(asked, item["files"])
    else:
        request.json = asked
    return request.prepare()


def bearer(item: Item, symbols: Symbols) -> str | None:
    """The bearer token of a recorded exchange, if it has one."""
    recorded = item.get("authorization") or {}
    return _bearer(recorded, symbols) if "bearer" in recorded else None


def _bearer(recorded: dict[str, Any], symbols: Symbols) -> str:
    given = {name: recorded[name] for name in ("grants", "client", "expires") if name in recorded}
    return symbols.bearer(recorded["bearer"], **given)


def _authorization(recorded: dict[str, Any], symbols: Symbols) -> dict[str, str]:
    """The Authorization header of symbolic credentials (fixtures' README)."""
    key = symbols.instance.network_key
    value = None
    if "bearer" in recorded:
        value = f"Bearer {_bearer(recorded, symbols)}"
    elif "internal" in recorded:
        value = f"Internal {crypto.internal_authorization(key, recorded['internal'])}"
    elif "internal_payload" in recorded:
        value = f"Internal {crypto.seal(key, json.loads(recorded['internal_payload']))}"
    elif "legacy" in recorded:
        value = f"Bearer {legacy_token(recorded['legacy'])}"
    elif "header" in recorded:
        value = _header(recorded["header"], symbols)
    return {} if value is None else {"Authorization": value}


def _header(text: str, symbols: Symbols) -> str:
    """A header as it was sent, or with the credential of a symbol: `Bearer {legacy:jdoe/read}`, `Internal {jdoe}`."""
    symbol = _CREDENTIAL.fullmatch(text)
    if symbol is None:
        return str(symbols.fill(text))
    scheme, legacy, name, expired = symbol.groups()
    if scheme == "Internal":
        return f"{scheme} {crypto.internal_authorization(symbols.instance.network_key, name)}"
    if legacy:
        return f"{scheme} {legacy_token(name)}"
    return f"{scheme} {symbols.bearer(name, expires=LONG_AGO if expired else FAR_FUTURE)}"


def _cookie(name: str, symbols: Symbols) -> str:
    return name if name == "garbage" else crypto.seal(symbols.instance.network_key, {"name": name})


def _form(asked: dict[str, Any], files: dict[str, Any]) -> list[tuple[str, Any]]:
    """The parts of a multipart request, in the order that the servers want."""
    places = {str(i): [f"variables.{name}"] for i, name in enumerate(files)}
    contents = (file.get("text", "").encode() or _UPLOAD_FILLER * file["size"] for file in files.values())
    parts: list[tuple[str, Any]] = [
        ("operations", (None, json.dumps(asked))),
        ("map", (None, json.dumps(places))),
    ]
    for name, file, content in zip(places, files.values(), contents, strict=True):
        parts.append((name, (file["filename"], content, file.get("content_type"))))
    return parts


def compare(expected: Item, response: requests.Response, symbols: Symbols, era: str) -> Difference | None:
    """The first difference between a recorded response and the one that came."""
    if expected["status"] != response.status_code:
        return Difference("status", expected["status"], [response.status_code, response.text[:300]])
    headers = dict(expected.get("headers") or {})
    if expected.get("content_type"):
        headers["Content-Type"] = expected["content_type"]
    if expected.get("content_disposition"):
        headers["Content-Disposition"] = expected["content_disposition"]
    if "\ufffd" in str(expected.get("body")):
        headers.pop("Content-Length", None)  # data sets hold such bytes replaced, too
    for name, value in headers.items():
        if response.headers.get(name) != value:
            return Difference(f"headers.{name}", value, response.headers.get(name))
    if "raw" in expected and expected["raw"] != response.content:
        return Difference("raw", expected["raw"], response.content)
    return _compare_body(expected.get("body"), response.content, symbols, era)


def _compare_body(expected: Any, content: bytes, symbols: Symbols, era: str) -> Difference | None:
    text = content.decode("utf-8", "replace")
    if not isinstance(expected, (dict, list)):
        expected = expected or ""
        return symbols.compare(expected, text[: len(expected)] if _is_cut(expected) else text, "body")
    try:
        got = json.loads(text)
    except json.JSONDecodeError:
        return Difference("body", expected, text)
    if isinstance(expected, dict) and isinstance(got, dict):
        expected, got = _comparable(expected, era), _comparable(got, era)
    return symbols.compare(expected, got)


def _is_cut(text: str) -> bool:
    """Whether the recorder kept no more of a body."""
    return len(text.encode()) == _KEPT


def _comparable(body: Item, era: str) -> Item:
    """A body without what the recordings cannot tell of its errors."""
    errors = body.get("errors")
    return {**body, "errors": [_comparable_error(error, era) for error in errors]} if errors else body


def _comparable_error(error: Item, era: str) -> Item:
    """Errors of the 2026 core keep only their codes: that core was not to be had. An unexpected end keeps no
    location: documents were recorded without their trailing blanks."""
    if era == "2026" and "code" in error.get("extensions", {}) and _CORE_MESSAGE.match(error["message"]):
        return {**error, "message": ""}
    if error["message"].endswith("<EOF>"):
        return {**error, "locations": None}
    return error


def receivers(items: list[Item]) -> dict[str, Answer]:
    """What the receivers of webhooks answered, by address, as the recorded deliveries of a file show it."""
    found = [hook for item in items for hook in _subscriptions(item["response"].get("body"))]
    addresses = {(kind, hook["id"]): hook["url"] for kind, hook in found if "url" in hook and "id" in hook}
    answers = {}
    for kind, hook in found:
        url = hook.get("url") or addresses.get((kind, hook.get("id")))
        for delivery in (hook.get("deliveries") or {}).get("results", ()):
            if url and delivery.get("responseHeaders") is not None:
                answers[url] = _answer(delivery)
    return answers


def _subscriptions(value: Any, name: str = "") -> Iterator[tuple[str, Item]]:
    """The webhook subscriptions in an answer, each with the field's name but for a leading `create`."""
    if isinstance(value, list):
        for item in value:
            yield from _subscriptions(item, name)
    if isinstance(value, dict):
        if "url" in value or "deliveries" in value:
            yield name.removeprefix("create").lower(), value
        for key, item in value.items():
            yield from _subscriptions(item, key)


def _answer(delivery: Mapping[str, Any]) -> Answer:
    block = re.sub(r"\{(now|date)\}", formatdate(usegmt=True), delivery["responseHeaders"])
    headers = dict(line.split(": ", 1) for line in block.splitlines())
    return Answer(delivery["responseStatus"], headers, (delivery["responseBody"] or "").encode())
