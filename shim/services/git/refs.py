"""/api/.../refs: references and the artifacts of the commits they point at (git 3.6, 4.7, F8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask import Response

from shim.rest import json
from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.git import complete
from shim.services.git.artifacts import url_of
from shim.services.git.resources import Reference
from shim.upstream import Kind

refs = Endpoints()
_reference = Reference()
_AT_ONCE = 48
"""How many references are asked for their artifacts in one call, which cost a transaction for every annotated tag."""
_LOST = 2
"""How many rows the page behind a cursor loses at its beginning (git F2)."""
Row = Mapping[str, Any]


@refs.get(
    "/api/repos/<r>/refs",
    "/api/<u>/repos/<r>/refs",
    scope="data:read",
    operation=("ReferencesWithObjects", "ReferencesWithArtifacts"),
    resource=paged(
        Reference, next="constant null", total="how many references there are", results_per_page="the same as `total`"
    ),
)
def index(call: Call, r: str) -> Response:
    """All references but HEAD, with the artifacts of the commits they point at directly (git F8)."""
    pages: dict[str | None, Sequence[Row]] = {}
    owner = ""

    def fetch(cursor: str | None) -> tuple[Sequence[Any], str | None]:
        nonlocal owner
        result = call.fetch("ReferencesWithObjects", r=r, cursor=cursor)
        page = call.require(result, "owner", "repository", "references")
        owner, pages[cursor] = result.get("owner", "name"), page["results"]
        return page["results"], page["cursor"]

    first, cursor = fetch(call.whole)
    listed = complete.references(call, r, {"results": first, "cursor": cursor}, fetch)
    attached = _attached(call, r, listed, pages)
    artifacts = _by_commit([{**a, "url": url_of(call, owner, r, a["tag"], a["filename"])} for a in attached])
    rows = [{**row, "artifacts": artifacts[row["target"]]} for row in listed if row["name"] != "HEAD"]
    count = len(rows)
    return json.answer(
        {"next": None, "results": _reference.dump(rows, many=True), "total": count, "results_per_page": count}
    )


def _attached(
    call: Call, r: str, listed: Sequence[Row], pages: Mapping[str | None, Sequence[Row]]
) -> Sequence[Mapping[str, Any]]:
    """The artifacts that are shown, each once, with their `commit` and `tag`.

    Upstream lists them on annotated tags, the old answer on what points at a tag's commit itself: of most tags none
    are shown, and none are asked.
    """
    wanted = _wanted(listed)
    if not call.backend.pager.seals:
        cursors = [cursor for cursor, page in pages.items() if any(row["name"] in wanted for row in page)]
    else:
        cursors = list(_windows(call, [row["name"] for row in listed], wanted))
    found: dict[int, Mapping[str, Any]] = {}
    for cursor in cursors:
        _collect(call, r, cursor, wanted, found)
    return list(found.values())


def _wanted(listed: Sequence[Row]) -> dict[str, str]:
    """The annotated tags that stand for a commit at which another reference points, with that commit's id."""
    targets = {row["target"] for row in listed}
    tags = {row["name"]: _commit(row) for row in listed if row["target"] != _commit(row) and row["name"] != "HEAD"}
    return {name: commit for name, commit in tags.items() if commit is not None and commit in targets}


def _commit(row: Row) -> str | None:
    """The commit behind a reference, as either era tells it."""
    followed = row["follow"]
    return None if followed is None else str((followed.get("target") or followed)["id"])


def _windows(call: Call, names: Sequence[str], wanted: Collection[str]) -> Iterator[str | None]:
    """Cursors for pages that hold every wanted name; a page behind a cursor begins two rows late (git F2)."""
    end = 0
    for i, name in enumerate(names):
        if name in wanted and i >= end:
            position = names[i - _LOST] if i >= _LOST else ""
            yield call.sealed(_AT_ONCE + _LOST, position)
            end = (i if position else 0) + _AT_ONCE


def _collect(
    call: Call,
    r: str,
    cursor: str | None,
    wanted: Mapping[str, str],
    found: dict[int, Mapping[str, Any]],
) -> None:
    """Add the artifacts of a page's wanted tags to what was found, by id.

    A tag's further artifacts are behind a cursor that any list of artifacts takes, so the page is asked for again
    with it. A reference without an object, as HEAD may be, makes its page null: its artifacts are not told.
    """
    positions = [call.whole]
    for position in positions:
        result = call.fetch("ReferencesWithArtifacts", rows=_AT_ONCE + _LOST, r=r, cursor=cursor, all=position)
        if any(e.kind not in (Kind.NOT_FOUND, Kind.FAULT) for e in result.touching("owner", "repository")):
            call.intact(result, "owner", "repository")
        for row in result.get("owner", "repository", "references", "results") or ():
            tag = row["name"].removeprefix("refs/tags/")
            listed: Mapping[str, Any] = row["artifacts"] if row["name"] in wanted else {"results": ()}
            new = {a["id"]: {**a, "commit": wanted[row["name"]], "tag": tag} for a in listed["results"]}
            if new.keys() - found.keys() and listed["cursor"] is not None:
                positions.append(listed["cursor"])
            found |= {i: a for i, a in new.items() if i not in found}


def _by_commit(found: Sequence[Mapping[str, Any]]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Artifacts by commit: of one whose artifacts are not neighbours in their table the last ones only (git 4.7)."""
    listed = sorted(found, key=itemgetter("id"))
    runs = {commit: list(run) for commit, run in groupby(listed, itemgetter("commit"))}
    return defaultdict(list, runs)
