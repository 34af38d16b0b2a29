"""Pages that lose rows, come again or never end (lists dossier, 4.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shim import crypto

from ...conftest import Client
from . import kit

LISTED = """
query ($cursor: Cursor) {
  me { list(name: "fresh") {
    emails(cursor: $cursor) { results { id } cursor }
    threads(cursor: $cursor) { results { id: root { id } } cursor }
    patches(cursor: $cursor) { results { id } cursor }
  } }
}
"""
THREAD = """
query ($id: Int!, $cursor: Cursor) {
  email(id: $id) { thread { descendants(cursor: $cursor) { results { id } cursor } } }
}
"""
PATCHES = """
query ($id: Int!, $cursor: Cursor) { patchset(id: $id) { patches(cursor: $cursor) { results { id } cursor } } }
"""
LISTS = "query ($cursor: Cursor) { me { lists(cursor: $cursor) { results { name } cursor } } }"
SENT = "query ($cursor: Cursor) { me { emails(cursor: $cursor) { results { id } cursor } } }"


def _ids(page: dict[str, Any]) -> list[Any]:
    return [row["id"]["id"] if isinstance(row["id"], dict) else row["id"] for row in page["results"]]


def _walk(client: Client, field: str, most: int = 9) -> list[list[int]]:
    """The ids on each page of a field of the list `fresh`."""
    pages: list[list[int]] = []
    cursor = None
    while len(pages) < most and (cursor or not pages):
        page = client.data(LISTED, cursor=cursor)["me"]["list"][field]
        pages.append(_ids(page))
        cursor = page["cursor"]
    return pages


@pytest.mark.parametrize("field", ["emails", "threads"])
def test_the_row_behind_a_page_is_lost(lists: Client, field: str) -> None:
    list_id = kit.mailing_list(lists)
    ids = [kit.email(lists, list_id, minute).id for minute in range(60)][::-1]
    assert _walk(lists, field) == [ids[:25], ids[26:51], ids[52:]]


def test_so_is_every_row_within_its_second(lists: Client) -> None:
    list_id = kit.mailing_list(lists)
    rows = [kit.email(lists, list_id, minute) for minute in range(30)][::-1]
    rows[26].received = rows[25].received - timedelta(microseconds=249_999)
    rows[27].received = rows[25].received - timedelta(microseconds=250_000)
    ids = [row.id for row in rows]
    assert _walk(lists, "emails") == [ids[:25], ids[27:]]


def test_rows_of_the_same_whole_second_never_end(lists: Client) -> None:
    list_id = kit.mailing_list(lists)
    for _ in range(26):
        row = kit.email(lists, list_id)
        row.received = row.received.replace(microsecond=0)
    first, *others = _walk(lists, "emails")
    assert len(others) == 8
    assert all(page == first for page in others)


def test_patchsets_lose_rows_as_well(lists: Client) -> None:
    list_id = kit.mailing_list(lists)
    rows = [kit.patchset(lists, list_id, 0) for _ in range(27)]
    for minute, row in enumerate(rows):
        row.created += timedelta(minutes=minute)
    ids = [row.id for row in rows][::-1]
    assert _walk(lists, "patches") == [ids[:25], ids[26:]]


def test_a_second_page_of_lists_is_empty(lists: Client) -> None:
    first = lists.data(LISTS)["me"]["lists"]
    assert len(first["results"]) == 25
    assert lists.data(LISTS, cursor=first["cursor"])["me"]["lists"] == {"results": [], "cursor": None}


@pytest.mark.parametrize("era", ["lists", "lists2026"])
def test_a_second_page_of_rows_that_ascend_is_the_first(era: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(era)
    list_id = kit.mailing_list(client)
    root = kit.email(client, list_id)
    kit.replied(client, root, 27)
    thread = client.data(THREAD, id=root.id)["email"]["thread"]["descendants"]
    again = client.data(THREAD, id=root.id, cursor=thread["cursor"])["email"]["thread"]["descendants"]
    assert again == {**thread, "cursor": None}
    patchset = kit.patchset(client, list_id, 27)
    patches = client.data(PATCHES, id=patchset.id)["patchset"]["patches"]
    again = client.data(PATCHES, id=patchset.id, cursor=patches["cursor"])["patchset"]["patches"]
    assert (len(patches["results"]), again) == (25, {**patches, "cursor": None})


def test_sent_mail_comes_in_no_order_and_again(lists: Client) -> None:
    first = lists.data(SENT, user="alice")["me"]["emails"]
    ids = _ids(first)
    assert ids == sorted(ids)
    assert lists.data(SENT, user="alice", cursor=first["cursor"])["me"]["emails"]["results"] == first["results"]


@pytest.mark.parametrize(
    ("forged", "length", "more"),
    [
        ({"count": 3, "next": "", "search": ""}, 3, True),
        ({"count": 0, "next": "", "search": ""}, 0, True),
        ({"count": -1, "next": "", "search": ""}, 0, False),
        ({"count": 500, "next": "", "search": ""}, 30, False),
        ({"count": 25, "next": "x", "search": ""}, 0, False),
    ],
)
def test_forged_cursors_are_obeyed(lists: Client, forged: dict[str, Any], length: int, more: bool) -> None:
    list_id = kit.mailing_list(lists)
    for minute in range(30):
        kit.email(lists, list_id, minute)
    cursor = crypto.seal(lists.sandbox.instance.network_key, forged)
    page = lists.data(LISTED, cursor=cursor)["me"]["list"]["emails"]
    assert (len(page["results"]), page["cursor"] is not None) == (length, more)


def test_a_subscription_made_again_is_the_last(lists: Client) -> None:
    subscribe = "mutation ($id: Int!) { mailingListSubscribe(listID: $id) { id } }"
    listed = "{ subscriptions { results { id } cursor } }"
    before = _ids(lists.data(listed, user="alice")["subscriptions"])
    again = lists.data(subscribe, user="alice", id=4)["mailingListSubscribe"]["id"]
    assert again == before[0]
    assert _ids(lists.data(listed, user="alice")["subscriptions"]) == [*before[1:], again]
