"""/api/repos...: repositories and their READMEs (git 2.1, 4.2)."""

from __future__ import annotations

from flask import Response

from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.rest.page import cut
from shim.services.call import Call
from shim.services.git.resources import Repository

repos = Endpoints()
_repository = Repository()
_AT_ONCE = 1000


@repos.get("/api/repos", "/api/<u>/repos", scope="info:read", operation="Repositories")
def index(call: Call) -> Response:
    """Repositories by descending id, though upstream orders them by time: all are read, then cut."""
    start = call.start
    rows = call.everything("git.repositories", call.lister("Repositories", "owner", "repositories", n=_AT_ONCE))
    return call.page(_repository, cut(rows.rows, start))


@repos.get("/api/repos/<r>", "/api/<u>/repos/<r>", scope="info:read", operation="Repository")
def show(call: Call, r: str) -> Response:
    """One repository by owner and name."""
    return call.one(_repository, "Repository", "owner", "repository", r=r)


@repos.get("/api/repos/<r>/readme", "/api/<u>/repos/<r>/readme", scope="info:read", operation="Readme")
def readme(call: Call, r: str) -> Response:
    """The custom README's HTML source, as plain text; 404 with an empty object when there is none."""
    html = call.require(call.fetch("Readme", r=r), "owner", "repository")["readme"]
    return json.answer({}, 404) if html is None else json.text(html, content_type="text/plain; charset=utf-8")
