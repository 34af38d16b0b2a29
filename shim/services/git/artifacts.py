"""/api/.../artifacts: files attached to a reference (git 2.3 rows 23 and 24, 4.7)."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from flask import Response
from gql import FileVar
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.utils import secure_filename

from shim.parsers import switch, text
from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Crash, Refusal, reason
from shim.services.call import Call
from shim.services.git import resolve, store
from shim.services.git.resources import Artifact
from shim.settings import Setting

artifacts = Endpoints()
_artifact = Artifact()
_LARGEST = 2**30 + 2**20

SETTINGS = (
    Setting("s3_upstream", (("objects", "s3-upstream"),), text, "", "objects.example.org"),
    Setting("s3_insecure", (("objects", "s3-insecure"),), switch, False, "yes"),
    Setting("s3_bucket", (("git.sr.ht", "s3-bucket"),), text, "", "gitsrht"),
    Setting("s3_prefix", (("git.sr.ht", "s3-prefix"),), text, "", "git"),
)


@artifacts.post(
    "/api/repos/<r>/artifacts/<path:name>",
    "/api/<u>/repos/<r>/artifacts/<path:name>",
    scope="data:write",
    operation=("UploadTarget", "UploadArtifact", "Known"),
    limit=_LARGEST,
    resource=Artifact,
    examples=dict.fromkeys(("name", "revspec", "r0", "s0"), "v1.0"),
)
def upload(call: Call, r: str, name: str) -> Response:
    """A file of up to 1 GiB for the commit that a reference names, passed on as a stream; 200, not 201 (git Q23)."""
    found = resolve.find(call, r, "UploadTarget", [name], check=_refuse_others)
    if isinstance(found, resolve.Found) and not found.candidate.spec.names_commit:
        found = resolve.inside(call, r, found)
    if isinstance(found, resolve.Loose):
        return _refuse_loose(call, r, found)
    sent = _sent(call)
    spec, owner = found.candidate.spec, found.result.get("owner", "name")
    artifact = _upload(call, found.result.get("owner", "repository", "id"), spec.upstream(), sent)
    return json.answer(_artifact.dump({**artifact, "url": url_of(call, owner, r, name, artifact["filename"])}))


def url_of(call: Call, owner: str, r: str, tag: str, filename: str) -> str:
    """Where a file can be downloaded: from the object storage if its settings are known, else from the web page.

    What upstream says is a broken link in 2024 and asks for a credential in 2026 (git 4.7).
    """
    storage = call.option("s3_upstream")
    if not storage:
        return f"{call.backend.config.origin}/~{owner}/{r}/refs/download/{tag.removeprefix('refs/tags/')}/{filename}"
    scheme = "http" if call.option("s3_insecure") else "https"
    key = posixpath.join(call.option("s3_prefix"), "artifacts", f"~{owner}", r, filename)
    return f"{scheme}://{storage}/{call.option('s3_bucket')}/{key}"


def _refuse_others(data: Mapping[str, Any]) -> None:
    """Only the owner may attach files, whatever the access list says."""
    if data["me"]["name"] != data["owner"]["name"]:
        raise Forbidden


def _refuse_loose(call: Call, r: str, found: resolve.Loose) -> Response:
    """A tree or a blob crashed the old code; the API takes no file for a tag of a tag, a tree or a blob."""
    base = store.get(call, r, found.oid)
    if base is not None and base["__typename"] != store.TAG:
        raise Crash("a file for something else than a commit or a tag")
    if base is not None:
        _sent(call)
    raise NotFound


def _sent(call: Call) -> FileVar:
    """The file that came with the call, to be read as it is sent on. Raises the refusal of its absence."""
    file = call.files.get("file")
    if file is None or not file.filename:
        raise Refusal(400, *call.body.problems, reason("File is required", "file"))
    return FileVar(file.stream, filename=secure_filename(file.filename), content_type="application/octet-stream")


def _upload(call: Call, identity: int, revspec: str, file: FileVar) -> Mapping[str, Any]:
    """Send the file. The API says by text that it has one of this name, or no storage at all (git 7)."""
    try:
        found: Mapping[str, Any] = call.mutate(
            "UploadArtifact", "uploadArtifact", id=identity, revspec=revspec, file=file
        )
    except Refusal as refusal:
        reasons = " ".join(error["reason"] for error in refusal.errors)
        if "artifact by this name already exists" in reasons:
            raise Refusal(400, reason("A file by this name was already uploaded.", "file")) from refusal
        if "object storage is not enabled" in reasons:
            raise Crash("no object storage") from refusal
        raise
    return found
