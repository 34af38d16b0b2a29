"""/api/.../refs: references and the artifacts of the commits they point at (git 3.6, 4.7, F8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask import Response

from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.git import complete
from shim.services.git.artifacts import url_of
from shim.services.git.resources import Reference
from shim.upstream import Result

refs = Endpoints()
_reference = Reference()


@refs.get("/api/repos/<r>/refs", "/api/<u>/repos/<r>/refs", scope="data:read", operation="ReferencesWithArtifacts")
def index(call: Call, r: str) -> Response:
    """All references but HEAD, with the artifacts of the commits they point at directly (git F8)."""
    result = call.fetch("ReferencesWithArtifacts", r=r, cursor=call.whole, all=call.whole)
    page = call.require(result, "owner", "repository", "references")
    artifacts = _artifacts(call, r, result)
    rows = [
        {**row, "artifacts": artifacts[row["target"]]}
        for row in complete.references(call, r, page)
        if row["name"] != "HEAD"
    ]
    count = len(rows)
    results = _reference.dump(rows, many=True)
    return json.answer({"next": None, "results": results, "total": count, "results_per_page": count})


def _artifacts(call: Call, r: str, result: Result) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Artifacts by commit: of one whose artifacts are not neighbours in their table the last ones only (git 4.7)."""
    listed = sorted(_listed(call, r, result).values(), key=itemgetter("id"))
    runs = {commit: list(run) for commit, run in groupby(listed, itemgetter("commit"))}
    return defaultdict(list, runs)


def _listed(call: Call, r: str, result: Result) -> Mapping[int, Mapping[str, Any]]:
    """The artifacts by id that upstream tells of, which are those of annotated tags."""
    found: dict[int, Mapping[str, Any]] = {}
    owner = result.get("owner", "name")
    for row in result.get("owner_artifacts", "repository", "references", "results") or ():
        tag = row["name"].removeprefix("refs/tags/")
        for artifact in row["artifacts"]["results"] if row["follow"] else ():
            commit = (row["follow"].get("target") or row["follow"])["id"]
            url = url_of(call, owner, r, tag, artifact["filename"])
            found.setdefault(artifact["id"], {**artifact, "commit": commit, "url": url})
    return found
