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
    found: dict[int, Mapping[str, Any]] = {}

    def fetch(cursor: str | None) -> tuple[Sequence[Any], str | None]:
        page = call.require(_page(call, r, cursor, call.whole, found), "owner", "repository", "references")
        return page["results"], page["cursor"]

    first, cursor = fetch(call.whole)
    listed = complete.references(call, r, {"results": first, "cursor": cursor}, fetch)
    artifacts = _by_commit(found)
    rows = [{**row, "artifacts": artifacts[row["target"]]} for row in listed if row["name"] != "HEAD"]
    count = len(rows)
    return json.answer(
        {"next": None, "results": _reference.dump(rows, many=True), "total": count, "results_per_page": count}
    )


def _page(call: Call, r: str, cursor: str | None, artifacts: str | None, found: dict[int, Mapping[str, Any]]) -> Result:
    """A page of references; their artifacts by id are added to what was `found`, with their commits and URLs.

    Upstream lists artifacts on annotated tags only. A tag's further artifacts are behind a cursor that any list of
    artifacts takes, so the page is asked for again with it.
    """
    result = call.fetch("ReferencesWithArtifacts", r=r, cursor=cursor, all=artifacts)
    owner = result.get("owner", "name")
    for row in result.get("owner_artifacts", "repository", "references", "results") or ():
        listed = row["artifacts"]
        new = [a for a in listed["results"] if a["id"] not in found] if row["follow"] else []
        commit = row["follow"] and (row["follow"].get("target") or row["follow"])["id"]
        tag = row["name"].removeprefix("refs/tags/")
        found |= {a["id"]: {**a, "commit": commit, "url": url_of(call, owner, r, tag, a["filename"])} for a in new}
        if new and listed["cursor"] is not None:
            _page(call, r, cursor, listed["cursor"], found)
    return result


def _by_commit(found: Mapping[int, Mapping[str, Any]]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Artifacts by commit: of one whose artifacts are not neighbours in their table the last ones only (git 4.7)."""
    listed = (found[i] for i in sorted(found))
    runs = {commit: list(run) for commit, run in groupby(listed, itemgetter("commit"))}
    return defaultdict(list, runs)
