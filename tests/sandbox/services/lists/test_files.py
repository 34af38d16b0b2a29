"""Downloads: messages and spools of them (lists dossier, 4.4)."""

from __future__ import annotations

import pytest

from shim.sandbox.services.lists.email import Patch

from ...conftest import Client
from . import kit

RAW = b"From: a@example.net\r\n\r\nFrom here\r\n>From there\r\n\xff\r\n"


def _get(client: Client, path: str, user: str = "bob", method: str = "GET") -> tuple[int, bytes]:
    answer = client.open(f"/query/{path}", method, headers=client.bearer(user))
    return answer.status_code, answer.get_data()


def test_a_message_is_the_bytes_that_came(lists: Client) -> None:
    mail = kit.email(lists, kit.mailing_list(lists), raw=RAW)
    answer = lists.open(f"/query/email/{mail.id}", headers=lists.bearer("bob"))
    assert (answer.get_data(), answer.headers["Content-Type"]) == (RAW, "message/rfc822")


def test_a_spool_has_lines_of_its_own(lists: Client) -> None:
    list_id = kit.mailing_list(lists)
    kit.email(lists, list_id, raw=RAW)
    spool = b"From a@example.net Fri Mar  1 12:00:00 2024\nFrom: a@example.net\n\n>From here\n>From there\n\xff\n\n\n"
    assert _get(lists, f"list/{list_id}.mbox") == (200, spool)


def test_patches_come_in_their_order_with_the_status(lists: Client) -> None:
    list_id = kit.mailing_list(lists)
    patchset = kit.patchset(lists, list_id, 0)
    for minute, index in enumerate((3, 1, 2)):
        kit.email(lists, list_id, minute, patchset_id=patchset.id, is_patch=True, patch=Patch(index, 1))
    kit.email(lists, list_id, 9, patchset_id=patchset.id)
    status, spool = _get(lists, f"patchset/{patchset.id}.mbox")
    times = [line[-13:-5] for line in spool.split(b"\n") if line.startswith(b"From ")]
    assert (status, times) == (200, [b"12:01:00", b"12:02:00", b"12:00:00"])
    assert spool.count(b"\nX-Sourcehut-Patchset-Final: proposed\nFrom: ") == 3


def test_a_private_list_is_open_while_everybody_may_browse(lists: Client) -> None:
    list_id = kit.mailing_list(lists, visibility="PRIVATE")
    root = kit.email(lists, list_id)
    kit.replied(lists, root, 2)
    assert _get(lists, f"list/{list_id}.mbox")[1].count(b"Message-ID") == 3
    assert _get(lists, f"thread/{root.id}.mbox")[1].count(b"Message-ID") == 3
    kit.restrict(lists, list_id)
    assert _get(lists, f"list/{list_id}.mbox") == (404, b"Not found\r\n")
    assert _get(lists, f"thread/{root.id}.mbox")[1].count(b"Message-ID") == 1
    assert kit.death(lists, f"/query/email/{root.id}", user="bob")


def test_the_last_days(lists: Client) -> None:
    list_id = kit.mailing_list(lists)
    kit.email(lists, list_id)
    assert _get(lists, f"list/{list_id}.mbox?since=30") == (404, b"Not found\r\n")
    assert _get(lists, f"list/{list_id}.mbox?since=36500")[0] == 200
    assert _get(lists, f"list/{list_id}.mbox?since=x") == (400, b"Invalid since days\r\n")


def test_no_mail_at_all_is_an_empty_answer_in_2026(lists2026: Client) -> None:
    assert _get(lists2026, f"list/{kit.mailing_list(lists2026)}.mbox") == (200, b"")


@pytest.mark.parametrize(
    ("path", "text"),
    [("email/x", "mail"), ("thread/x.mbox", "thread"), ("list/1x.mbox", "mailing list")],
)
def test_numbers_that_are_none(lists: Client, path: str, text: str) -> None:
    assert _get(lists, path) == (400, f"Invalid {text} ID\r\n".encode())


@pytest.mark.parametrize("number", [0, 999999, 2**31])
def test_a_message_that_is_not_there_kills(lists: Client, number: int) -> None:
    assert kit.death(lists, f"/query/email/{number}")


@pytest.mark.parametrize("path", ["email/21", "list/1.mbox"])
def test_only_get(lists: Client, path: str) -> None:
    assert _get(lists, path, method="HEAD")[0] == _get(lists, path, method="POST")[0] == 405
