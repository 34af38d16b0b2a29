"""A page of tickets: what its calls weigh, and the cheaper way to its labels (upstream-safety 3.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shim.sandbox import Sandbox
from shim.services import discover
from shim.services.call import Call
from shim.services.service import HEAVIEST
from shim.services.todo import labelled
from tests.kit import Asker

TODO = next(service for service in discover() if service.name == "todo")
Asking = Callable[..., Asker]
Calls = list[tuple[str, int, int]]
PATHS = tuple(f"/api/trackers/widgets/tickets{bound}" for bound in ("", "?start=40", "?start=20"))
WIDGETS = 41
WHEN = "2024-03-01T09:15:00Z"
MIRA = {"canonical_name": "~mira", "name": "mira"}
TRACKER = {"id": 1, "owner": MIRA, "created": WHEN, "updated": WHEN, "name": "w", "acl": {"browse": True}}
ROW = {"ref": "r", "title": "t", "created": WHEN, "updated": WHEN, "description": "", "assignees": []}
ROWS = [{"id": n, **ROW, "status": "A", "resolution": "B", "submitter": {"type": "User", **MIRA}} for n in (2, 1)]
TRACKER |= {
    "rows": {"results": ROWS, "cursor": None},
    "keys": {"results": ROWS, "cursor": None},
    "names": {"results": [{"id": 1}]},
}


@pytest.fixture
def weighed(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """The calls that are made, each with the rows that were asked for and those that came."""
    calls: Calls = []
    send = Call._send

    def noting(self: Call, operation: Any, variables: Any, *, rows: int = 1) -> Any:
        result = send(self, operation, variables, rows=rows)
        calls.append((operation.name, rows, _dear(result.data)))
        return result

    monkeypatch.setattr(Call, "_send", noting)
    return calls


def _dear(value: Any) -> int:
    """How many fields of an answer cost a transaction each."""
    if isinstance(value, list):
        return sum(map(_dear, value))
    if not isinstance(value, dict):
        return 0
    own = [name in value and isinstance(value[name], list) for name in ("labels", "assignees")]
    return sum(own) + ("name" in value and "tickets" in value) + sum(map(_dear, value.values()))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("paging", ["auto", "walk"])
def test_no_call_weighs_more_than_it_may(ask: Asking, weighed: Calls, path: str, paging: str) -> None:
    ask(paging).get(path, "jdoe")
    for operation, rows, dear in weighed:
        assert dear <= rows * TODO.row_costs.get(operation, 1) <= HEAVIEST
    assert sum(dear for *_, dear in weighed) > 0


@pytest.mark.parametrize(
    ("path", "way"), [(PATHS[0], "TicketsOfLabels"), (PATHS[1], "TicketsOfLabels"), (PATHS[2], "LabelsOfTickets")]
)
def test_labels_are_asked_for_by_label_where_these_are_fewer(
    ask: Asking, weighed: Calls, path: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ask().get(path, "jdoe")
    assert [operation for operation, *_ in weighed] == ["BareTickets", way]
    assert any(ticket["labels"] for ticket in found["results"])
    monkeypatch.setattr(labelled, "MOST_TICKETS", 0)
    assert ask().get(path, "jdoe") == found
    assert ask("walk").get(path, "jdoe")["results"] == found["results"]


def test_a_tracker_without_labels_takes_one_call(ask: Asking, weighed: Calls) -> None:
    ask().get("/api/user/~alice/trackers/shared/tickets", "alice")
    assert [operation for operation, *_ in weighed] == ["BareTickets"]


def test_a_label_on_a_ticket_of_another_tracker_is_not_on_the_one_of_that_number(
    ask: Asking, sandbox: tuple[Sandbox, str, str]
) -> None:
    todo, store = ask(), sandbox[0].services["todo"].store
    before = todo.get(PATHS[1], "jdoe")
    number = before["results"][-1]["id"]
    foreign = next(row for row in store.tickets if row.tracker_id != WIDGETS and row.id == number)
    free = next(row.id for row in store.labels if row.tracker_id == WIDGETS and row.name not in _labels(before, number))
    table = store.ticket_labels
    table.add(type(next(iter(table)))(table.take_id(), foreign.row_id, free))
    assert todo.get(PATHS[1], "jdoe") == before


def _labels(page: Any, number: int) -> list[str]:
    return next(row["labels"] for row in page["results"] if row["id"] == number)


@pytest.mark.parametrize("hole", [{"errors": [{"message": "pq: no", "path": ["owner", "tracker", "labels"]}]}, {}])
def test_labels_of_which_any_may_be_missing_are_asked_for_by_ticket(script: Any, hole: dict[str, Any]) -> None:
    more = {"results": [{"id": 2, "tracker": {"id": 1}}], "cursor": "more"}
    many = {"id": 1, "labels": {"results": [{"name": "a", "tickets": more}], "cursor": None}}
    by_ticket = {"tickets": {"results": [{"id": 2, "labels": [{"name": "b"}]}, {"id": 1, "labels": []}]}}
    script.steps = [
        {"data": {"owner": {"tracker": TRACKER}}},
        {"data": {"owner": {"tracker": many}}, **hole},
        {"data": {"owner": {"tracker": by_ticket}}},
    ]
    found = Asker("todo", script.origin).get("/api/trackers/w/tickets", "mira")
    assert [ticket["labels"] for ticket in found["results"]] == [["b"], []]
