"""Creating, changing and deleting trackers and labels: what the recordings leave open."""

from __future__ import annotations

from typing import Any

import pytest

from shim.sandbox.engine.errors import PANIC

from ...conftest import Client
from . import kit

UPDATE = """
mutation ($id: Int!, $input: TrackerInput!) {
  updateTracker(id: $id, input: $input) { name description visibility }
}
"""
DELETE = "mutation ($id: Int!) { deleteTracker(id: $id) { id } }"
DELETE_TICKET = """
mutation ($tracker: Int!, $ticket: Int!) { deleteTicket(trackerId: $tracker, ticketId: $ticket) { id } }
"""
UPDATE_LABEL = """
mutation ($id: Int!, $input: UpdateLabelInput!) {
  updateLabel(id: $id, input: $input) { name foregroundColor backgroundColor }
}
"""
DELETE_LABEL = "mutation ($id: Int!) { deleteLabel(id: $id) { id } }"
TAKEN = 'pq: duplicate key value violates unique constraint "tracker_owner_id_name_unique"'
RESERVED = "This is a reserved name and cannot be used for user trackers."


def _failures(client: Client, query: str, **variables: Any) -> list[tuple[str, str | None]]:
    errors = client.ask(query, **variables)["errors"]
    return [(error["message"], error.get("extensions", {}).get("field")) for error in errors]


def test_a_name_in_use_costs_an_id(todo: Client) -> None:
    first = kit.tracker(todo)
    assert _failures(todo, kit.CREATE, name="fresh") == [("A tracker by this name already exists.", "name")]
    assert kit.tracker(todo, "fresh", "bob") == first + 2


@pytest.mark.parametrize(
    ("name", "messages"),
    [
        ("a b", ["Name must match ^[A-Za-z0-9._-]+$"]),
        ("", ["Name must match ^[A-Za-z0-9._-]+$"]),
        (".git", [RESERVED]),
        ("n" * 1025, ["pq: value too long for type character varying(1024)"]),
    ],
)
def test_names_that_no_tracker_can_have(todo: Client, name: str, messages: list[str]) -> None:
    assert todo.errors(kit.CREATE, name=name) == messages


def test_inputs_of_2024_count_as_they_were_sent(todo: Client) -> None:
    tracker = kit.tracker(todo)
    input_ = {"description": 5, "visibility": None}
    assert _failures(todo, UPDATE, id=tracker, input=input_) == [("Expected description to be a string", "description")]
    changed = todo.data(UPDATE, id=tracker, input={"description": "d", "visibility": None})["updateTracker"]
    assert changed == {"name": "fresh", "description": "d", "visibility": "PUBLIC"}
    kept = todo.data(UPDATE, id=tracker, input={"description": None})["updateTracker"]
    assert kept == changed


def test_inputs_of_2026_are_read_by_their_types(todo2026: Client) -> None:
    tracker = kit.tracker(todo2026)
    changed = todo2026.data(UPDATE, id=tracker, input={"description": 5, "name": "newer"})["updateTracker"]
    assert changed == {"name": "newer", "description": "5", "visibility": "PUBLIC"}
    cleared = todo2026.data(UPDATE, id=tracker, input={"description": None})["updateTracker"]
    assert cleared["description"] is None


@pytest.mark.parametrize(
    ("input_", "failures"),
    [
        ({"name": None}, [(PANIC, None)]),
        ({"name": "taken"}, [(TAKEN, None)]),
        ({"name": ".."}, [(RESERVED, "name")]),
        ({"name": "a b"}, [("Invalid tracker name 'a b' (must match ^[A-Za-z0-9._-]+$)", "name")]),
        (
            {"visibility": None},
            [
                (
                    'pq: null value in column "visibility" of relation "tracker" violates not-null constraint',
                    None,
                )
            ],
        ),
    ],
)
def test_refused_changes_of_2026(
    todo2026: Client, input_: dict[str, Any], failures: list[tuple[str, str | None]]
) -> None:
    tracker = kit.tracker(todo2026)
    kit.tracker(todo2026, "taken")
    assert _failures(todo2026, UPDATE, id=tracker, input=input_) == failures


@pytest.mark.parametrize("query", [UPDATE, DELETE])
def test_trackers_are_changed_by_their_owners_only(todo: Client, query: str) -> None:
    tracker = kit.tracker(todo)
    failures = [(f"No tracker by ID {tracker} found for this user", None)]
    assert _failures(todo, query, user="bob", id=tracker, input={"description": "d"}) == failures


def test_a_deleted_tracker_takes_all_along(todo: Client) -> None:
    store = todo.store
    rows = {name: [row.id for row in getattr(store, name)] for name in ("tickets", "labels", "comments", "events")}
    tracker = kit.tracker(todo)
    other = kit.tracker(todo, "other")
    kit.label(todo, tracker)
    number = kit.ticket(todo, tracker, "other#1")
    kit.comment(todo, tracker, number, "~bob")
    todo.data(DELETE, id=tracker)
    todo.data(DELETE, id=other)
    assert {name: [row.id for row in getattr(store, name)] for name in rows} == rows


def test_a_deleted_ticket_takes_its_mentions_along(todo: Client) -> None:
    tracker = kit.tracker(todo)
    target = kit.ticket(todo, tracker)
    source = kit.ticket(todo, tracker, f"see #{target}")
    assert len(kit.events(todo, "fresh", target)) == 2
    todo.data(DELETE_TICKET, tracker=tracker, ticket=source)
    assert len(kit.events(todo, "fresh", target)) == 1
    assert kit.ticket(todo, tracker) == source + 1


def test_labels(todo: Client) -> None:
    label = kit.label(todo, kit.tracker(todo))
    changed = todo.data(UPDATE_LABEL, id=label, input={"name": "Bug", "foregroundColor": "#ABCDEF"})
    assert changed["updateLabel"] == {
        "name": "Bug",
        "foregroundColor": "#ABCDEF",
        "backgroundColor": "#ffffff",
    }
    assert todo.data(DELETE_LABEL, id=label)["deleteLabel"] == {"id": label}
    assert todo.errors(DELETE_LABEL, id=label) == [f"No label by ID {label} found for this user"]


@pytest.mark.parametrize(
    ("input_", "failures"),
    [
        ({}, [("update statements must have at least one Set clause", None)]),
        ({"name": None}, [("update statements must have at least one Set clause", None)]),
        ({"name": ""}, [("Name cannot be empty", "name")]),
        ({"name": "taken"}, [("A label by this name already exists", "name")]),
        (
            {"foregroundColor": "red", "backgroundColor": 5},
            [
                ("Expected backgroundColor to be a string", "backgroundColor"),
                ("Invalid color format", "foregroundColor"),
            ],
        ),
    ],
)
def test_refused_changes_of_labels(
    todo: Client, input_: dict[str, Any], failures: list[tuple[str, str | None]]
) -> None:
    tracker = kit.tracker(todo)
    label = kit.label(todo, tracker)
    kit.label(todo, tracker, "taken")
    assert _failures(todo, UPDATE_LABEL, id=label, input=input_) == failures


def test_a_null_for_a_label_is_a_panic_in_2026(todo2026: Client) -> None:
    label = kit.label(todo2026, kit.tracker(todo2026))
    assert todo2026.errors(UPDATE_LABEL, id=label, input={"name": None}) == [PANIC]
