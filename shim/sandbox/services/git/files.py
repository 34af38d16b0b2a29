"""Plain HTTP of git.sr.ht (2026): the bytes of blobs (git dossier, 4.6)."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Request

from shim.sandbox.engine.errors import MAX_INTEGER, DiedError
from shim.sandbox.engine.responses import bytes_response, method_not_allowed, text_response
from shim.sandbox.instance.call import Call
from shim.sandbox.services.git.repository import Repository


def blob(call: Call, request: Request, repository: str, oid: str) -> Response:
    """The contents of a blob of a repository that the caller may read."""
    if request.method not in ("GET", "HEAD"):
        return method_not_allowed()
    row_id = int(repository) if repository.isascii() and repository.isdecimal() else 0
    if row_id > MAX_INTEGER:
        raise DiedError(f"repository {row_id}")
    row: Repository | None = call.store.repositories.get(row_id)
    if row is None or not row.readable(call):
        return text_response(404, "Invalid repository ID")
    source = row.bare.objects.of_type(oid.lower(), "blob")
    return bytes_response(source.data) if source else text_response(400, "object not found")
