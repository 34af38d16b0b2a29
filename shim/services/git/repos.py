"""/api/repos...: repositories (git 2.1, 4.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, wraps
from math import isfinite
from typing import Any

from flask import Response

from shim.parsers import choice
from shim.rest import json
from shim.rest.body import optional, required
from shim.rest.described import paged
from shim.rest.endpoint import Endpoints, View
from shim.rest.errors import Crash, Refusal, reason
from shim.rest.page import cut
from shim.services.answers import Lost
from shim.services.call import Call
from shim.services.git.resources import Repository
from shim.services.users import caller
from shim.settings import Setting
from shim.upstream import Kind, UpstreamError


def _default_visibility(value: str) -> str | None:
    word = choice("public", "unlisted", "private", "required")(value)
    return None if word == "required" else word


repos = Endpoints()
_repository = Repository()
_AT_ONCE = 1000


def settings(visibility: str | None) -> tuple[Setting, ...]:
    """What POST makes of an absent visibility: git answered 400 to everybody (None), hg made it public.

    The documented default of both was public (git 4.2, Q30; hg 4.3).
    """
    place = ("{}::shim", "default-visibility")
    return (Setting("default_visibility", (place,), _default_visibility, visibility, "public"),)


NO_NAME = "internal system error"
"""What upstream's panic over a null name was copied as (git Q31): said here, so that it need not panic."""


def suspended(answer: Callable[[str], Exception]) -> Callable[[View], View]:
    """What the old code made of the API's refusal of a suspended user for whom another service spoke.

    It had already let the call pass (git 2.1 row 7).
    """

    def around(view: View) -> View:
        @wraps(view)
        def answering(call: Call, **values: str) -> Response:
            try:
                given: Response = view(call, **values)
                return given
            except Refusal as refusal:
                cause = refusal.__cause__
                if call.caller.is_internal and isinstance(cause, UpstreamError) and cause.kind is Kind.SUSPENDED:
                    raise answer(str(cause)) from cause
                raise

        return answering

    return around


LOST = (
    "{service}.sr.ht took this request, or may have, and its answer was lost:"
    " it is not known whether the repository was made."
    " Look before you try again; if it is not there and its name counts as taken, it stays taken until the operator"
    " of the server has looked"
)
"""An interrupted creation may leave a folder without a row, whose name is never free again (upstream-safety 1.3)."""


suspended_is_told = suspended(partial(Refusal, 400))
suspended_crashes = suspended(Crash)


@repos.get("/api/repos", "/api/<u>/repos", scope="info:read", operation="Repositories", resource=paged(Repository))
def index(call: Call) -> Response:
    """Repositories by descending id, though upstream orders them by time: all are read, then cut."""
    start = call.start
    rows = call.everything("repositories", call.lister("Repositories", "owner", "repositories", n=_AT_ONCE))
    return call.page(_repository, cut(rows.rows, start))


@repos.get("/api/repos/<r>", "/api/<u>/repos/<r>", scope="info:read", operation="Repository", resource=Repository)
def show(call: Call, r: str) -> Response:
    """One repository by owner and name."""
    return call.one(_repository, "Repository", "owner", "repository", r=r)


@repos.post(
    "/api/repos",
    scope="info:write",
    operation=("CreateRepository", "User"),
    fields=(required("name", None, "Name"), optional("description", None), optional("visibility", None)),
    resource="written",
)
@suspended_is_told
def create(call: Call) -> Response:
    """A new repository; its times stay as upstream wrote them (git Q1)."""
    call.valid.check()
    values = {"visibility": call.option("default_visibility"), **call.valid.values}
    values["visibility"] = _enum(values["visibility"])
    owner = caller(call, "User", "owner")
    repository = _created(call, values)
    return json.answer(call.resource("written").dump({**repository, "owner": owner}), 201)


def _created(call: Call, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A new repository as the API tells of it. Raises the old answer, and where there was none, what is to be done."""
    try:
        repository: Mapping[str, Any] = call.mutate("CreateRepository", "createRepository", **values)
    except Lost as lost:
        raise lost.saying(LOST) from lost
    return repository


@repos.put(
    "/api/repos/<r>",
    scope="info:write",
    operation=("RepositoryId", "UpdateRepository"),
    resource="written",
    examples={"body": {"description": "Weather of a week"}, "input": {"description": "Weather of a week"}},
)
@suspended_is_told
def update(call: Call, r: str) -> Response:
    """Changes to name, description and visibility; a broken body changes nothing and fails (git Q5).

    Where the lookup tells the whole repository, nothing is sent when there is nothing to change (hg 4.3).
    """
    repository = identify(call, r)
    changes = _changes(call.body.fields)
    if changes or "name" not in repository:
        repository = {**write(call, repository, changes), "owner": repository["owner"]}
    call.valid.check()
    return json.answer(call.resource("written").dump(repository))


@repos.delete("/api/repos/<r>", scope="info:write", operation=("RepositoryId", "DeleteRepository"))
@suspended_crashes
def delete(call: Call, r: str) -> Response:
    """No more repository."""
    call.mutate("DeleteRepository", "deleteRepository", id=identify(call, r)["id"])
    return json.no_content()


def identify(call: Call, r: str) -> Mapping[str, Any]:
    """A repository by name with at least its id, which mutations ask for, and its owner, whom they don't tell."""
    repository: Mapping[str, Any] = call.require(call.fetch("RepositoryId", r=r), "owner", "repository")
    return repository


def write(call: Call, repository: Mapping[str, Any], changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Change a repository of the caller's; gives what it is then, but for its owner."""
    written: Mapping[str, Any] = call.mutate("UpdateRepository", "updateRepository", id=repository["id"], input=changes)
    return written


def _text(value: Any) -> Any:
    """A number as upstream reads it where it expects a text, however large (git Q29); anything else as it is."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return json.dumps(value) if is_whole or (isinstance(value, float) and isfinite(value)) else value


def _enum(visibility: Any) -> str | None:
    """A visibility as upstream writes it; null makes upstream say what it said to the old code (git Q30)."""
    if visibility is None or isinstance(visibility, str):
        return visibility and visibility.upper()
    raise Crash(f"visibility {visibility!r}")


def _changes(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The input of an update: null means absent, and an empty text null (git 2.1 row 6)."""
    given = {key: fields.get(key) for key in ("name", "description", "visibility")}
    changes = {key: _text(value) if value != "" else None for key, value in given.items() if value is not None}
    if "name" in changes and changes["name"] is None:
        raise Refusal(400, NO_NAME)
    if "visibility" in changes:
        changes["visibility"] = _checked(given["visibility"])
    return changes


def _checked(visibility: Any) -> str:
    """A visibility to change to; the old code crashed on what is refused here."""
    if not isinstance(visibility, str):
        raise Refusal(400, reason("visibility should be a str", "visibility"))
    if not visibility:
        raise Refusal(400, reason(" is not a valid Visibility", "visibility"))
    return visibility.upper()
