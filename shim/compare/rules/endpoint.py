"""Patterns of endpoints in rules: `GET /api/<owner>/repos/<name>`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urlunsplit

from shim.compare.cassettes.exchange import Request
from shim.compare.rules import reading
from shim.compare.rules.changes import Renaming
from shim.compare.rules.reading import RuleError

NOBODYS = "2147483647"
_PIECE = re.compile(r"(<(?:\w+:)?\w+>|\*\*|\*)")
_NAMED = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_KINDS = {
    None: "(?P<{}>[^/]+)",
    "path": "(?P<{}>.+)",
    "tag": "(?:(?:refs/)?tags/)?(?P<{}>[^/~^:@%]+)(?:[~^:@%][^/]*)?",
}
_PIECES = {"*": "[^/]+", "**": ".*"}


@dataclass(frozen=True)
class Endpoint:
    """A method (`*`: any; `GET` means HEAD too) and a path: `*` and `<name>` match a segment, `**` the rest.

    `<path:name>` matches one segment or more, `<tag:name>` a revision that begins with a tag's name (git 4.3), which
    alone is captured. A trailing slash makes no difference (conventions 2.1).
    """

    method: str
    pattern: re.Pattern[str]

    def match(self, request: Request) -> re.Match[str] | None:
        """The match of a request's path, still percent-encoded."""
        method = "GET" if request.method == "HEAD" else request.method
        return self.pattern.fullmatch(request.parts.path) if self.method in ("*", method) else None

    def captures(self, request: Request) -> dict[str, str] | None:
        """The decoded segments by name (`<owner>`), None where the request is for something else."""
        found = self.match(request)
        return found and {f"<{name}>": unquote(value) for name, value in found.groupdict().items()}

    def rewritten(self, request: Request, renaming: Renaming, ids: Mapping[str, str]) -> Request | None:
        """The request with its ids of one kind exchanged: the segment of that name, the query parameter.

        None where this is another endpoint, or one without such ids.
        """
        found = self.match(request)
        if found is None or not (renaming.query or renaming.kind in found.groupdict()):
            return None
        path, query = found.string, request.parts.query
        if renaming.kind in found.groupdict():
            start, end = found.span(renaming.kind)
            path = path[:start] + _exchanged(path[start:end], ids) + path[end:]
        if renaming.query:
            parameter = re.compile(rf"(?<![^&]){re.escape(renaming.query)}=([^&]*)")
            query = parameter.sub(lambda given: f"{renaming.query}={ids.get(given[1], given[1])}", query)
        return replace(request, url=urlunsplit(request.parts._replace(path=path, query=query)))


def _exchanged(recorded: str, ids: Mapping[str, str]) -> str:
    """The id answered for a recorded one; nobody's for one that was never answered and is another's now."""
    return ids.get(recorded, NOBODYS if recorded in ids.values() else recorded)


def read(value: Any) -> Endpoint:
    """Read a pattern. Raises RuleError."""
    method, _, path = reading.text(value).partition(" ")
    if not method or not path.startswith("/"):
        raise RuleError(f"should be a method and a path, not {value!r}")
    return Endpoint(method, reading.regex("".join(map(_piece, _PIECE.split(path))) + "/?"))


def _piece(piece: str) -> str:
    if named := _NAMED.fullmatch(piece):
        if named["kind"] not in _KINDS:
            raise RuleError(f"there is no kind of segment {named['kind']!r}")
        return _KINDS[named["kind"]].format(named["name"])
    return _PIECES.get(piece) or re.escape(piece)
