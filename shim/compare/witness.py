"""A second request that shows why a rule applies: what the shim can't tell here, it can't tell there either."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlunsplit

from shim.compare import reading
from shim.compare.cassette import Answer, Request
from shim.compare.changes import Scope

Ask = Callable[[Request], Answer]
_HOLE = re.compile(r"<\w+>")


@dataclass(frozen=True)
class Witness:
    """A path with the captured segments of the rule's endpoint, and the status that a GET of it must answer."""

    path: str
    status: int

    def testifies(self, request: Request, scope: Scope, ask: Ask) -> bool:
        """Whether the shim answers as the rule claims; asked with the request's own credential."""
        if any(name not in scope for name in _HOLE.findall(self.path)):
            return False
        path = _HOLE.sub(lambda hole: quote(scope[hole[0]]), self.path)
        url = urlunsplit(request.parts._replace(path=path, query=""))
        return ask(replace(request, method="GET", url=url, body=None)).status == self.status


def read(spec: Any) -> Witness:
    """Read `witness`. Raises RuleError."""
    readers = {"path": reading.text, "status": reading.integer}
    return Witness(**reading.section(spec, readers, required=readers))
