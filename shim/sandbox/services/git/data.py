"""The rows of git.sr.ht in the shape of either era, and the contents of its repositories."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from shim.sandbox.data.columns import Row, Rows, column, moment
from shim.sandbox.services.git.bare import Bare
from shim.sandbox.services.git.fastimport import FastImport
from shim.sandbox.services.git.objects import Objects, RawObject
from shim.sandbox.services.git.repository import Artifact, Repository
from shim.sandbox.services.repositories import data

TABLES = (
    *data.described(Repository, bare=column(read=Bare.copy)),
    Rows(
        "artifacts",
        Artifact,
        data.hanging(*("id", "commit", "filename", "checksum", "size"), user=data.user("user"), created=moment()),
    ),
)


def with_contents(rows: Row, folder: Path) -> Row:
    """The lists of a data set, each repository with its `bare` one. Raises OSError, ValueError or KeyError."""
    read = _listed_contents if "contents" in rows else _keyed_contents
    bares = read(rows, folder)
    for row in rows["repositories"]:
        _verify(row["name"], bares[row["id"]])
    return {**rows, "repositories": [{**row, "bare": bares[row["id"]]} for row in rows["repositories"]]}


def _keyed_contents(rows: Row, folder: Path) -> dict[int, Bare]:
    """2024: each repository names a stream `git/KEY.fi` with further objects in `git/KEY.json`."""
    streams: dict[str, dict[str, RawObject]] = {}
    bares = {}
    for row in rows["repositories"]:
        key = row["content"]
        if key and key not in streams:
            streams[key] = _stream(folder / "git" / f"{key}.fi") | _extra(folder / "git" / f"{key}.json")
        objects = Objects(streams.get(key, {}), packed=row["packed"])
        bares[row["id"]] = Bare(row["HEAD"], dict(row["refs"]), objects)
    return bares


def _listed_contents(rows: Row, folder: Path) -> dict[int, Bare]:
    """2026: `contents` tells each repository's references; those without a stream share another's objects.

    The objects came in a bundle, and so lie in a pack.
    """
    bares: dict[int, Bare] = {row["id"]: Bare.empty() for row in rows["repositories"]}
    contents = {row["repo_id"]: row for row in rows["contents"]}
    objects = {key: _exported(row, folder) for key, row in contents.items() if "fast_export" in row}
    for key, row in contents.items():
        refs = {ref["name"]: ref["target"] for ref in row["refs"]}
        shared = objects.get(row.get("same_objects_as", key), Objects({}))
        own = shared if key in objects else Objects(shared.reachable(refs.values()), packed=True)
        bares[key] = Bare(row["HEAD"], refs, own)
    return bares


def _exported(row: Row, folder: Path) -> Objects:
    tags = (RawObject("tag", text.encode()) for text in row.get("tag_objects", {}).values())
    return Objects(_stream(folder / row["fast_export"]) | {tag.id: tag for tag in tags}, packed=True)


def _stream(path: Path) -> dict[str, RawObject]:
    return FastImport(path.read_bytes()).objects


def _extra(path: Path) -> dict[str, RawObject]:
    """Objects that a stream cannot hold."""
    objects = {}
    for row in json.loads(path.read_text("utf-8")) if path.exists() else ():
        raw = RawObject(row["type"], base64.b64decode(row["base64"]))
        if raw.id != row["id"]:
            raise ValueError(f"{path}: {row['id']} has the contents of {raw.id}")
        objects[raw.id] = raw
    return objects


def _verify(name: str, bare: Bare) -> None:
    for reference, target in bare.refs.items():
        if bare.objects.get(target) is None:
            raise ValueError(f"repository {name}: {reference} points at {target}, which is not there")
