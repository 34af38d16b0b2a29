"""/api/blobs/...: what files of pastes hold (paste 2 row 6)."""

from __future__ import annotations

import re

from flask import Response
from werkzeug.exceptions import NotFound

from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.paste.resources import Blob

blobs = Endpoints()
_blob = Blob()
_SHA = re.compile("[0-9a-f]{40}")


@blobs.get("/api/blobs/<sha>", scope="pastes:read", download="/query/blob/<sha>", resource=Blob)
def show(call: Call, sha: str) -> Response:
    """The contents of that SHA-1, for whoever knows it; what can be no SHA-1 is not asked for (paste 4.3)."""
    if not _SHA.fullmatch(sha):
        raise NotFound
    content = call.download(f"/query/blob/{sha}")
    return json.answer(_blob.dump({"sha": sha, "contents": content.decode("utf-8", "replace")}))
