"""The stand-in for pond.sr.ht."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from shim.sandbox.data.table import Table
from shim.sandbox.instance import users, viewer
from shim.sandbox.instance.call import Call
from shim.sandbox.services import service


@dataclass
class Fish:
    """A row."""

    typename: ClassVar[str] = "Fish"
    id: int
    owner: int
    name: str


class User(users.User):
    """A user with fish."""

    def fish(self, call: Call) -> list[Fish]:
        """The user's."""
        return call.store.fish.where(lambda row: row.owner == self.id)


class Query(viewer.Viewer):
    """The root of queries."""

    version = viewer.Version()


class Mutation:
    """The root of mutations."""

    def catch(self, call: Call, name: str) -> Fish:
        """One more fish."""
        return call.store.fish.add(Fish(call.store.fish.take_id(), call.user.id, name))


@dataclass
class Store(service.Store):
    """All rows."""

    fish: Table[Fish]


@dataclass(frozen=True)
class Dataset(service.Dataset):
    """The rows as read."""

    rows: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Dataset:
        """Read a directory."""
        return cls(json.loads((folder / "dataset.json").read_text("utf-8")))

    def open(self) -> Store:
        """The untouched state."""
        known = users.Users(map(User.load, self.rows["users"]))
        return Store(known, {}, {}, {}, Table(Fish(**row) for row in self.rows["fish"]))


class PondService(service.Service):
    """pond.sr.ht."""

    slug = "pond"
    dataset = Dataset
    query = Query()
    mutation = Mutation()


SERVICE = PondService
