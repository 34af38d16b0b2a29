"""The data set of git.sr.ht, in the shape of either era, and the state made from it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from shim.sandbox import service, times
from shim.sandbox.git.bare import Bare
from shim.sandbox.git.fastimport import FastImport
from shim.sandbox.git.hooks import GIT, USER
from shim.sandbox.git.objects import Objects, RawObject
from shim.sandbox.git.repository import ACL, Artifact, Redirect, Repository, User
from shim.sandbox.rid import format_rid
from shim.sandbox.subscriptions import load_deliveries, load_subscriptions
from shim.sandbox.table import HasId, Table
from shim.sandbox.users import Users, legacy_tokens

Row = dict[str, Any]
R = TypeVar("R", bound=HasId)


@dataclass
class Store(service.Store):
    """The rows of git.sr.ht."""

    repositories: Table[Repository]
    acls: Table[ACL]
    redirects: Table[Redirect]
    artifacts: Table[Artifact]


@dataclass(frozen=True)
class Dataset:
    """The rows as read, and the bare repository of each repository's id."""

    rows: dict[str, Any]
    bares: dict[int, Bare]

    @classmethod
    def read(cls, data: Path) -> Dataset:
        """Read a directory. Raises OSError, ValueError or KeyError for what is no data set."""
        rows = json.loads((data / "dataset.json").read_text("utf-8"))
        read = _contents if "contents" in rows else _keyed_contents
        bares = read(rows, data)
        for repository in rows["repositories"]:
            _verify(repository["name"], bares[repository["id"]])
        return cls(rows, bares)

    def open(self) -> Store:
        """The untouched state."""
        rows = self.rows
        load = _Loader(Users(map(User.load, rows["users"])), self.bares)
        repositories = self._table("repositories", load.repository)
        load.repositories = repositories
        native = rows.get("native_webhooks", rows.get("user_webhooks", ()))
        hooks = {
            USER.name: Table(load_subscriptions(native, USER, load.users), self._next("native_webhooks")),
            GIT.name: Table(load_subscriptions(rows.get("git_webhooks", ()), GIT, load.users, "repo_id")),
        }
        sent = load_deliveries(rows.get("native_deliveries", ()))
        return Store(
            load.users,
            legacy_tokens(rows.get("legacy_tokens", ()), load.users),
            hooks,
            {USER.name: Table(sent, self._next("native_deliveries")), GIT.name: Table()},
            repositories,
            self._table("acls", load.acl),
            self._table("redirects", load.redirect),
            self._table("artifacts", load.artifact),
        )

    def _table(self, kind: str, load: Callable[[Row], R]) -> Table[R]:
        return Table(map(load, self.rows[kind]), self._next(kind))

    def _next(self, kind: str) -> int | None:
        return self.rows.get("next_ids", {}).get(kind)  # type: ignore[no-any-return]


class _Loader:
    """Makes rows, which refer to users and repositories."""

    def __init__(self, users: Users[User], bares: dict[int, Bare]) -> None:
        self.users = users
        self.repositories: Table[Repository] = Table()
        self._bares = bares

    def repository(self, row: Row) -> Repository:
        created = times.parse(row["created"])
        return Repository(
            id=row["id"],
            rid=format_rid(row.get("rid"), row["id"], created),
            owner=self.users.of(row, "owner"),
            name=row["name"],
            description=row["description"],
            visibility=row["visibility"],
            readme=row["readme"],
            created=created,
            updated=times.parse(row["updated"]),
            bare=self._bares[row["id"]].copy(),
        )

    def acl(self, row: Row) -> ACL:
        user, created = self.users.of(row, "user"), times.parse(row["created"])
        return ACL(row["id"], self._repository(row), user, row["mode"], created)

    def redirect(self, row: Row) -> Redirect:
        owner, created = self.users.of(row, "owner"), times.parse(row["created"])
        return Redirect(row["id"], owner, row["name"], self._repository(row), created)

    def artifact(self, row: Row) -> Artifact:
        return Artifact(
            id=row["id"],
            repository=self._repository(row),
            user=self.users.of(row, "user"),
            commit=row["commit"],
            filename=row["filename"],
            checksum=row["checksum"],
            size=row["size"],
            created=times.parse(row["created"]),
        )

    def _repository(self, row: Row) -> Repository:
        names = ("repository", "repo_id", "new_repo_id")
        found = self.repositories.get(next(row[name] for name in names if name in row))
        if found is None:
            raise ValueError(f"unknown repository in {row}")
        return found


def _keyed_contents(rows: Row, data: Path) -> dict[int, Bare]:
    """2024: each repository names a stream `git/KEY.fi` with further objects in `git/KEY.json`."""
    streams: dict[str, dict[str, RawObject]] = {}
    bares = {}
    for row in rows["repositories"]:
        key = row["content"]
        if key and key not in streams:
            streams[key] = _stream(data / "git" / f"{key}.fi") | _extra(data / "git" / f"{key}.json")
        objects = Objects(streams.get(key, {}), packed=row["packed"])
        bares[row["id"]] = Bare(row["HEAD"], dict(row["refs"]), objects)
    return bares


def _contents(rows: Row, data: Path) -> dict[int, Bare]:
    """2026: `contents` tells each repository's references; those without a stream share another's objects.

    The objects came in a bundle, and so lie in a pack.
    """
    bares: dict[int, Bare] = {row["id"]: Bare.empty() for row in rows["repositories"]}
    contents = {row["repo_id"]: row for row in rows["contents"]}
    objects = {key: _exported(row, data) for key, row in contents.items() if "fast_export" in row}
    for key, row in contents.items():
        refs = {ref["name"]: ref["target"] for ref in row["refs"]}
        shared = objects.get(row.get("same_objects_as", key), Objects({}))
        own = shared if key in objects else Objects(shared.reachable(refs.values()), packed=True)
        bares[key] = Bare(row["HEAD"], refs, own)
    return bares


def _exported(row: Row, data: Path) -> Objects:
    tags = (RawObject("tag", text.encode()) for text in row.get("tag_objects", {}).values())
    return Objects(_stream(data / row["fast_export"]) | {tag.id: tag for tag in tags}, packed=True)


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
