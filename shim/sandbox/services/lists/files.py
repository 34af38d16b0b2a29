"""Plain HTTP of lists.sr.ht: raw messages, and mail spools (lists dossier, 4.4; the notes on 2026).

No visibility is asked for here, only the right to browse.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask import Response
from werkzeug.wrappers import Request

from shim.sandbox.engine import times
from shim.sandbox.engine.errors import DiedError
from shim.sandbox.engine.responses import only_get, text_response
from shim.sandbox.instance.call import Call
from shim.sandbox.services.lists import headers, loaders
from shim.sandbox.services.lists.email import Email

_NOT_FOUND = "Not found\r\n"


def email(call: Call, request: Request, number: str) -> Response:
    """A message as it came. Raises DiedError where the real handler fails over a mail that is not there."""
    if request.method != "GET":
        return only_get()
    email_id = _integer(number)
    if email_id is None:
        return text_response(400, "Invalid mail ID\r\n")
    row: Email | None = loaders.email(call, email_id)
    if row is None:
        raise DiedError(f"the message of mail {email_id}, which the caller cannot see")
    return Response(row.raw, content_type="message/rfc822")


def thread(call: Call, request: Request, number: str) -> Response:
    """A thread. The mail of the very id comes to anybody."""
    root_id = _integer(number)
    if root_id is None:
        return text_response(400, "Invalid thread ID\r\n")
    rows = call.store.emails.where(lambda row: row.id == root_id or (row.thread_id == root_id and row.browsable(call)))
    return _spool(call, request, rows) if rows else text_response(404, _NOT_FOUND)


def patchset(call: Call, request: Request, number: str) -> Response:
    """The patches of a patchset, in their own order."""
    patchset_id = _integer(number)
    if patchset_id is None:
        return text_response(400, "Invalid patchset ID\r\n")
    rows = call.store.emails.where(lambda row: row.patchset_id == patchset_id and row.is_patch and row.browsable(call))
    rows.sort(key=lambda row: row.patch.index or 0)
    return _spool(call, request, rows) if rows else text_response(404, _NOT_FOUND)


def mailing_list(call: Call, request: Request, number: str) -> Response:
    """All mail of a list, or that of the last days; none at all is an empty answer in 2026."""
    list_id, since = _integer(number), request.args.get("since")
    if list_id is None:
        return text_response(400, "Invalid mailing list ID\r\n")
    days = _integer(since) if since is not None else 0
    if days is None:
        return text_response(400, "Invalid since days\r\n")
    first = times.now() - timedelta(days=days) if days else times.EPOCH
    rows = call.store.emails.where(lambda row: row.list_id == list_id and row.received >= first and row.browsable(call))
    rows.sort(key=lambda row: (row.received, -row.id))
    if rows or not call.modern:
        return _spool(call, request, rows) if rows else text_response(404, _NOT_FOUND)
    return Response()


def _integer(text: str) -> int | None:
    """A number as Go reads one."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    return int(text) if digits.isascii() and digits.isdecimal() else None


def _spool(call: Call, request: Request, rows: Iterable[Email]) -> Response:
    if request.method != "GET":
        return only_get()
    return Response(b"".join(_entry(call, row) for row in rows), content_type="application/mbox")


def _entry(call: Call, row: Email) -> bytes:
    """A message in a spool: all lines end with LF, those that begin like an entry are marked."""
    written = row.received.strftime("%a %b %e %H:%M:%S %Y")
    lines = [f"From {headers.address(row.header_block)} {written}".encode()]
    found = call.store.patchsets.get(row.patchset_id) if row.patchset_id else None
    if found:
        lines.append(f"X-Sourcehut-Patchset-Final: {found.status.lower()}".encode())
    for line in row.raw.replace(b"\r\n", b"\n").split(b"\n"):
        lines.append(b">" + line if line.startswith(b"From ") else line)
    return b"\n".join(lines) + b"\n\n"
