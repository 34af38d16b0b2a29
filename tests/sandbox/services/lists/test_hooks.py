"""Webhooks: the recorded deliveries, and who hears of what."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from shim.recordings.answer import Answer
from shim.sandbox.services.lists import kinds

from ...conftest import ROOT, Client
from ...recorded import load, play
from . import kit

CREATE = {
    "user": "mutation ($config: UserWebhookInput!) { createUserWebhook(config: $config) { id } }",
    "list": """
        mutation ($list: Int!, $config: MailingListWebhookInput!) {
          createMailingListWebhook(listId: $list, config: $config) { id }
        }
    """,
}
KINDS = {kind.name: kind for kind in (kinds.USER, kinds.LIST)}
UPDATE = "mutation ($id: Int!) { updateMailingList(id: $id, input: {description: null}) { id } }"
RIGHTS = """
mutation ($id: Int!, $input: ACLInput!) { updateMailingListACL(listID: $id, input: $input) { defaultACL { post } } }
"""
DELETE = "mutation ($id: Int!) { deleteMailingList(id: $id) { id } }"
TELL = {
    "user": "mutation ($mail: Int!) { triggerUserEmailWebhooks(emailId: $mail) { id } }",
    "list": "mutation ($list: Int!, $mail: Int!) { triggerListEmailWebhooks(listId: $list, emailId: $mail) { id } }",
}
FORGET = "mutation ($id: Int!) { deleteMailingListWebhook(id: $id) { id } }"
PAYLOAD = "query { webhook { event ... on MailingListEvent { list { name } } } }"
PAIRS = [item for item in load(ROOT / "lists" / "webhooks" / "lists.yaml") if item["native"]]
RIGHTS_ALL = ("browse", "reply", "post", "moderate")
# In the order of the recordings, of which one changes what the next tells.
TRIGGERS: dict[str, tuple[str, dict[str, Any]]] = {
    "PUT /api/lists/demo-devel, description emptied": (UPDATE, {"id": 1}),
    "updateMailingListACL, nothing allowed": (RIGHTS, {"id": 1, "input": dict.fromkeys(RIGHTS_ALL, False)}),
    "updateMailingListACL, everything allowed": (RIGHTS, {"id": 1, "input": dict.fromkeys(RIGHTS_ALL, True)}),
    "DELETE /api/lists/closed-desk": (DELETE, {"id": 9}),
}


def _subscribe(client: Client, kind: str, user: str, query: str = PAYLOAD, **place: Any) -> None:
    """Subscribe to all events of a kind."""
    url = f"http://receiver.example.net/{kind}/{user}/{len(client.receiver.answers)}"
    config = {"url": url, "events": list(KINDS[kind].events), "query": query}
    client.data(CREATE[kind], user=user, config=config, **place)
    client.receiver.answers[url] = Answer(200, {}, b"")


def _events(client: Client) -> list[tuple[str, str]]:
    """What came to whom since the last time: the first two parts of the path, and the event."""
    client.sandbox.drain()
    got = [(url, headers) for url, headers, _ in client.receiver.got if url in client.receiver.answers]
    client.receiver.got.clear()
    return [(urlsplit(url).path.rpartition("/")[0][1:], headers["X-Webhook-Event"]) for url, headers in got]


def _got(client: Client) -> list[tuple[str, str]]:
    """The bodies that came to receivers that answer, with their addresses."""
    client.sandbox.drain()
    answering = client.receiver.answers
    return [(url, body.decode()) for url, _, body in client.receiver.got if url in answering]


def _comparable(body: str) -> str:
    return re.sub(r'"(uuid|date)":"[^"]*"', r'"\1":""', body)


def test_recorded_deliveries_of_2024(lists: Client) -> None:
    query = PAIRS[0]["native"][0]["query"]
    _subscribe(lists, "user", "jdoe", query)
    for list_id in (1, 9):
        _subscribe(lists, "list", "jdoe", query, list=list_id)
    for trigger, (document, variables) in TRIGGERS.items():
        lists.receiver.got.clear()
        lists.data(document, **variables)
        recorded = {
            native["to"]: native["body"] for item in PAIRS if item["trigger"] == trigger for native in item["native"]
        }
        assert recorded.keys() == {"user-native", "list-native"}
        assert [_comparable(body) for _, body in _got(lists)] == [_comparable(body) for body in recorded.values()]


def test_recorded_deliveries_of_2026(lists2026: Client) -> None:
    """But for those of mail that was sent, which the recorder did not keep."""
    folder = ROOT / "era2026" / "lists"
    items = [item for item in load(folder / "graphql" / "webhooks.yaml") if item["operation"] != "Archive"]
    configs = [item["variables"]["config"] for item in items if "config" in item["variables"]]
    lists2026.receiver.answers = {config["url"]: Answer(200, {}, b"") for config in configs}
    play(lists2026, items)
    sent = [one for one in load(folder / "webhooks.yaml") if one["headers"]["X-Webhook-Event"].startswith("LIST_")]
    got = _got(lists2026)
    assert [urlsplit(url).path for url, _ in got] == [delivery["path"] for delivery in sent]
    for (_, body), delivery in zip(got, sent, strict=True):
        assert lists2026.symbols.compare(delivery["body"], body) is None


def test_lists_are_told_of_to_who_acts_and_who_follows(lists: Client) -> None:
    _subscribe(lists, "user", "jdoe")
    _subscribe(lists, "user", "bob")
    list_id = kit.mailing_list(lists)
    assert _events(lists) == [("user/jdoe", "LIST_CREATED")]
    _subscribe(lists, "list", "bob", list=list_id)
    for query, event in ((UPDATE, "LIST_UPDATED"), (DELETE, "LIST_DELETED")):
        lists.data(query, id=list_id)
        assert _events(lists) == [("user/jdoe", event), ("list/bob", event)]


def test_webhooks_of_a_deleted_list_stay_in_2024_only(lists: Client, lists2026: Client) -> None:
    for client in (lists, lists2026):
        list_id = kit.mailing_list(client)
        _subscribe(client, "list", "jdoe", list=list_id)
        (hook,) = client.store.webhooks["list"].where(lambda row, list_id=list_id: row.parent == list_id)
        client.data(DELETE, id=list_id)
        gone = client is lists2026
        assert ("errors" in client.ask(FORGET, id=hook.id)) is gone


@pytest.mark.parametrize("kind", TELL)
def test_a_mail_and_the_patchset_that_it_completes(lists: Client, kind: str) -> None:
    list_id = kit.mailing_list(lists)
    patchset = kit.patchset(lists, list_id, 2)
    first, last = lists.store.emails.where(lambda row: row.patchset_id == patchset.id)
    place: dict[str, Any] = {"list": list_id} if kind == "list" else {}
    _subscribe(lists, kind, "jdoe", **place)
    for mail, events in ((first, ["EMAIL_RECEIVED"]), (last, ["EMAIL_RECEIVED", "PATCHSET_RECEIVED"])):
        lists.data(TELL[kind], internal=True, mail=mail.id, **place)
        assert _events(lists) == [(f"{kind}/jdoe", event) for event in events]


def test_only_other_servers_tell_of_mail(lists: Client) -> None:
    mail = kit.email(lists, kit.mailing_list(lists))
    assert lists.errors(TELL["user"], mail=mail.id) == ["Internal auth access denied"]


def test_the_hub_hangs_webhooks_on_what_it_sees(lists: Client) -> None:
    hidden = kit.mailing_list(lists, visibility="PRIVATE")
    config = {"url": "http://receiver.example.net", "events": ["LIST_UPDATED"], "query": PAYLOAD}
    assert lists.errors(CREATE["list"], user="bob", list=hidden, config=config) == ["Access denied"]
    config["events"] = ["LIST_CREATED"]
    assert lists.errors(CREATE["list"], list=hidden, config=config) == ["Unsupported event LIST_CREATED"]
