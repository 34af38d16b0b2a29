"""Objects that a revision leads to by steps which upstream can't take, one after the other (git 4.3).

Upstream's revisions only ever end at commits; trees, blobs and tags, and the third parent of a merge, are
reached object by object, as libgit2 does.
"""

from __future__ import annotations

from functools import partial, reduce

from shim.rest.errors import Crash
from shim.services.budget import MOST_CALLS, Overdrawn
from shim.services.call import Call
from shim.services.git import store
from shim.services.git.known import Known
from shim.services.git.revspec import Malformed, Revspec, Step
from shim.services.git.store import Object

_KINDS = ("", "commit", "tree", "blob", "tag")


class _Missing(LookupError):
    """There is no such object, or none that the API tells of."""


def reached(call: Call, r: str, spec: Revspec, listing: Known | None) -> str | None:
    """The id of the object that a revision names, or None.

    Raises Malformed where libgit2 refuses a step by its kind, Crash where it fails on the way, and Overdrawn where
    it takes more calls than a request may make: every step takes one at least.
    """
    base = spec.base.lower() if spec.is_oid else listing.find(spec) if listing else None
    if base is None:
        return None
    if len(spec.steps) > MOST_CALLS:
        raise Overdrawn
    try:
        return reduce(partial(_taken, call, r), spec.steps, base)
    except _Missing:
        return None


def _taken(call: Call, r: str, oid: str, step: Step) -> str:
    if step.kind == "peel":
        return str(_peeled(call, r, oid, step.text)["id"])
    if step.kind == "path":
        return _entry(call, r, _peeled(call, r, oid, "tree")["id"], step.text)
    commit = _peeled(call, r, oid, "commit")
    if not step.number:
        return str(commit["id"])
    return _parent(commit, step.number) if step.kind == "parent" else _ancestor(call, r, commit["id"], step.text)


def _peeled(call: Call, r: str, oid: str, wanted: str) -> Object:
    """The first object of a kind (empty: of any but a tag) behind an object; trees with their id only."""
    if wanted not in _KINDS:
        raise Malformed(wanted)
    start = found = _get(call, r, oid)
    while True:
        kind = store.kind_of(found)
        if kind == wanted or (not wanted and kind != "tag"):
            return found
        if found is start and (kind in ("tree", "blob") or (kind == "commit" and wanted != "tree")):
            raise Malformed(wanted)
        if kind == "commit":
            found = {"__typename": store.TREE, **found["tree"]}
        elif kind == "tag":
            found = _get(call, r, found["target"]["id"])
        else:
            break
    raise Crash(f"a {kind} in place of a {wanted}")


def _get(call: Call, r: str, oid: str) -> Object:
    found = store.get(call, r, oid)
    if found is None or found is store.UNTOLD:
        raise _Missing
    return found


def _parent(commit: Object, number: int) -> str:
    parents = commit["parents"]
    if number > len(parents):
        raise _Missing
    return str(parents[number - 1]["id"])


def _ancestor(call: Call, r: str, commit: str, step: str) -> str:
    repository = call.require(call.fetch("Commit", r=r, rev=f"{commit}{step}"), "owner", "repository")
    if repository["commit"] is None:
        raise _Missing
    return str(repository["commit"]["id"])


def _entry(call: Call, r: str, tree: str, path: str) -> str:
    if not path:
        return tree
    result = call.fetch("TreeEntry", r=r, oid=tree, path=path.removesuffix("/"), all=call.whole)
    entry = call.require(result, "owner", "repository", "objects")[0]["entry"]
    if entry is None:
        raise _Missing
    return str(entry["id"])
