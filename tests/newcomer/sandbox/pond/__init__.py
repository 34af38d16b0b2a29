"""The stand-in for pond.sr.ht."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shim.sandbox.data.columns import Rows, columns
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


class PondService(service.Service):
    """pond.sr.ht."""

    slug = "pond"
    tables = (users.described(User), Rows("fish", Fish, columns("id", "owner", "name")))
    kinds = ()
    query = Query()
    mutation = Mutation()


SERVICE = PondService
