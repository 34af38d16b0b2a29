"""/api/.../odb, lookup, refdb: the object store's own view (git 2.2, 4.9)."""

from __future__ import annotations

from contextlib import suppress

from flask import Response

from shim.rest.endpoint import Endpoints
from shim.rest.json import text
from shim.services.call import Call
from shim.services.git import complete, store
from shim.services.git.known import Known, known
from shim.services.git.objects import rebuilt_commit, rebuilt_tag, rebuilt_tree
from shim.services.git.peel import reached
from shim.services.git.revspec import HEX, OID, SHORTEST_PREFIX, Malformed, Revspec, Unresolvable, is_ref_name, parse
from shim.upstream import Content, Result

plumbing = Endpoints()
UNAVAILABLE = "object content is not available through the GraphQL API"
_MISSING = "object not found"


@plumbing.get(
    "/api/repos/<r>/odb/<oid>",
    "/api/<u>/repos/<r>/odb/<oid>",
    scope="data:read",
    operation=("Object", "Known"),
)
def odb(call: Call, r: str, oid: str) -> Response:
    """An object's content, rebuilt and proven by its id; what can't be is 501, for wrong bytes are worse."""
    whole = oid if OID.fullmatch(oid) else _expanded(call, r, oid)
    found = store.get(call, r, whole) if whole else None
    if found is None or whole is None:
        return text(_MISSING, 404)
    content = _content(call, r, found, whole.lower())
    if content is None:
        return text(UNAVAILABLE, 501)
    return store.passed_on(content, "application/octet-stream", {"X-Git-Object-Type": store.kind_of(found)})


def _expanded(call: Call, r: str, prefix: str) -> str | None:
    """The id that begins with these digits, as far as names and the log tell of one."""
    is_prefix = HEX.fullmatch(prefix) is not None and len(prefix) >= SHORTEST_PREFIX
    listing = known(call, r, ids=is_prefix)
    if not is_prefix:
        return None
    matches = listing.beginning(prefix.lower())
    return next(iter(matches)) if len(matches) == 1 else None


def _content(call: Call, r: str, found: store.Object, oid: str) -> Content | None:
    if store.is_blob(found):
        return store.content_of(call, found)
    rebuilt = _rebuilt(call, r, found, oid)
    return None if rebuilt is None else Content.of(rebuilt)


def _rebuilt(call: Call, r: str, found: store.Object, oid: str) -> bytes | None:
    if found["__typename"] == store.TREE:
        return rebuilt_tree(oid, complete.entries(call, r, oid, found["entries"]))
    if found["__typename"] == store.COMMIT:
        rebuilt = rebuilt_commit(found)
        return rebuilt and rebuilt[0]
    return rebuilt_tag(found) if "tagMessage" in found else None


@plumbing.get(
    "/api/repos/<r>/lookup/<name>",
    "/api/<u>/repos/<r>/lookup/<name>",
    scope="data:read",
    operation=("Known", "Commit", "Entry", "Exists", "Object"),
)
def lookup(call: Call, r: str, name: str) -> Response:
    """The id of whatever a revision names, a tag object included."""
    try:
        spec = parse(name)
    except Malformed:
        call.require(call.fetch("Repository", r=r), "owner", "repository")
        return _ambiguous()
    except Unresolvable:
        call.require(call.fetch("Repository", r=r), "owner", "repository")
        return text(_MISSING, 404)
    if not spec.is_bare:
        return _stepped(call, r, spec)
    if spec.is_oid:
        return _found(spec.base.lower() if store.exists(call, r, spec.base) else None)
    return _named(spec, known(call, r, ids=spec.prefix is not None))


def _found(oid: str | None) -> Response:
    return text(_MISSING, 404) if oid is None else text(oid)


def _ambiguous() -> Response:
    return text("ambiguous oid", 409)


def _named(spec: Revspec, listing: Known) -> Response:
    """A name or the beginning of an id; too short or matching twice it is ambiguous (git Q20)."""
    oid = listing.find(spec)
    prefix = spec.prefix if oid is None else None
    if prefix is not None and (len(prefix) < SHORTEST_PREFIX or len(listing.beginning(prefix)) > 1):
        return _ambiguous()
    return _found(oid)


def _stepped(call: Call, r: str, spec: Revspec) -> Response:
    """What a revision with steps, a peel or a path names: by upstream's own reading of it, else object by object."""
    listing = _listing(call, r, spec) if spec.is_treacherous or not spec.plain else None
    base = listing.find(spec) if listing else spec.base
    oid, is_final = _walked(call, r, spec, base) if spec.plain and base else (None, False)
    if oid is not None or is_final:
        return _found(oid)
    try:
        return _found(reached(call, r, spec, listing or _listing(call, r, spec)))
    except Malformed:
        return _ambiguous()


def _listing(call: Call, r: str, spec: Revspec) -> Known | None:
    with suppress(complete.Incomplete):
        return known(call, r, ids=spec.prefix is not None)
    return None


def _walked(call: Call, r: str, spec: Revspec, base: str) -> tuple[str | None, bool]:
    """The object that upstream reaches from a commit on, and whether there is no other if it is None."""
    if spec.path:
        result, key = call.fetch("Entry", r=r, rev=spec.upstream(base), path=spec.path), "path"
    else:
        result, key = call.fetch("Commit", r=r, rev=spec.upstream(base)), "commit"
    found = call.require(result, "owner", "repository")[key]
    if found is None:
        return None, not _starts_elsewhere(result, key)
    return (found["tree"] if spec.kind == "tree" else found)["id"], True


def _starts_elsewhere(result: Result, key: str) -> bool:
    """Whether upstream failed because a revision's base is no commit of its, rather than behind that."""
    texts = [e.message for e in result.touching("owner", "repository", key)]
    return any(text in ("reference not found", "unsupported object type") for text in texts)


@plumbing.get(
    "/api/repos/<r>/refdb/<path:name>",
    "/api/<u>/repos/<r>/refdb/<path:name>",
    scope="data:read",
    operation=("Reference", "Known"),
    examples={"name": "refs/heads/main"},
)
def refdb(call: Call, r: str, name: str) -> Response:
    """A reference's target and what it peels to, or the name that a symbolic one points at."""
    if not is_ref_name(name):
        call.require(call.fetch("Repository", r=r), "owner", "repository")
        return text("invalid reference", 400)
    name = "/".join(filter(None, name.split("/")))
    if name == "HEAD":
        return _body(known(call, r).references.get(name), None)
    target, peeled = _listed(call, r, name) if call.era == "2024" else _direct(call, r, name)
    return _body(target, peeled)


def _body(target: str | None, peeled: str | None) -> Response:
    if target is None:
        return text("unknown reference", 404)
    if target.startswith("refs/"):
        return text(target)
    return text(UNAVAILABLE, 501) if peeled is None else text(f"{target} {peeled}")


def _direct(call: Call, r: str, name: str) -> tuple[str | None, str | None]:
    """2026 tells of one reference and of the tags behind it; under another name it was a symbolic one."""
    found = call.require(call.fetch("Reference", r=r, name=name), "owner", "repository")["reference"]
    if found is None:
        return None, None
    if found["name"] != name:
        return found["name"], None
    end = found["follow"]
    while end is not None and end["__typename"] == store.TAG:
        end = end.get("target")
    return found["target"], end and end["id"]


def _listed(call: Call, r: str, name: str) -> tuple[str | None, str | None]:
    """2024 lists references; a commit behind one resolves, and what upstream calls missing is its own end."""
    result = call.fetch("Reference", r=r, name=name, cursor=call.whole)
    repository = call.require(result, "owner", "repository")
    rows = complete.references(call, r, repository["references"])
    target = next((row["target"] for row in rows if row["name"] == name), None)
    if repository["peeled"] is not None:
        return target, repository["peeled"]["id"]
    texts = [e.message for e in result.touching("owner", "repository", "peeled")]
    return target, target if "reference not found" in texts else None
