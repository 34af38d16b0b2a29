"""/api/.../tree...: directories (git 3.5, 4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.git import complete, resolve, store
from shim.services.git.objects import git_order
from shim.services.git.resources import Tree

tree = Endpoints()
_tree = Tree()


@tree.get(
    "/api/repos/<r>/tree",
    "/api/<u>/repos/<r>/tree",
    "/api/repos/<r>/tree/<path:ref>",
    "/api/<u>/repos/<r>/tree/<path:ref>",
    "/api/repos/<r>/tree/<ref>/<path:path>",
    "/api/<u>/repos/<r>/tree/<ref>/<path:path>",
    scope="data:read",
    operation=("Tree", "Known", "TreeEntries"),
    resource=Tree,
    examples={"p0": "src"},
)
def show(call: Call, r: str, ref: str = "HEAD", path: str | None = None) -> Response:
    """A directory; an empty one was never found (git Q13)."""
    found = resolve.find(call, r, "Tree", resolve.segments_of(ref, path), all=call.whole)
    directory = _loose(call, r, found) if isinstance(found, resolve.Loose) else _within(found)
    if directory is None or directory["__typename"] != store.TREE or not directory["entries"]["results"]:
        raise NotFound
    entries = complete.entries(call, r, directory["id"], directory["entries"])
    return json.answer(_tree.dump({**directory, "entries": git_order(entries)}))


def _within(found: resolve.Found) -> Mapping[str, Any] | None:
    """The directory at a path of a commit, or the commit's own."""
    if not found.candidate.path:
        return {**found.commit["tree"], "__typename": store.TREE}
    return found.entry and found.entry["object"]


def _loose(call: Call, r: str, found: resolve.Loose) -> Mapping[str, Any] | None:
    """The directory that was named by its own id or a tag, or one below it."""
    base = store.behind(call, r, found.oid)
    if not found.candidate.path or base is None or base["__typename"] != store.TREE:
        return base
    result = call.fetch("TreeEntry", r=r, oid=base["id"], path=found.candidate.path, all=call.whole)
    entry = call.require(result, "owner", "repository")["objects"][0]["entry"]
    below: Mapping[str, Any] | None = entry and entry["object"]
    return below
