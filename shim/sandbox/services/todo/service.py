"""The service todo.sr.ht."""

from __future__ import annotations

from typing import ClassVar

from shim.sandbox.services.service import Service
from shim.sandbox.services.todo import kinds
from shim.sandbox.services.todo.data import TABLES
from shim.sandbox.services.todo.mutations import Mutation
from shim.sandbox.services.todo.queries import Query
from shim.sandbox.webhooks.subscriptions import Kind


class TodoService(Service):
    """todo.sr.ht over a data set of either era."""

    slug = "todo"
    shared = ("core.graphqls", "userhooks.graphqls")
    tables = TABLES
    kinds: ClassVar[tuple[Kind, ...]] = (kinds.USER, kinds.TRACKER, kinds.TICKET)
    query = Query()
    mutation = Mutation()
