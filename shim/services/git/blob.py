"""/api/.../blob...: files, as text or as attachments (git 3.7, 4.6)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, send_file
from werkzeug.exceptions import NotFound

from shim.rest.endpoint import Endpoints
from shim.rest.errors import Crash
from shim.services.call import Call
from shim.services.git import resolve, store
from shim.services.git.store import passed_on
from shim.upstream import Content
from shim.upstream.text import shown

blob = Endpoints()
_EXAMINED = 8000
_AT_ONCE = 16
"""How many parts of a path are asked for in one document."""
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
_PRINTABLE = frozenset(range(0x20, 0x100)) - {0x7F} | {0x08, 0x0C, 0x1B}
_BLANK = frozenset(range(0x09, 0x0E))


@blob.get(
    "/api/repos/<r>/blob/<path:ref>",
    "/api/repos/<r>/blob/<ref>/<path:path>",
    "/api/<u>/repos/<r>/blob/<ref>/<path:path>",
    "/api/<u>/blob/<r>/blob/<path:ref>",
    scope="data:read",
    operation=("Blob", "Files", "Known"),
)
def show(call: Call, r: str, ref: str, path: str | None = None) -> Response:
    """A file's content. The third rule's `ref` needs a path and the fourth says blob twice: so did the old ones."""
    segments = resolve.segments_of(ref, path) if path else ref.split("/")
    found = resolve.find(call, r, "Blob", segments)
    name, content = _loose(call, r, found) if isinstance(found, resolve.Loose) else _within(call, r, found)
    binary = is_binary(content.beginning)
    kind = "application/x-octet-stream" if binary else "text/plain"
    named = send_file(BytesIO(), mimetype=kind, as_attachment=binary, download_name=name, conditional=False)
    response = passed_on(content, named.content_type, dict(named.headers))
    response.make_conditional(call.request.environ, accept_ranges=True, complete_length=content.length)
    return response


def _within(call: Call, r: str, found: resolve.Found) -> tuple[str, Content]:
    """The name and content of the file at a path of a commit; segments behind a file don't count (git Q18)."""
    candidate, entry = found.candidate, found.entry
    if not candidate.spec.names_commit:
        if candidate.rest or entry is None or not store.is_blob(entry["object"]):
            return _loose(call, r, resolve.inside(call, r, found))
        return f"{entry['id']}.bin", store.content_of(call, entry["object"])
    if not candidate.path:
        raise NotFound
    entry = entry or _shorter(call, r, found)
    if not store.is_blob(entry["object"]):
        raise NotFound
    return shown(entry["name"]), store.content_of(call, entry["object"])


def _shorter(call: Call, r: str, found: resolve.Found) -> store.Object:
    """The first file on the way along a path. Raises 404 if there is none."""
    parts = found.candidate.path.split("/")
    for begin in range(1, len(parts), _AT_ONCE):
        ends = range(begin, min(begin + _AT_ONCE, len(parts)))
        given: dict[str, Any] = {f"p{i}": "/".join(parts[:end]) for i, end in enumerate(ends)}
        result = call.fetch("Files", {"p0": len(given)}, r=r, rev=found.commit["id"], **given)
        repository = call.require(result, "owner", "repository")
        for name in given:
            entry: store.Object | None = repository[name]
            if entry is None:
                raise NotFound
            if store.is_blob(entry["object"]):
                return entry
    raise NotFound


def _loose(call: Call, r: str, found: resolve.Loose) -> tuple[str, Content]:
    """The content of a file that was named by its own id or a tag; its name is the last segment behind it."""
    base = store.behind(call, r, found.oid)
    if base is None or base is store.UNTOLD or base.get("id") == store.EMPTY_TREE:
        raise NotFound
    if not store.is_blob(base):
        raise Crash("something else in place of a commit")
    rest = found.candidate.rest
    return (rest[-1] if rest else f"{base['id']}.bin"), store.content_of(call, base)


def is_binary(content: bytes) -> bool:
    """libgit2's test on the first 8000 bytes (git 3.7): wide marks, a NUL, or one odd byte in 128 printable."""
    head = content[:_EXAMINED]
    if head.startswith(_WIDE_MARKS):
        return True
    head = head.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in head:
        return True
    printable = sum(byte in _PRINTABLE for byte in head)
    odd = sum(byte not in _PRINTABLE and byte not in _BLANK for byte in head)
    return printable // 128 < odd
