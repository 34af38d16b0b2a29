"""/api/.../log...: at most fifty commits from a revision on (git 3.4, 4.4, F3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from shim.rest import json
from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Crash
from shim.rest.page import SIZE
from shim.services.call import Call
from shim.services.git import complete, resolve, store
from shim.services.git.known import known
from shim.services.git.resources import Commit
from shim.services.git.revspec import HEX, OID, SHORTEST_PREFIX
from shim.services.git.walk import walk

log = Endpoints()
_commit = Commit()
_SPARE = 10
"""Commits behind the page: a parent that is not among them is older than all of the page, so it need not be asked."""


@log.get(
    "/api/repos/<r>/log",
    "/api/<u>/repos/<r>/log",
    "/api/repos/<r>/log/<path:ref>",
    "/api/<u>/repos/<r>/log/<path:ref>",
    "/api/repos/<r>/log/<ref>/<path:path>",
    "/api/<u>/repos/<r>/log/<ref>/<path:path>",
    scope="data:read",
    operation=("Log", "Resolve", "Head", "Known"),
    resource=paged(Commit, next="constant null", total="constant -1, of a repository without branches 0"),
)
def index(call: Call, r: str, ref: str | None = None, path: str | None = None) -> Response:
    """The first fifty commits; `next` is never set and the path never filters."""
    start = call.request.args.get("start")
    try:
        commits = _history(call, r, resolve.segments_of(ref, path) if ref else [], start)
    except resolve.NoHead as missing:
        if _has_branches(call, r, missing.repository or _head(call, r)):
            raise
        return _answer((), 0)
    return _answer(_commit.dump(commits, many=True), -1)


def _history(call: Call, r: str, segments: Sequence[str], start: str | None) -> Sequence[Any]:
    """Fifty commits from the revision on, or from `start`, though the revision must exist all the same."""
    first = _commit_id(call, r, segments) if segments else None
    if start:
        first = _start_id(call, r, start)
    page = _started(call, r, first) if start and first else _page(call, r, first)
    pages = {page[0]["id"]: page} if page else {}
    return walk(page[0]["id"], SIZE, lambda oid: pages.get(oid) or _page(call, r, oid)) if page else ()


def _commit_id(call: Call, r: str, segments: Sequence[str]) -> str:
    found = resolve.find(call, r, "Resolve", segments)
    if isinstance(found, resolve.Found) and not found.candidate.spec.names_commit:
        found = resolve.inside(call, r, found)
    if isinstance(found, resolve.Loose):
        return store.commit_of(call, r, found.oid)
    commit: str = found.commit["id"]
    return commit


def _start_id(call: Call, r: str, start: str) -> str:
    """The id that `start` means: a whole one, or the beginning of one that can be looked up; never a name."""
    if not HEX.fullmatch(start):
        raise NotFound
    if OID.fullmatch(start):
        return start
    found = known(call, r, ids=True).beginning(start.lower()) if len(start) >= SHORTEST_PREFIX else ()
    if len(found) != 1:
        raise NotFound
    return next(iter(found))


def _started(call: Call, r: str, start: str) -> Sequence[Mapping[str, Any]]:
    """The first page from an id on; upstream only knows those of commits and their tags, not of tags of tags."""
    try:
        return _page(call, r, start)
    except resolve.NoHead:
        raise
    except NotFound:
        commit = _commit_behind(call, r, start)
        if commit == start:
            raise
    return _page(call, r, commit)


def _commit_behind(call: Call, r: str, oid: str) -> str:
    try:
        return store.commit_of(call, r, oid)
    except Crash:
        raise NotFound from None


def _page(call: Call, r: str, first: str | None) -> Sequence[Mapping[str, Any]]:
    """What upstream's log shows from a commit on (None: from HEAD), enough at once where cursors can be made.

    A log that fails takes HEAD along, which is then asked for apart (git F15).
    """
    result = call.fetch("Log", r=r, begin=first, cursor=call.sealed(SIZE + _SPARE, first or ""))
    found = result.get("owner", "repository")
    repository = found or _head(call, r)
    if repository["HEAD"] is None:
        raise resolve.NoHead(None if found else repository)
    commits: Sequence[Mapping[str, Any]] = call.require(result, "owner", "repository", "log")["results"]
    return commits


def _head(call: Call, r: str) -> Mapping[str, Any]:
    """The repository with its HEAD and references."""
    repository: Mapping[str, Any] = call.require(call.fetch("Head", r=r, cursor=call.whole), "owner", "repository")
    return repository


def _has_branches(call: Call, r: str, repository: Mapping[str, Any]) -> bool:
    """Whether there is any branch; only where the first names are none are all of them wanted."""
    page = repository["references"]
    rows = page["results"] if any(map(_is_branch, page["results"])) else complete.references(call, r, page)
    return any(map(_is_branch, rows))


def _is_branch(row: Mapping[str, Any]) -> bool:
    return str(row["name"]).startswith("refs/heads/")


def _answer(results: Sequence[Any], total: int) -> Response:
    return json.answer({"next": None, "results": results, "total": total, "results_per_page": SIZE})
