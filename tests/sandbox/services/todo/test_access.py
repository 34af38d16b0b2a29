"""Rights on trackers and their traps (todo dossier, 4.1)."""

from __future__ import annotations

from typing import Any

import pytest

from shim.sandbox.engine.errors import PANIC
from shim.sandbox.services.todo.numbers import Access
from shim.sandbox.services.todo.tracker import TrackerACL

from ...conftest import Client
from . import kit

ACL = """
query ($owner: String!, $name: String!) {
  user(username: $owner) {
    tracker(name: $name) { name acl { __typename browse submit comment edit triage } }
  }
}
"""
TICKETS = """
query ($owner: String!, $name: String!) {
  user(username: $owner) { tracker(name: $name) { name tickets { results { id } } } }
}
"""
BY_TICKET = """
query ($owner: String!, $name: String!, $ticket: Int!) {
  user(username: $owner) {
    tracker(name: $name) { ticket(id: $ticket) { tracker { acl { __typename browse } } } }
  }
}
"""
LISTED = "query ($owner: String!) { user(username: $owner) { trackers { results { name } } } }"
DEFAULT = """
mutation ($id: Int!, $input: ACLInput!) { updateTrackerACL(trackerId: $id, input: $input) { submit } }
"""
HIDE = """
mutation ($id: Int!, $visibility: Visibility!) {
  updateTracker(id: $id, input: {visibility: $visibility}) { id }
}
"""
USUAL = ("browse", "submit", "comment")
ALL = (*USUAL, "edit", "triage")


def _rights(*given: str) -> dict[str, bool]:
    return {name: name in given for name in ALL}


def _grant(client: Client, tracker: int, username: str, *given: str) -> None:
    """An entry in the access list, which nobody can ask for here."""
    rows, user = client.store.access, client.store.users.named(username)
    rows.add(TrackerACL(rows.take_id(), tracker, user, Access(sum(Access[name.upper()] for name in given))))


def _acl(client: Client, user: str) -> Any:
    found = client.data(ACL, user=user, owner="jdoe", name="fresh")["user"]["tracker"]["acl"]
    return found.pop("__typename"), [name for name in ALL if found[name]]


def test_an_entry_counts_more_than_the_default_and_ownership(todo: Client) -> None:
    tracker = kit.tracker(todo)
    assert _acl(todo, "jdoe") == ("DefaultACL", [*ALL])
    assert _acl(todo, "bob") == ("DefaultACL", [*USUAL])
    _grant(todo, tracker, "bob", "edit")
    _grant(todo, tracker, "jdoe", "browse")
    assert _acl(todo, "bob") == ("DefaultACL", ["edit"])
    assert _acl(todo, "jdoe") == ("DefaultACL", ["browse"])
    assert _acl(todo, "alice") == ("DefaultACL", [*USUAL])


def test_only_a_tracker_that_was_not_looked_up_by_name_shows_the_entry(todo: Client) -> None:
    tracker = kit.tracker(todo)
    ticket = kit.ticket(todo, tracker)
    _grant(todo, tracker, "bob", "browse")
    found = todo.data(BY_TICKET, user="bob", owner="jdoe", name="fresh", ticket=ticket)
    acl = found["user"]["tracker"]["ticket"]["tracker"]["acl"]
    assert acl == {"__typename": "TrackerACL", "browse": True}


@pytest.mark.parametrize("username", ["bob", "jdoe"])
def test_no_right_at_all_is_a_panic(todo: Client, username: str) -> None:
    _grant(todo, kit.tracker(todo), username)
    body = todo.ask(ACL, user=username, owner="jdoe", name="fresh")
    assert body["data"] == {"user": {"tracker": {"name": "fresh", "acl": None}}}
    assert [(error["message"], error["path"][-1]) for error in body["errors"]] == [(PANIC, "acl")]
    body = todo.ask(TICKETS, user=username, owner="jdoe", name="fresh")
    assert body["data"] == {"user": {"tracker": None}}
    assert [(error["message"], error["path"][-1]) for error in body["errors"]] == [(PANIC, "tickets")]


def test_who_may_not_browse_lists_only_tickets_of_their_own(todo: Client) -> None:
    tracker = kit.tracker(todo)
    todo.data(DEFAULT, id=tracker, input=_rights("submit"))
    kit.ticket(todo, tracker)
    own = kit.ticket(todo, tracker, user="bob")
    found = todo.data(TICKETS, user="bob", owner="jdoe", name="fresh")
    assert found["user"]["tracker"]["tickets"]["results"] == [{"id": own}]


@pytest.mark.parametrize(
    ("visibility", "given", "seen", "listed"),
    [
        ("PUBLIC", None, True, True),
        ("UNLISTED", None, True, False),
        ("UNLISTED", ("browse",), True, True),
        ("UNLISTED", (), True, False),
        ("PRIVATE", None, False, False),
        ("PRIVATE", ("triage",), True, True),
        ("PRIVATE", (), False, False),
    ],
)
def test_visibility(todo: Client, visibility: str, given: tuple[str, ...] | None, seen: bool, listed: bool) -> None:
    tracker = kit.tracker(todo)
    if given is not None:
        _grant(todo, tracker, "bob", *given)
    todo.data(HIDE, id=tracker, visibility=visibility)
    found = todo.ask(ACL, user="bob", owner="jdoe", name="fresh")["data"]["user"]["tracker"]
    names = todo.data(LISTED, user="bob", owner="jdoe")["user"]["trackers"]["results"]
    assert (found is not None, {"name": "fresh"} in names) == (seen, listed)


@pytest.mark.parametrize(
    ("given", "input_", "refused"),
    [
        ("browse", {"text": "t"}, True),
        ("comment", {"text": "t"}, False),
        ("comment", {"text": "t", "status": "CONFIRMED"}, True),
        ("comment", {"text": "t", "resolution": "FIXED"}, True),
    ],
)
def test_rights_to_comment(todo: Client, given: str, input_: dict[str, Any], refused: bool) -> None:
    tracker = kit.tracker(todo)
    ticket = kit.ticket(todo, tracker)
    _grant(todo, tracker, "bob", given)
    body = todo.ask(kit.COMMENT, user="bob", tracker=tracker, ticket=ticket, input=input_)
    messages = [error["message"] for error in body.get("errors", ())]
    assert messages == (["Access denied"] if refused else [])


def test_a_ticket_for_an_invisible_tracker_is_neither_opened_nor_refused(todo: Client) -> None:
    tracker = kit.tracker(todo)
    todo.data(HIDE, id=tracker, visibility="PRIVATE")
    body = todo.ask(kit.SUBMIT, user="bob", tracker=tracker, subject="s")
    assert body == todo.ask(kit.SUBMIT, user="bob", tracker=99999, subject="s")
    assert body["data"] is None


def test_a_right_refused_in_2026_has_a_code(todo2026: Client) -> None:
    tracker = kit.tracker(todo2026)
    _grant(todo2026, tracker, "bob", "browse")
    (error,) = todo2026.ask(kit.SUBMIT, user="bob", tracker=tracker, subject="s")["errors"]
    assert error["extensions"] == {"code": "ERR_ACCESS_DENIED"}
