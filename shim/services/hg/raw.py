"""/api/.../raw: files as text (hg 2.1 rows 15 and 16, 4.5)."""

from __future__ import annotations

from flask import Response
from werkzeug.exceptions import NotFound

from shim.parsers import switch
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Refusal
from shim.rest.json import text
from shim.services.call import Call
from shim.settings import Setting
from shim.upstream import Kind, Result
from shim.upstream.text import raw as as_sent

raw = Endpoints()
DAMAGED = "This file is no text and cannot be obtained from the GraphQL API"

SETTINGS = (Setting("damaged_text", (("{}::shim", "damaged-text"),), switch, False, "yes"),)
"""Whether a text with replacement characters, which may be damaged binary content, is served all the same."""


@raw.get(
    "/api/repos/<r>/raw/<path:path>",
    "/api/<u>/repos/<r>/raw/<path:path>",
    scope="data:read",
    operation="Raw",
)
def show(call: Call, r: str, path: str) -> Response:
    """A file at the default revision, or at `rev`; bytes that came unharmed are served as they are."""
    result = call.fetch("Raw", r=r, path=path, rev=call.request.args.get("rev"))
    content = call.require(result, "owner", "repository")["cat"]
    if content is None:
        raise _missing(call, result)
    if "\ufffd" in content and not call.option("damaged_text"):
        raise Refusal(501, DAMAGED)
    return text(as_sent(content), content_type="text/plain; charset=utf-8")


def _missing(call: Call, result: Result) -> Exception:
    """404, whatever Mercurial had to say about the file, unless the token was not good enough (hg 4.5, 7)."""
    errors = result.touching("owner", "repository", "cat")
    return call.answers.not_permitted() if any(e.kind is Kind.GRANT for e in errors) else NotFound()
