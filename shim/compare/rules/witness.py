"""Further requests that show why a rule applies: what the shim can't tell here, it can't tell there either."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlunsplit

from shim.compare.cassettes.exchange import Request
from shim.compare.rules import reading
from shim.compare.rules.reading import RuleError
from shim.recordings.answer import Answer

Scope = Mapping[str, str]
Ask = Callable[[Request], Answer]
_HOLE = re.compile(r"<[\w.]+>|\{body\}")


@dataclass(frozen=True)
class Witness:
    """What a GET must answer: its path holds captured segments, and `{body}`, the answer of the one before.

    `body` is a condition as it is written, whose patterns may hold captured segments too; `authorization` is that of
    somebody else, `{user}` standing for the caller.
    """

    path: str
    status: int
    body: Any = None
    authorization: str = ""

    def testifies(self, request: Request, scope: Scope, ask: Ask) -> str | None:
        """What the shim answers if it is what the rule claims; asked with the request's own credential by default."""
        if any(name not in scope for name in _HOLE.findall(self.path)):
            return None
        path = _HOLE.sub(lambda hole: quote(scope[hole[0]], safe="/{:}"), self.path)  # symbols stay what they are
        url = urlunsplit(request.parts._replace(path=path, query=""))
        asked = replace(request, method="GET", url=url, body=None)
        if self.authorization:
            asked = asked.authorized(self.authorization.replace("{user}", f"{{{scope['caller']}}}"))
        answer = ask(asked)
        text = answer.body.decode("utf-8", "replace")
        return text if answer.status == self.status and self._fits(text, scope) else None

    def _fits(self, text: str, scope: Scope) -> bool:
        return self.body is None or reading.predicate(_filled(self.body, scope))(text)


def all_testify(witnesses: tuple[Witness, ...], request: Request, scope: Scope, ask: Ask) -> bool:
    """Whether each answers as claimed, one after the other."""
    known: Mapping[str, str] = scope
    for witness in witnesses:
        text = witness.testifies(request, known, ask)
        if text is None:
            return False
        known = {**known, "{body}": text}
    return True


def _filled(spec: Any, scope: Scope) -> Any:
    """A condition whose patterns hold the captured segments themselves."""
    if isinstance(spec, dict):
        return {key: _filled(inner, scope) for key, inner in spec.items()}
    if isinstance(spec, str):
        return _HOLE.sub(lambda hole: re.escape(scope[hole[0]]) if hole[0] in scope else hole[0], spec)
    return spec


def _condition(spec: Any) -> Any:
    reading.predicate(spec)
    return spec


def members(value: Any, prefix: str = "") -> dict[str, str]:
    """The texts and numbers in an object by the holes that they fill: `<tracker.name>`, `<id>`."""
    found: dict[str, str] = {}
    for name, inner in value.items() if isinstance(value, dict) else ():
        plain = isinstance(inner, str | int)
        found |= {f"<{prefix}{name}>": str(inner)} if plain else members(inner, f"{prefix}{name}.")
    return found


def read(spec: Any) -> tuple[Witness, ...]:
    """Read `witness`, one or a list. Raises RuleError."""
    witnesses = tuple(map(_one, spec if isinstance(spec, list) else [spec]))
    if not witnesses:
        raise RuleError("should name something")
    return witnesses


def _one(spec: Any) -> Witness:
    readers = {"path": reading.text, "status": reading.integer, "body": _condition, "authorization": reading.text}
    return Witness(**reading.section(spec, readers, required=("path", "status")))
