"""The service todo.sr.ht."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from shim.sandbox.services.service import Route, Service
from shim.sandbox.services.todo import dump
from shim.sandbox.services.todo.data import Dataset
from shim.sandbox.services.todo.mutations import Mutation
from shim.sandbox.services.todo.queries import Query


class TodoService(Service):
    """todo.sr.ht over a data set of either era."""

    slug = "todo"
    shared = ("core.graphqls",)
    dataset = Dataset
    query = Query()
    mutation = Mutation()
    routes: ClassVar[Mapping[str, Route]] = {"tracker/<tracker>.json.gz": dump.download}
