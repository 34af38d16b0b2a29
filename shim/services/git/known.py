"""What one request tells of a repository, for everything that names an object in it (git 4.3, 4.8, F6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shim.services.call import Call
from shim.services.git import complete
from shim.services.git.revspec import PATTERNS, Revspec


@dataclass(frozen=True)
class Known:
    """What one request tells of a repository: references (name to target, HEAD to the branch it names) and
    the ids of the first commits with their trees and parents.
    """

    references: Mapping[str, str]
    ids: frozenset[str]

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
        return frozenset(i for i in self.ids if i.startswith(prefix))

    def find(self, spec: Revspec) -> str | None:
        """The object that a base names: by name, else by the beginning of its id, else nothing known."""
        named = self.named(spec.base)
        if named is not None or spec.prefix is None or len(spec.prefix) < 4:
            return named
        matches = self.beginning(spec.prefix)
        return next(iter(matches)) if len(matches) == 1 else None


def known(call: Call, r: str) -> Known:
    """Ask for the references and the first commits of a repository, in one request where that is enough."""
    result = call.fetch("Known", r=r, cursor=call.whole, log=call.whole)
    page = call.require(result, "owner", "repository", "references")
    rows = complete.references(call, r, page)
    commits = result.get("owner_log", "repository", "log", "results") or ()
    references = {row["name"]: row["target"] for row in rows}
    return Known(references, frozenset(_ids(references.values(), commits)))


def _ids(targets: Any, commits: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from (target for target in targets if not target.startswith("refs/"))
    for commit in commits:
        yield commit["id"]
        yield commit["tree"]["id"]
        yield from (parent["id"] for parent in commit["parents"])
