"""Revision texts as libgit2 reads them, in parts that the GraphQL API can answer (git 2.2, 4.3, F6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

HEX = re.compile(r"[0-9a-fA-F]+")
OID = re.compile(r"[0-9a-fA-F]{40}")
_DESCRIBED = re.compile(r".+-[0-9]+-g(?P<prefix>[0-9a-fA-F]+)")
_STEP = re.compile(r"\^\{(?P<type>[^}]*)\}|\^(?P<parent>[0-9]*)|~(?P<ancestor>[0-9]*)")
_LOG = re.compile(r"@\{(?P<entry>[^}]*)\}")
_WHEN = re.compile(
    "[0-9]|now|yes|noo|mid|tea|pm|am|nev|las|one|two|thr|fou|fiv|six|sev|eig|nin|ten"
    "|sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|u$|upstream$",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r"\.\.|@\{|[\x00-\x20~^:?*\[\\]")
_LARGEST = 2**31 - 1
PATTERNS = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")

SHORTEST_PREFIX = 4
"""How many digits the beginning of an object id must have at least."""
_MOST_PARENTS = 2
"""How many parents of a merge upstream's revisions can tell apart (git 4.3)."""


class Malformed(ValueError):
    """A text that is no revision at all: libgit2 calls it invalid, the old lookup route ambiguous."""


class Unresolvable(ValueError):
    """A revision that is well formed and can't exist on a server, or that upstream can't express."""


@dataclass(frozen=True)
class Step:
    """A step from one object to another: `parent` (`^2`), `ancestor` (`~2`), `peel` (`^{tree}`), `path` (`:lib`).

    `text` is the type to peel to, the path, or how upstream writes the step.
    """

    kind: str
    text: str
    number: int = 0


_TREE = Step("peel", "tree")


@dataclass(frozen=True)
class Revspec:
    """A revision: `base` is a ref name, an object id or a part of one; `walk` holds `~n` and `^n` as written.

    `kind` is what it names: a `commit`, that commit's `tree`, or the `object` at `path` in it; the bare base
    (kind `object`, no path, no walk) may be anything, a tag object included. `steps` are all steps from the
    base on; without `plain` they are more than `walk`, `kind` and `path` say, and than upstream can express.
    `by_name` bars the base from being an id.
    """

    base: str
    walk: str = ""
    kind: str = "object"
    path: str = ""
    plain: bool = field(default=True, compare=False)
    steps: tuple[Step, ...] = field(default=(), compare=False)
    by_name: bool = field(default=False, compare=False)

    @property
    def is_bare(self) -> bool:
        """Whether the base alone was given."""
        return not self.steps

    @property
    def is_oid(self) -> bool:
        """Whether the base is a whole object id."""
        return not self.by_name and OID.fullmatch(self.base) is not None

    @property
    def names_commit(self) -> bool:
        """Whether it names a commit wherever its base and walk lead to one."""
        return self.kind != "tree" and not self.path

    @property
    def prefix(self) -> str | None:
        """The base as the beginning of an object id, in lower case, where it can be one (also `v1-0-gPREFIX`)."""
        if self.by_name:
            return None
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
        looks_like_id = self.prefix is not None or (self.by_name and HEX.fullmatch(self.base) is not None)
        return looks_like_id or "@" in self.base or self.base.endswith(".")

    def upstream(self, base: str | None = None) -> str:
        """What to send as a revspec, with another base in place of the own one."""
        return f"{base or self.base}{self.walk}"

    def within(self, commit: str) -> Revspec:
        """What is left of a plain revision once its base and walk have led to a commit."""
        end = (Step("path", self.path),) if self.path else (_TREE,) if self.kind == "tree" else ()
        return Revspec(commit, steps=end)


def parse(text: str) -> Revspec:
    """Read a revision. Raises Malformed and Unresolvable."""
    head, colon, path = text.partition(":")
    if not colon and head.endswith("@"):
        head = _without_final_at(head)
    end = min((m.start() for pattern in (_STEP, _LOG) for m in pattern.finditer(head)), default=len(head))
    base, log = head[:end], _LOG.match(head, end)
    if not base and log is None:
        raise (Unresolvable if not head and len(path) > 1 and path.startswith("/") else Malformed)(text)
    if path.startswith("/"):
        raise Unresolvable(text)
    if not is_ref_name(PATTERNS[-1].format(base or "HEAD")):
        raise Malformed(text)
    if log is not None:
        _check_log(log["entry"])
        end = log.end()
    steps = (*_steps(head[end:]), *([Step("path", path)] if colon else ()))
    return Revspec(base or "HEAD", *_shortened(steps), steps=steps, by_name=log is not None)


def _without_final_at(head: str) -> str:
    """A final `@` makes HEAD of whatever name stands before it, and nothing of steps."""
    return head[:-1] if _STEP.search(head) or _LOG.search(head) else "HEAD"


def _check_log(entry: str) -> None:
    """A server keeps no reflog: only its newest entry, the reference itself, is there."""
    if re.fullmatch("0+", entry):
        return
    if re.fullmatch("-0+|-.*[^0-9].*|-|", entry) or not _WHEN.search(entry):
        raise Malformed(entry)
    raise Unresolvable("a server keeps no reflog")


def _steps(text: str) -> Iterator[Step]:
    position = 0
    for match in _STEP.finditer(text):
        if match.start() != position:
            break
        position = match.end()
        yield _peel(match["type"]) if match["type"] is not None else _walked(match)
    if position != len(text):
        raise Malformed(text)


def _peel(kind: str) -> Step:
    if kind.startswith("/"):
        raise Unresolvable(kind)
    return Step("peel", kind)


def _walked(match: re.Match[str]) -> Step:
    kind = match.lastgroup or ""
    digits = match[kind]
    written = digits.lstrip("0") or "0" * bool(digits)
    if len(written) > len(str(_LARGEST)) or int(written or 1) > _LARGEST:
        raise Malformed(match[0])
    return Step(kind, match[0][0] + written, int(written or 1))


def _shortened(steps: Sequence[Step]) -> tuple[str, str, str, bool]:
    """The `walk`, `kind` and `path` of a revision, and whether they say it all."""
    walk, kind = "", "object"
    for i, step in enumerate(steps):
        if step.kind == "ancestor" or (step.kind == "parent" and step.number <= _MOST_PARENTS):
            walk += step.text if step.number else ""
        elif step.kind != "peel" or step.text not in ("", "commit"):
            return walk, *_ending(steps[i:])
        kind = "commit"
    return walk, kind, "", True


def _ending(steps: Sequence[Step]) -> tuple[str, str, bool]:
    *above, last = steps
    if above in ([], [_TREE]) and last.kind == "path":
        return ("object", last.text, True) if last.text else ("tree", "", True)
    if not above and last == _TREE:
        return "tree", "", True
    return "object", "", False


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
