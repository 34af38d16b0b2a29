"""The part `instead` of a rule: what the shim answers where the rule applies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shim.compare.cassettes.exchange import Request
from shim.compare.judging.difference import Expected, Page
from shim.compare.judging.jsontext import Array, Node, Object, Scalar, Slot, write
from shim.compare.judging.slots import Shape
from shim.compare.rules import reading
from shim.compare.rules.changes import Change, Testify, meets, read_change
from shim.compare.rules.pages import ListRule, read_extra, read_fewer, read_only
from shim.compare.rules.reading import RuleError
from shim.compare.rules.witness import Scope
from shim.recordings.symbols import is_page

_HOLE = re.compile(r"\{(<\w+>|caller|notice|owner-email)\}")
_JSON = "application/json"
_BODIES = ("json", "matches", "text")
_CHANGES = ("change", "extra", "only", "fewer")


@dataclass(frozen=True)
class Instead:
    """What stays unnamed (None, empty) stays as recorded.

    A rule answers anew (`body`, `like`, `merged`) or changes the recorded answer. `like` is the Authorization
    header whose answer it must equal, `{user}` standing for the caller; `merged` says that it must equal the
    answer to the path without doubled slashes.
    """

    status: int | None = None
    headers: Mapping[str, str | None] | None = None
    body: Node | Page | str | None = None
    like: str = ""
    merged: bool = False
    changes: tuple[Change, ...] = ()
    extra: ListRule | None = None
    only: ListRule | None = None
    fewer: ListRule | None = None

    @property
    def anew(self) -> bool:
        """Whether nothing of the recorded body is left."""
        return self.body is not None or bool(self.like) or self.merged

    def apply(self, expected: Expected, request: Request, scope: Scope, testify: Testify) -> Expected:
        """What is expected instead; the same where the rule has nothing to change."""
        headers = {**expected.headers, **(self.headers or {})}
        return Expected(
            expected.status if self.status is None else self.status,
            {name: value for name, value in headers.items() if value is not None},
            self._body(expected, request, scope, testify),
        )

    def _body(self, expected: Expected, request: Request, scope: Scope, testify: Testify) -> Any:
        if self.body is not None:
            return expected.body if request.method == "HEAD" else _filled(self.body, scope)
        body = expected.body
        if not isinstance(body, Scalar | Array | Object | Slot):
            return body
        for change in self.changes:
            body = change.apply(body, scope, testify)
        body = self.only.narrow(body) if self.only else body
        body = self.fewer.thin(body, testify) if self.fewer else body
        return self.extra.widen(body) if self.extra else body


def read(spec: Any) -> Instead:
    """Read `instead`. Raises RuleError, for a rule that checks nothing too."""
    parts = reading.section(spec, _READERS)
    bodies = [key for key in (*_BODIES, "like") if key in parts]
    changes = [key for key in _CHANGES if key in parts]
    if not parts:
        raise RuleError("says nothing of what is answered, so it checks nothing")
    if len(bodies) > 1 or (bodies and changes) or ("like" in parts and len(parts) > 1):
        raise RuleError(f"{', '.join([*bodies, *changes])}: only one of them can say what the body is")
    if "content_type" in parts and not bodies:
        raise RuleError("content_type: another type needs a body (json or text)")
    headers = dict(parts.get("headers", {}))
    if "json" in parts or "matches" in parts or "content_type" in parts:
        headers["content-type"] = parts.get("content_type", _JSON)
    return Instead(
        status=parts.get("status"),
        headers=headers,
        body=parts.get("json", parts.get("matches", parts.get("text"))),
        like=parts.get("like", {}).get("authorization", ""),
        merged="slashes" in parts.get("like", {}),
        changes=parts.get("change", ()),
        extra=parts.get("extra"),
        only=parts.get("only"),
        fewer=parts.get("fewer"),
    )


def _filled(body: Node | Page | str, scope: Scope) -> Node | Page | str:
    """The body with `{<name>}` replaced by that segment of the path."""
    if isinstance(body, Slot | Page):
        return body
    if isinstance(body, str):
        return _HOLE.sub(lambda hole: scope.get(hole[1], hole[0]), body)
    return write(_filled_value(body.value, scope))


def _filled_value(value: Any, scope: Scope) -> Any:
    if isinstance(value, dict):
        return {key: _filled_value(item, scope) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled_value(item, scope) for item in value]
    return _filled(value, scope) if isinstance(value, str) else value


def _shape(spec: Any) -> Node:
    """A JSON body of which only some values are known; each must be met everywhere its path leads."""
    where = reading.predicates(spec)
    if meets(write({}), where):
        raise RuleError("fits an empty object, so it checks nothing")
    return Shape(write(None), where)


def _text(value: Any) -> Page | str:
    body = reading.text(value)
    return Page() if is_page(body) else body


def _optional_text(value: Any) -> str | None:
    return None if value is None else reading.text(value)


def _like(spec: Any) -> dict[str, str]:
    like = reading.section(spec, {"authorization": reading.text, "slashes": _merged})
    if len(like) != 1:
        raise RuleError("should name authorization or slashes")
    return like


def _merged(value: Any) -> str:
    if value != "merged":
        raise RuleError(f"should be merged, not {value!r}")
    return str(value)


_READERS: dict[str, reading.Reader] = {
    "status": reading.integer,
    "content_type": reading.text,
    "headers": reading.mapping(lambda name: reading.text(name).lower(), _optional_text),
    "json": write,
    "matches": _shape,
    "text": _text,
    "like": _like,
    "change": reading.items(read_change),
    "extra": read_extra,
    "only": read_only,
    "fewer": read_fewer,
}
