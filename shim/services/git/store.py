"""Objects by their whole ids, as the two eras tell of them (git 4.9, F7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from shim.rest.errors import Crash
from shim.services.call import Call
from shim.services.git.objects import blob_bytes
from shim.upstream import Content, FieldFailure, Kind, Result

Object = Mapping[str, Any]
COMMIT, TREE, TAG = "Commit", "Tree", "Tag"
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
UNTOLD: Object = {"__typename": TAG}
_MISSING_TEXT = "object not found"
_UNTOLD_TEXT = "unsupported object type"


def get(call: Call, r: str, oid: str) -> Object | None:
    """An object by its id (40 hex digits), or None. `__typename` says what it is.

    2024 shows a tag as the commit it points at, and tags of anything else not at all; 2026 fails over a tag
    without a tagger, either over a commit whose time can't be told. A `Tag` with or without a `target` stands for
    these. Raises 404 for an unknown repository.
    """
    result = call.fetch("Object", r=r, oid=oid.lower(), all=call.whole)
    found = _seen(call, result)
    if call.era == "2024" and found is not None and found["__typename"] == COMMIT and found["id"] != oid.lower():
        return {"__typename": TAG, "id": oid.lower(), "target": found}
    return found


def exists(call: Call, r: str, oid: str) -> bool:
    """Whether there is an object with this id. Raises 404 for an unknown repository."""
    result = call.fetch("Exists", r=r, oid=oid.lower())
    texts = [e.message for e in result.touching("owner", "repository", "objects")]
    if any(_UNTOLD_TEXT in text for text in texts):
        return True
    if any(_MISSING_TEXT in text for text in texts):
        return False
    return bool(call.require(result, "owner", "repository")["objects"])


def commit_of(call: Call, r: str, oid: str) -> str:
    """The id of the commit at the end of a chain of tags. Raises Crash where there is another object, 404 if none.

    An empty tree counts as none, as everywhere in the old code (git Q13). A chain is as long as the calls last.
    """
    while True:
        found = get(call, r, oid)
        if found is None or found is UNTOLD:
            raise NotFound
        if found["__typename"] == COMMIT:
            return oid
        if oid == EMPTY_TREE:
            raise NotFound
        if found["__typename"] != TAG:
            raise Crash("a log of something that is no commit")
        oid = found["target"]["id"]


def behind(call: Call, r: str, oid: str) -> Object | None:
    """The object with this id or, if it is a tag, what it points at: one level, as the old code peeled."""
    found = get(call, r, oid)
    if found is None or found["__typename"] != TAG or "target" not in found:
        return found
    return get(call, r, found["target"]["id"])


def content_of(call: Call, blob: Object) -> Content:
    """A blob's content: inline in 2024, behind a URL of its own in 2026. Whoever takes it closes it."""
    return call.content(blob["content"]) if "content" in blob else Content.of(blob_bytes(blob))


def passed_on(content: Content, content_type: str | None, headers: Mapping[str, str]) -> Response:
    """An answer that passes a content on as it comes, with its length where that is known."""
    response = Response(content, content_type=content_type, headers=dict(headers), direct_passthrough=True)
    if content.length is not None:
        response.content_length = content.length
    response.call_on_close(content.close)
    return response


def kind_of(found: Object) -> str:
    """The type of an object as git calls it: `commit`, `tree`, `blob` or `tag`."""
    return "blob" if is_blob(found) else str(found["__typename"]).lower()


def is_blob(found: Object) -> bool:
    """Whether an object is a blob of either era."""
    return str(found["__typename"]).endswith("Blob")


def _seen(call: Call, result: Result) -> Object | None:
    """The object in an answer, UNTOLD where the API fails over it, None where there is none.

    Where 2024 fails the whole repository is null. Raises the 504 of a time-out.
    """
    field = "objects" if call.era == "2024" else "object"
    if failures := [error for error in result.errors if error.path[2:3] == (field,)]:
        if any(error.kind is Kind.TIMEOUT for error in failures):
            raise call.answers.of_failure(FieldFailure(failures))
        return None if all(_MISSING_TEXT in error.message for error in failures) else UNTOLD
    found = call.require(result, "owner", "repository")[field]
    return found[0] if call.era == "2024" else found  # type: ignore[no-any-return]
