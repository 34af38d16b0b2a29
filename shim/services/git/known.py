"""What one request tells of a repository, for everything that names an object in it (git 4.3, 4.8, F6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shim.services.call import Call
from shim.services.git import complete
from shim.services.git.revspec import PATTERNS, SHORTEST_PREFIX, Revspec
from shim.upstream import Kind

_COMMITS = 2000
_PAGES = 3


class Known:
    """What one request tells of a repository: references (name to target, HEAD to the branch it names) and
    the ids of commits with their trees and parents.

    `further` yields the ids on later pages of the log, which are only read when the known ones do not suffice.
    """

    def __init__(self, references: Mapping[str, str], ids: Iterable[str], further: Iterator[Iterable[str]]) -> None:
        self.references = references
        self._ids, self._further = set(ids), further

    def named(self, base: str) -> str | None:
        """The object a name stands for, tried in libgit2's order (git 4.3); symbolic names are followed."""
        for pattern in PATTERNS:
            target = self.references.get(pattern.format(base))
            while target is not None and target.startswith("refs/"):
                target = self.references.get(target)
            if target is not None:
                return target
        return None

    def beginning(self, prefix: str) -> frozenset[str]:
        """The known ids that begin with a prefix; more than one makes it ambiguous."""
        while not (found := frozenset(i for i in self._ids if i.startswith(prefix))):
            page = next(self._further, None)
            if page is None:
                break
            self._ids.update(page)
        return found

    def find(self, spec: Revspec) -> str | None:
        """The object that a base names: by name, else by the beginning of its id, else nothing known."""
        named = self.named(spec.base)
        if named is not None or spec.prefix is None or len(spec.prefix) < SHORTEST_PREFIX:
            return named
        matches = self.beginning(spec.prefix)
        return next(iter(matches)) if len(matches) == 1 else None


def known(call: Call, r: str, *, ids: bool = False) -> Known:
    """Ask for the references of a repository, and its first commits with them if `ids` will be wanted.

    Raises complete.Incomplete.
    """
    page, log = _with_log(call, r) if ids else (None, None)
    if page is None:
        found = call.fetch("References", r=r, cursor=call.whole)
        page = call.require(found, "owner", "repository", "references")
    rows = complete.references(call, r, page)
    references = {row["name"]: row["target"] for row in rows}
    targets = (target for target in references.values() if not target.startswith("refs/"))
    return Known(references, (*targets, *_ids(log)), _further(call, r, log) if log or not ids else iter(()))


def _with_log(call: Call, r: str) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """The first page of references and that of the log, both None where the log fails, as in an empty repository."""
    result = call.fetch("Known", r=r, cursor=call.whole, log=_first(call))
    failures = result.touching("owner", "repository", "log")
    log_failed = any(error.path[-1:] == ("log",) for error in failures)
    if log_failed and result.get("owner", "repository") is None and not any(e.kind is Kind.TIMEOUT for e in failures):
        return None, None
    repository = call.require(result, "owner", "repository")
    return repository["references"], repository["log"]


def _first(call: Call) -> str | None:
    """A cursor for the beginning of the log, of a bounded length: it is all read before anything is answered."""
    return call.sealed(_COMMITS)


def _further(call: Call, r: str, log: Mapping[str, Any] | None) -> Iterator[Iterable[str]]:
    """The ids on the pages of the log that follow a first one (None: on all), as many as the budget allows."""
    cursor = log["cursor"] if log else _first(call)
    for _ in range(call.backend.instance.page_budget // 2 if not call.backend.pager.seals else _PAGES):
        if log is not None and cursor is None:
            break
        log = call.fetch("LogIds", r=r, cursor=cursor).get("owner", "repository", "log")
        if log is None:
            break
        cursor = log["cursor"]
        yield _ids(log)


def _ids(log: Mapping[str, Any] | None) -> Iterator[str]:
    for commit in log["results"] if log else ():
        yield commit["id"]
        yield commit["tree"]["id"]
        yield from (parent["id"] for parent in commit["parents"])
