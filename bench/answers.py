"""What made-up servers answer, each document and its variables once."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from bench import deadly, mails
from bench.made import Outcome, Run, opened
from bench.threaded import ThreadedRun
from shim.sandbox.engine.schema import Schema
from shim.sandbox.services.service import Service

ROWS = {
    **{"Ticket": 60, "Repository": 60, "Reference": 30, "TreeEntry": 20, "Event": 30, "Label": 5, "Commit": 60},
    **{"Job": 60, "Paste": 60, "Patchset": 60, "Email": mails.MAILS, "Thread": mails.MAILS},
}
_REMEMBERED = 2048


class Answers:
    """What one service answers in one era; `rows` tells how long its lists are, by the type of their rows.

    Mails are all alike, or `threaded`: of those of the module `mails`.
    """

    def __init__(
        self, service: str, era: str, network_key: str, rows: Mapping[str, int] = ROWS, *, threaded: bool = False
    ) -> None:
        kind: type[Service] = import_module(f"shim.sandbox.services.{service}").SERVICE
        self._schema = Schema(kind.schema_text(), era).typed
        self._service, self._key, self._rows, self._threaded = service, network_key, rows, threaded
        self._known: OrderedDict[str, Outcome] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, query: str, variables: Mapping[str, Any]) -> Outcome:
        """The outcome of a document. Raises GraphQLError for one that the schema does not allow."""
        if kills := deadly.value_in(self._service, variables):
            return Outcome(deadly=kills)
        key = json.dumps([query, {name: opened(self._key, value) for name, value in variables.items()}], default=str)
        with self._lock:
            if key not in self._known:
                run = (ThreadedRun if self._threaded else Run)(self._schema, self._key, self._rows)
                self._known[key] = run.outcome(query, variables)
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
            return self._known[key]
