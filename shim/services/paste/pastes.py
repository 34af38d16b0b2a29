"""/api/pastes...: pastes of the caller's, and any that may be read (paste 2 rows 2 to 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from shim.rest import json
from shim.rest.body import Field, required
from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Refusal, reason
from shim.rest.page import bound_of
from shim.services.answers import Declined
from shim.services.call import Call
from shim.services.paste import sent
from shim.services.paste.resources import OwnPaste, Paste, WrittenPaste
from shim.services.users import caller

pastes = Endpoints()
_paste, _own, _written = Paste(), OwnPaste(), WrittenPaste()
_VISIBILITIES = ("public", "private", "unlisted")
_UNASKED = "unlisted"
NO_START = "Invalid pagination token"
Row = Mapping[str, Any]


@pastes.get("/api/pastes", scope="pastes:read", operation=("Pastes", "Me"), resource=paged(OwnPaste))
def index(call: Call) -> Response:
    """The caller's pastes, the newest first, whoever may see them."""
    bound_of(call.request.args, NO_START)
    page = call.window("pastes", "Pastes", call.rows_and_keys("Pastes"))
    owner = _me(call) if page.results else None
    return json.answer(page.envelope(lambda row: _own.dump({**row, "user": owner})))


@pastes.get("/api/pastes/<sha>", scope="pastes:read", grants=("PROFILE:RO",), operation="Paste", resource=Paste)
def show(call: Call, sha: str) -> Response:
    """One paste; somebody else's private one is not there (paste 5)."""
    return call.one(_paste, "Paste", "paste", sha=sha)


@pastes.post(
    "/api/pastes",
    scope="pastes:write",
    operation=("Me", "CreatePaste"),
    fields=(required("files", list), Field("visibility", choices=_VISIBILITIES, enum="PasteVisibility")),
    resource=WrittenPaste,
    examples={
        "body": {"files": [{"filename": "log.txt", "contents": "12 mm"}]},
        "files": "log.txt",
        "visibility": _UNASKED.upper(),
    },
)
def create(call: Call) -> Response:
    """A new paste of one file or several; nobody finds one unless a visibility says so (paste 8.2)."""
    call.valid.check()
    files = sent.read(call.valid.values["files"])
    owner = _me(call)
    made = _created(call, files, call.valid.values.get("visibility", _UNASKED))
    shown = [{"filename": file.stored_name, "blob_id": file.blob_id} for file in files]
    return json.answer(_written.dump({**made, "user": owner, "files": shown}), 201)


@pastes.delete("/api/pastes/<sha>", scope="pastes:write", operation="DeletePaste")
def delete(call: Call, sha: str) -> Response:
    """No more paste; what its files held may stay (paste 5)."""
    call.mutate("DeletePaste", "delete", sha=sha)
    return json.no_content()


def _me(call: Call) -> Row:
    return caller(call, "Me", "me")


def _created(call: Call, files: list[sent.File], visibility: str) -> Row:
    """A new paste as the API tells of it. What it has against the files comes under their name (paste 7)."""
    uploads = [file.upload() for file in files]
    try:
        made: Row = call.mutate("CreatePaste", "create", files=uploads, visibility=visibility.upper())
    except Declined as declined:
        raise Refusal(400, reason(declined.errors[0]["reason"], "files")) from declined
    return made
