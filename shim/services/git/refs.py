"""/api/.../refs, and the references of a repository for everything that names one (git 3.6, 4.7, 4.8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.git import complete
from shim.services.git.resources import Reference
from shim.services.git.revspec import PATTERNS, Revspec

refs = Endpoints()
_reference = Reference()


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


@refs.get("/api/repos/<r>/refs", "/api/<u>/repos/<r>/refs", scope="data:read", operation="ReferencesWithArtifacts")
def index(call: Call, r: str) -> Response:
    """All references but HEAD, with the artifacts of the commits they point at directly (git F8)."""
    result = call.fetch("ReferencesWithArtifacts", r=r, cursor=call.whole, all=call.whole)
    page = call.require(result, "owner", "repository", "references")
    artifacts = _artifacts(result.get("owner_artifacts", "repository", "references", "results") or ())
    rows = [
        {**row, "artifacts": artifacts[row["target"]]}
        for row in complete.references(call, r, page)
        if row["name"] != "HEAD"
    ]
    count = len(rows)
    results = _reference.dump(rows, many=True)
    return json.answer({"next": None, "results": results, "total": count, "results_per_page": count})


def _artifacts(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Artifacts by commit: upstream lists them on annotated tags only, newest first."""
    found: dict[str, Sequence[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        commit = row["follow"] and (row["follow"].get("target") or row["follow"])["id"]
        if row["artifacts"]["results"]:
            found[commit] = list(reversed(row["artifacts"]["results"]))
    return found
