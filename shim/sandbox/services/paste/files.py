"""Plain HTTP of paste.sr.ht: what files hold (paste dossier, 4.3)."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Request

from shim.sandbox.engine.responses import only_get, text_response
from shim.sandbox.instance.call import Call


def blob(call: Call, request: Request, sha: str) -> Response:
    """The contents of that name, for whoever knows it."""
    if request.method != "GET":
        return only_get()
    row = call.store.blobs.first(lambda row: row.sha == sha)
    return text_response(200, row.content) if row else text_response(404, "Blob not found\r\n")
