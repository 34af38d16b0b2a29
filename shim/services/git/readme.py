"""/api/.../readme: custom READMEs, which are HTML (git 2.1 rows 8 to 11)."""

from __future__ import annotations

from flask import Response

from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Refusal, reason
from shim.services.call import Call
from shim.services.git.repos import identify, suspended_is_told, write

readmes = Endpoints()
_LARGEST = 2**22


@readmes.get("/api/repos/<r>/readme", "/api/<u>/repos/<r>/readme", scope="info:read", operation="Readme")
def show(call: Call, r: str) -> Response:
    """The README's source, as plain text; 404 with an empty object when there is none."""
    html = call.require(call.fetch("Readme", r=r), "owner", "repository")["readme"]
    return json.answer({}, 404) if html is None else json.text(html, content_type="text/plain; charset=utf-8")


@readmes.put(
    "/api/repos/<r>/readme",
    scope="info:write",
    operation=("RepositoryId", "UpdateRepository"),
    limit=_LARGEST,
    examples={"body": "<h1>Weather</h1>", "input": {"readme": "<h1>Weather</h1>"}},
)
@suspended_is_told
def put(call: Call, r: str) -> Response:
    """A new README: the raw body, of exactly this content type and UTF-8."""
    repository = identify(call, r)
    if call.request.headers.get("Content-Type") != "text/html":
        raise Refusal(400, *call.body.problems, reason("not text/html", "content-type"))
    try:
        html = call.request.get_data().decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(400, reason("README files must be UTF-8 encoded", "body")) from None
    write(call, repository, {"readme": html})
    return json.no_content()


@readmes.delete(
    "/api/repos/<r>/readme",
    scope="info:write",
    operation=("RepositoryId", "UpdateRepository"),
    examples={"input": {"readme": None}},
)
@suspended_is_told
def delete(call: Call, r: str) -> Response:
    """No custom README any more; a body that claims to be JSON and is not fails."""
    repository = identify(call, r)
    write(call, repository, {"readme": None})
    call.valid.check()
    return json.no_content()
