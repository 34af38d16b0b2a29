"""Revision texts as libgit2 reads them, in parts that the GraphQL API can answer (git 2.2, 4.3, F6)."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEX = re.compile(r"[0-9a-fA-F]+")
OID = re.compile(r"[0-9a-fA-F]{40}")
_DESCRIBED = re.compile(r".+-[0-9]+-g(?P<prefix>[0-9a-fA-F]+)")
_STEP = re.compile(r"\^\{(?P<type>[^}]*)\}|\^(?P<parent>\d*)|~(?P<ancestor>\d*)|@\{(?P<log>[^}]*)\}")
_FORBIDDEN = re.compile(r"\.\.|@\{|[\x00-\x20~^:?*\[\\]")
_PEELS = {"": "commit", "commit": "commit", "tree": "tree", "object": "object"}
PATTERNS = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")


class Malformed(ValueError):
    """A text that is no revision at all: libgit2 calls it invalid, the old lookup route ambiguous."""


class Unresolvable(ValueError):
    """A revision that is well formed and can't exist on a server, or that upstream can't express."""


@dataclass(frozen=True)
class Revspec:
    """A revision: `base` is a ref name, an object id or a part of one; `walk` holds `~n` and `^n` as written.

    `kind` is what it names: a `commit`, that commit's `tree`, or the `object` at `path` in it; the bare base
    (kind `object`, no path, no walk) may be anything, a tag object included.
    """

    base: str
    walk: str = ""
    kind: str = "object"
    path: str = ""

    @property
    def is_bare(self) -> bool:
        """Whether the base alone was given."""
        return not self.walk and not self.path and self.kind == "object"

    @property
    def is_oid(self) -> bool:
        """Whether the base is a whole object id."""
        return OID.fullmatch(self.base) is not None

    @property
    def prefix(self) -> str | None:
        """The base as the beginning of an object id, in lower case, where it can be one (also `v1-0-gPREFIX`)."""
        if HEX.fullmatch(self.base) and not self.is_oid:
            return self.base.lower()
        described = _DESCRIBED.fullmatch(self.base)
        return described["prefix"].lower() if described else None

    @property
    def names(self) -> tuple[str, ...]:
        """The complete names of references that the base may mean, in libgit2's order."""
        return tuple(pattern.format(self.base) for pattern in PATTERNS[1:4])

    @property
    def is_treacherous(self) -> bool:
        """Whether upstream would take the base for something else than libgit2: it must be looked up first."""
        return self.prefix is not None or "@" in self.base or self.base.endswith(".")

    def upstream(self, base: str | None = None) -> str:
        """What to send as a revspec, with another base in place of the own one."""
        return f"{base or self.base}{self.walk}"


def parse(text: str) -> Revspec:
    """Read a revision. Raises Malformed and Unresolvable."""
    head, colon, path = text.partition(":")
    end = min((m.start() for m in _STEP.finditer(head)), default=len(head))
    base, steps = head[:end], head[end:]
    if not base and (steps.startswith(("~", "^")) or not text):
        raise Malformed(text)
    if not base and colon and not steps:
        raise Unresolvable(text)
    base = "HEAD" if base in ("", "@") else base
    if not is_ref_name(PATTERNS[-1].format(base)):
        raise Malformed(text)
    walk, kind = _steps(steps, "object")
    return Revspec(base, walk, "object" if colon else kind, path if colon else "")


def _steps(steps: str, kind: str) -> tuple[str, str]:
    walk, position = "", 0
    for match in _STEP.finditer(steps):
        if match.start() != position:
            raise Malformed(steps)
        position = match.end()
        walk, kind = _step(match, walk, kind)
    if position != len(steps):
        raise Malformed(steps)
    return walk, kind


def _step(match: re.Match[str], walk: str, kind: str) -> tuple[str, str]:
    if match["log"] is not None:
        if match["log"] != "0":
            raise Unresolvable("a server keeps no reflog")
        return walk, kind
    if match["type"] is not None:
        if match["type"] not in _PEELS:
            raise Unresolvable(match[0])
        return walk, _PEELS[match["type"]]
    number = match["parent"] if match["parent"] is not None else match["ancestor"]
    if match["parent"] and int(match["parent"]) > 2:
        raise Unresolvable("upstream knows two parents")
    return (walk if number == "0" else walk + match[0]), "commit"


def is_ref_name(name: str) -> bool:
    """Whether libgit2 takes a complete reference name for valid (git 2.2); repeated slashes count as one."""
    name = re.sub("/{2,}", "/", name)
    parts = name.split("/")
    if name.endswith(("/", ".")) or not name or _FORBIDDEN.search(name):
        return False
    if any(part.startswith(".") or part.endswith(".lock") for part in parts):
        return False
    shouted = re.fullmatch("[A-Z_]+", parts[0]) is not None
    return shouted if len(parts) == 1 else not shouted
