"""Mutations of paste.sr.ht."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from werkzeug.http import parse_options_header

from shim.sandbox.engine import times
from shim.sandbox.engine.errors import FieldError, ValidationError, sql_text
from shim.sandbox.engine.upload import Upload
from shim.sandbox.instance.call import Call
from shim.sandbox.services.paste.data import blob_hash
from shim.sandbox.services.paste.hooks import USER, paste_changed
from shim.sandbox.services.paste.rows import Blob, File, Paste
from shim.sandbox.webhooks.fields import WebhookMutations

_LONGEST_NAME = 1024


class Mutation(WebhookMutations):
    """The root of mutations."""

    user_kind = USER

    def create(self, call: Call, files: Sequence[Upload], visibility: str) -> Paste:
        """Make a paste of files; nothing is kept of one that cannot be made."""
        for index, upload in enumerate(files):
            _check_type(index, upload)
            _check_content(index, upload)
        if call.modern:
            _check_names(files)
        for upload in files:
            sql_text(upload.filename, _LONGEST_NAME)
        store = call.store
        paste = Paste(store.pastes.take_id(), secrets.token_hex(20), call.user, times.now(), visibility)
        for upload in files:
            name = upload.filename or None
            store.files.add(File(store.files.take_id(), paste.row_id, _kept(call, upload.content), name))
        store.pastes.add(paste)
        paste_changed(call, "PASTE_CREATED", paste)
        return paste

    def update(self, call: Call, id_: str, visibility: str) -> Paste | None:
        """Show a paste to others or not."""
        paste = _own(call, id_)
        if paste:
            paste.visibility = visibility
            paste_changed(call, "PASTE_UPDATED", paste)
        return paste

    def delete(self, call: Call, id_: str) -> Paste | None:
        """Delete a paste; what its files hold stays."""
        paste = _own(call, id_)
        if paste:
            paste_changed(call, "PASTE_DELETED", paste)
            call.store.pastes.remove(paste)
            call.store.files.remove(*paste.files(call))
        return paste


def _own(call: Call, sha: str) -> Paste | None:
    """A paste of the caller's own."""
    sha = sql_text(sha)
    return call.store.pastes.first(  # type: ignore[no-any-return]
        lambda row: row.sha == sha and row.user is call.user
    )


def _check_type(index: int, upload: Upload) -> None:
    media, options = parse_options_header(upload.content_type or "")
    if not media:
        raise FieldError("mime: no media type")
    if not media.startswith("text/"):
        raise FieldError(f"File index {index} with non-text mimetypes is not acceptable")
    if options.get("charset", "utf-8").lower() != "utf-8":
        raise FieldError(f"File index {index} with non-UTF-8 encoding is not acceptable")


def _check_content(index: int, upload: Upload) -> None:
    try:
        sql_text(upload.content.decode())
    except UnicodeDecodeError:
        message = f"File index {index} has unacceptable non-UTF-8 data"
        raise ValidationError(FieldError(message), FieldError("invalid file input")) from None


def _check_names(files: Sequence[Upload]) -> None:
    names = set()
    for upload in files:
        if upload.filename in names:
            raise FieldError(f"File name '{upload.filename}' cannot be specified more than once")
        names.add(upload.filename)


def _kept(call: Call, content: bytes) -> Blob:
    """Contents that are there already, or new ones."""
    blobs, sha = call.store.blobs, blob_hash(content)
    known = blobs.first(lambda row: row.sha == sha)
    return known or blobs.add(Blob(blobs.take_id(), sha, content))  # type: ignore[no-any-return]
