"""Rights on lists and what they hide (lists dossier, 4.4)."""

from __future__ import annotations

import pytest

from shim.sandbox.engine.errors import NULL
from shim.sandbox.services.lists.access import Access

from ...conftest import Client
from . import kit

LIST = """
query ($owner: String!) {
  user(username: $owner) {
    list(name: "fresh") { id defaultACL { browse } access { __typename browse reply post moderate } }
  }
}
"""
MAIL = "query ($id: Int!) { email(id: $id) { id } }"
MAIL_OF_LIST = "query ($id: Int!) { email(id: $id) { id list { name } } }"
CONTENTS = """
query ($owner: String!) {
  user(username: $owner) {
    list(name: "fresh") { emails { results { id } } threads { results { replies } } patches { results { id } } }
  }
}
"""
ROOTS = 'query { user(username: "jdoe") { list(name: "fresh") { threads { results { root { id } } } } } }'
SUBSCRIBE = "mutation ($id: Int!) { mailingListSubscribe(listID: $id) { id list { name } } }"
UNSUBSCRIBE = "mutation ($id: Int!) { mailingListUnsubscribe(listID: $id) { id } }"
SUBSCRIPTIONS = "{ subscriptions { results { ... on MailingListSubscription { list { name } } } } }"
STATUS = "mutation ($id: Int!) { updatePatchset(id: $id, status: APPLIED) { status } }"
TOOL = 'mutation ($id: Int!) { createTool(patchsetID: $id, details: "", icon: PENDING) { patchset { id } } }'


def _rights(client: Client, user: str) -> tuple[str, set[str]]:
    found = client.data(LIST, user=user, owner="jdoe")["user"]["list"]["access"]
    return found.pop("__typename"), {name for name, given in found.items() if given}


def test_an_entry_replaces_the_rights_of_everybody(lists: Client) -> None:
    list_id = kit.mailing_list(lists)
    kit.grant(lists, list_id, "alice", Access.POST)
    assert _rights(lists, "jdoe") == ("GeneralACL", {"browse", "reply", "post", "moderate"})
    assert _rights(lists, "alice") == ("MailingListACL", {"post"})
    assert _rights(lists, "bob") == ("GeneralACL", {"browse", "reply", "post"})


@pytest.mark.parametrize(
    ("visibility", "entry", "seen"),
    [
        ("PUBLIC", None, True),
        ("UNLISTED", None, True),
        ("PRIVATE", None, False),
        ("PRIVATE", (), False),
        ("PRIVATE", (Access.BROWSE,), True),
    ],
)
def test_who_sees_a_list(lists: Client, visibility: str, entry: tuple[Access, ...] | None, seen: bool) -> None:
    list_id = kit.mailing_list(lists, visibility=visibility)
    if entry is not None:
        kit.grant(lists, list_id, "alice", *entry)
    assert (lists.data(LIST, user="alice", owner="jdoe")["user"]["list"] is not None) is seen
    assert lists.data(LIST, owner="jdoe")["user"]["list"] is not None


def test_mail_is_found_by_id_whatever_the_visibility(lists: Client) -> None:
    mail = kit.email(lists, kit.mailing_list(lists, visibility="PRIVATE"))
    assert lists.data(MAIL, user="bob", id=mail.id)["email"] == {"id": mail.id}
    assert lists.errors(MAIL_OF_LIST, user="bob", id=mail.id) == [NULL]


def test_an_entry_takes_no_mail_away(lists: Client) -> None:
    list_id = kit.mailing_list(lists)
    mail = kit.email(lists, list_id)
    kit.grant(lists, list_id, "alice")
    assert lists.data(MAIL, user="alice", id=mail.id)["email"] is not None
    kit.restrict(lists, list_id)
    assert lists.data(MAIL, user="alice", id=mail.id)["email"] is None
    assert lists.data(MAIL, id=mail.id)["email"] is not None


def _contents(client: Client, list_id: int) -> list[int]:
    kit.restrict(client, list_id)
    kit.patchset(client, list_id, 1)
    found = client.data(CONTENTS, user="bob", owner="jdoe")["user"]["list"]
    return [len(page["results"]) for page in found.values()]


def test_contents_without_the_right_to_browse(lists: Client, lists2026: Client) -> None:
    assert _contents(lists, kit.mailing_list(lists)) == [1, 1, 1]
    assert lists.errors(ROOTS, user="bob") == [NULL]
    assert _contents(lists2026, kit.mailing_list(lists2026)) == [0, 0, 0]
    assert lists2026.data(ROOTS, user="bob")["user"]["list"] == {"threads": {"results": []}}


def test_a_subscription_to_a_hidden_list_is_made_and_hides_all_others(lists: Client) -> None:
    hidden = kit.mailing_list(lists, visibility="PRIVATE")
    assert lists.errors(SUBSCRIBE, user="bob", id=hidden) == [NULL]
    assert lists.errors(SUBSCRIPTIONS, user="bob") == [NULL]
    assert lists.data(UNSUBSCRIBE, user="bob", id=hidden)["mailingListUnsubscribe"] is not None
    assert lists.data(SUBSCRIPTIONS, user="bob")["subscriptions"]["results"]


def test_subscribing_twice_and_unsubscribing_twice(lists: Client) -> None:
    list_id = kit.mailing_list(lists)
    first, second = (lists.data(SUBSCRIBE, user="bob", id=list_id)["mailingListSubscribe"] for _ in range(2))
    assert first == second
    assert lists.data(UNSUBSCRIBE, user="bob", id=list_id)["mailingListUnsubscribe"] == {"id": first["id"]}
    assert lists.data(UNSUBSCRIBE, user="bob", id=list_id)["mailingListUnsubscribe"] is None


def test_patchsets_are_changed_by_owners_and_moderators(lists: Client) -> None:
    list_id = kit.mailing_list(lists)
    patchset = kit.patchset(lists, list_id)
    kit.grant(lists, list_id, "alice", Access.BROWSE, Access.MODERATE)
    for user in ("jdoe", "alice"):
        assert lists.data(STATUS, user=user, id=patchset.id)["updatePatchset"] == {"status": "APPLIED"}
        assert lists.data(TOOL, user=user, id=patchset.id)["createTool"] == {"patchset": {"id": patchset.id}}
    assert lists.data(STATUS, user="bob", id=patchset.id)["updatePatchset"] is None
    assert lists.errors(TOOL, user="bob", id=patchset.id) == [
        'sql: Scan error on column index 5, name "patchset_id": converting NULL to int is unsupported'
    ]


def test_a_changed_tool_is_the_last(lists: Client) -> None:
    patchset = kit.patchset(lists, kit.mailing_list(lists))
    made = [lists.data(TOOL, id=patchset.id)["createTool"] for _ in range(2)]
    first, second = (tool.id for tool in lists.store.tools if tool.patchset_id == patchset.id)
    lists.data("mutation ($id: Int!) { updateTool(id: $id, icon: SUCCESS) { id } }", id=first)
    listed = lists.data("query ($id: Int!) { patchset(id: $id) { tools { id icon } } }", id=patchset.id)
    assert len(made) == 2
    assert listed["patchset"]["tools"] == [{"id": second, "icon": "PENDING"}, {"id": first, "icon": "SUCCESS"}]
