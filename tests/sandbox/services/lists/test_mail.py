"""Mail: who sent it, how it is found, and what cannot be read (lists dossier, 4.4)."""

from __future__ import annotations

from typing import Any

import pytest

from shim.sandbox.engine.errors import PANIC

from ...conftest import Client
from . import kit

SENDER = "query ($id: Int!) { email(id: $id) { messageID sender { __typename canonicalName } } }"
THREAD = "query ($id: Int!) { email(id: $id) { thread { replies } } }"
THREADS = 'query { me { list(name: "fresh") { threads { results { replies } } } } }'
HEADER = "query ($id: Int!, $name: String!) { email(id: $id) { header(want: $name) } }"
TWO = "query ($a: String!, $b: String!) { a: message(messageID: $a) { id } b: message(messageID: $b) { id } }"
ON_LIST = 'query ($id: String!) { me { list(name: "fresh") { message(messageID: $id) { id } } } }'
UTF7 = b"From: a@example.net\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+AOk-\r\n"


def _mail(client: Client, header: str, **columns: Any) -> int:
    raw = f"{header}\r\nTo: x\r\n\r\ntext\r\n".encode()
    return kit.email(client, kit.mailing_list(client), raw=raw, **columns).id


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("From: Erin <erin@example.net>", "Erin <erin@example.net>"),
        ("From: erin@example.net", " <erin@example.net>"),
        ('From: "Erin, E." <erin@example.net>', "Erin, E. <erin@example.net>"),
        ("From: =?utf-8?q?J=C3=B6rg?= <j@example.net>", "Jörg <j@example.net>"),
    ],
)
def test_strangers_are_known_by_their_address(lists: Client, header: str, shown: str) -> None:
    found = lists.data(SENDER, id=_mail(lists, header))["email"]["sender"]
    assert found == {"__typename": "Mailbox", "canonicalName": shown}


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("From: nobody in particular", "mail: no angle-addr"),
        ("From: nobody", "mail: missing '@' or angle-addr"),
        ("From: a@example.net, b@example.net", PANIC),
        ("Subject: from nobody", PANIC),
    ],
)
def test_senders_that_cannot_be_read(lists: Client, header: str, message: str) -> None:
    assert lists.errors(SENDER, id=_mail(lists, header)) == [message]


def test_headers_are_decoded_and_keep_their_spelling(lists: Client) -> None:
    mail = _mail(lists, "From: B. Other <b@example.net>\r\nX-A: one\r\n\ttwo\r\nx-a: =?utf-8?b?w7w=?=")
    assert lists.data(HEADER, id=mail, name="from")["email"]["header"] == ["B. Other <b@example.net>"]
    assert lists.data(HEADER, id=mail, name="X-A")["email"]["header"] == ["one two", "ü"]
    assert lists.data(HEADER, id=mail, name="Cc")["email"]["header"] == []


def test_a_charset_that_go_does_not_know(lists: Client) -> None:
    list_id = kit.mailing_list(lists)
    mail = kit.email(lists, list_id, raw=UTF7)
    reply = kit.email(lists, list_id, thread_id=mail.id)
    assert lists.data(HEADER, id=mail.id, name="From")["email"]["header"] == []
    assert lists.errors(THREADS) == [PANIC]
    for one in (mail, reply):
        assert kit.death(lists, query=THREAD, id=one.id) == f"the thread of mail {mail.id}, whose charset is unknown"


@pytest.mark.parametrize(("stored", "shown"), [("<a@b>", "a@b"), ("a@b", "a@b"), ("<a", "<a"), ("", "")])
def test_ids_are_shown_without_brackets(lists: Client, stored: str, shown: str) -> None:
    mail = _mail(lists, "From: a@example.net", stored_id=stored)
    assert lists.data(SENDER, id=mail)["email"]["messageID"] == shown


def test_a_message_is_found_by_both_spellings_at_once(lists: Client) -> None:
    mail = {"id": _mail(lists, "From: a@example.net", stored_id="<both@b>")}
    assert lists.data(TWO, a="<both@b>", b="both@b") == {"a": None, "b": mail}
    assert lists.data(TWO, a="<both@b>", b="<both@b>") == {"a": None, "b": None}
    assert lists.data(TWO, a="both@b", b="both@b") == {"a": None, "b": None}


def test_a_message_on_two_lists_is_the_later_one(lists: Client) -> None:
    first = kit.email(lists, kit.mailing_list(lists, "one"), stored_id="<two@b>")
    second = kit.email(lists, kit.mailing_list(lists, "two"), stored_id="<two@b>")
    assert lists.data(TWO, a="<two@b>", b="two@b")["b"] == {"id": second.id}
    assert first.id < second.id


def test_in_2026_a_message_is_found_on_its_list_as_it_is_stored(lists2026: Client) -> None:
    mail = _mail(lists2026, "From: a@example.net", stored_id="<on@list>")
    assert lists2026.data(ON_LIST, id="<on@list>")["me"]["list"]["message"] == {"id": mail}
    assert lists2026.data(ON_LIST, id="on@list")["me"]["list"]["message"] is None


@pytest.mark.parametrize("field", ["email", "patchset"])
@pytest.mark.parametrize(("number", "dies"), [(2**31 - 1, False), (2**31, True), (-(2**31) - 1, True)])
@pytest.mark.parametrize("era", ["lists", "lists2026"])
def test_ids_that_kill(era: str, field: str, number: int, dies: bool, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(era)
    query = f"query ($id: Int!) {{ {field}(id: $id) {{ id }} }}"
    assert (kit.death(client, query=query, id=number) is not None) is dies


@pytest.mark.parametrize(
    ("query", "dies"),
    [
        ("mutation ($id: Int!) { deleteMailingList(id: $id) { id } }", True),
        ("mutation ($id: Int!) { updateMailingList(id: $id, input: {description: null}) { id } }", False),
        ("mutation ($id: Int!) { updatePatchset(id: $id, status: APPLIED) { id } }", False),
        ("mutation ($id: Int!) { mailingListSubscribe(listID: $id) { id } }", False),
        ("query ($id: Int!) { userWebhook(id: $id) { id } }", False),
    ],
)
def test_which_mutations_die_of_an_id(lists: Client, query: str, dies: bool) -> None:
    assert (kit.death(lists, query=query, id=2**31) is not None) is dies
    if not dies:
        assert lists.errors(query, id=2**31) == ['pq: value "2147483648" is out of range for type integer']


@pytest.mark.parametrize(
    "query",
    [
        "query ($text: String!) { user(username: $text) { id } }",
        "query ($text: String!) { me { list(name: $text) { id } } }",
        "query ($text: String!) { message(messageID: $text) { id } }",
    ],
)
def test_a_nul_kills_what_looks_up_names(lists: Client, query: str) -> None:
    assert kit.death(lists, query=query, text="a\0b") == "a lookup of 'a\\x00b'"
