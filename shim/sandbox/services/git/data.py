"""The data set of git.sr.ht, in the shape of either era, and the state made from it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from shim.sandbox.data.table import Table
from shim.sandbox.engine import times
from shim.sandbox.services.git.bare import Bare
from shim.sandbox.services.git.fastimport import FastImport
from shim.sandbox.services.git.hooks import GIT
from shim.sandbox.services.git.objects import Objects, RawObject
from shim.sandbox.services.git.repository import Artifact, Repository
from shim.sandbox.services.repositories import data
from shim.sandbox.services.repositories.data import Row
from shim.sandbox.webhooks.subscriptions import load_subscriptions


@dataclass
class Store(data.Store[Repository]):
    """The rows of git.sr.ht."""

    artifacts: Table[Artifact]


@dataclass(frozen=True)
class Dataset(data.Dataset):
    """The rows as read, and the bare repository of each repository's id."""

    bares: dict[int, Bare]

    @classmethod
    def read(cls, folder: Path) -> Dataset:
        """Read a directory. Raises OSError, ValueError or KeyError for what is no data set."""
        rows = json.loads((folder / "dataset.json").read_text("utf-8"))
        read = _listed_contents if "contents" in rows else _keyed_contents
        bares = read(rows, folder)
        for repository in rows["repositories"]:
            _verify(repository["name"], bares[repository["id"]])
        return cls(rows, bares)

    def open(self) -> Store:
        """The untouched state."""
        opening = data.Opening(self.rows, Repository, self._contents)
        tables = opening.tables()
        hooks = load_subscriptions(self.rows.get("git_webhooks", ()), GIT, opening.users, "repo_id")
        tables["webhooks"][GIT.name] = Table(hooks)
        tables["deliveries"][GIT.name] = Table()
        return Store(**tables, artifacts=opening.table("artifacts", partial(_artifact, opening)))

    def _contents(self, row: Row) -> dict[str, Bare]:
        return {"bare": self.bares[row["id"]].copy()}


def _artifact(opening: data.Opening[Repository], row: Row) -> Artifact:
    return Artifact(
        id=row["id"],
        repository=opening.repository(row),
        user=opening.users.of(row, "user"),
        commit=row["commit"],
        filename=row["filename"],
        checksum=row["checksum"],
        size=row["size"],
        created=times.parse(row["created"]),
    )


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
