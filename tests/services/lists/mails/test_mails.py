"""Single mails and threads: odd encodings, missing names, and what must not be asked (lists 3.4, 4.4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shim.services.lists.posts import _is_about_a_root
from shim.upstream import FieldError
from tests.cassettes import FIXTURES
from tests.kit import Asker
from tests.services.lists.kit import Archive, operations

MAILS = FIXTURES / "lists" / "data" / "mails"
UTF_7 = b"From: J <jdoe@example.org>\r\nMessage-ID: <u@x>\r\nContent-Type: text/plain; charset=utf-7\r\n\r\nHi\r\n"


@pytest.mark.parametrize(
    "row_id", [280, 281, 282, 283, 284, 285, 286, 287, 288, 290, 291, 293, 295, 297, 298, 301, 306]
)
def test_an_envelope_is_what_was_stored(lists: Asker, row_id: int) -> None:
    told = lists.get(f"/api/emails/{row_id}", "jdoe")
    assert told["envelope"] == (MAILS / f"{row_id}.eml").read_bytes().decode("utf-8", "replace")


def test_bytes_that_are_no_utf8_are_replaced_in_ascii_json(lists: Asker, archive: Archive) -> None:
    raw = (
        b"From: E <e@example.net>\r\nMessage-ID: <l@x>\r\nContent-Type: text/plain; charset=latin-1\r\n\r\nCaf\xe9\r\n"
    )
    mail = archive.mail(archive.list_id("demo-announce"), raw=raw, stored_id="<l@x>", body="Café\r\n")
    answer = lists.open("GET", f"/api/emails/{mail.id}", "jdoe")
    assert answer.content_type == "application/json"
    assert b"Caf\\ufffd" in answer.data
    assert answer.data.isascii()


def test_a_mail_without_a_name(lists: Asker, archive: Archive) -> None:
    mail = archive.mail(archive.list_id("demo-announce"), stored_id="")
    assert lists.get(f"/api/emails/{mail.id}", "jdoe")["message_id"] == ""
    assert lists.get("/api/lists/demo-announce/posts", "jdoe")["results"][0]["message_id"] == ""


@pytest.mark.parametrize("path", ["/api/emails/{}", "/api/thread/{}"])
def test_a_mail_that_cannot_be_read_is_answered(lists: Asker, archive: Archive, path: str) -> None:
    """Its thread would end the server's process: the fixture says that nothing did."""
    root = archive.mail(archive.list_id("demo-announce"), raw=UTF_7, stored_id="<u@x>")
    answer = lists.open("GET", path.format(root.id), "jdoe")
    assert answer.status_code == 200
    assert "ThreadsOfMails" not in operations(answer)
    assert "Thread" not in operations(answer)


def test_an_answer_to_a_mail_that_cannot_be_read(lists: Asker, archive: Archive) -> None:
    place = archive.list_id("demo-announce")
    root = archive.mail(place, raw=UTF_7, stored_id="<u@x>")
    raw = b"From: E <e@example.net>\r\nMessage-ID: <r@x>\r\nIn-Reply-To: <u@x>\r\n\r\nyes\r\n"
    reply = archive.mail(place, 1, raw=raw, stored_id="<r@x>", parent_id=root.id, thread_id=root.id)
    told = lists.get(f"/api/emails/{reply.id}", "jdoe")
    assert (told["parent_id"], told["thread_id"], told["replies"], told["participants"]) == (root.id, root.id, 0, 1)
    page = lists.get("/api/lists/demo-announce/posts?search=%20", "jdoe")
    assert [row["thread_id"] for row in page["results"][:2]] == [root.id, None]
    assert lists.get("/api/lists/demo-announce/posts", "jdoe")["results"][0]["id"] == root.id


def test_a_mail_under_another_whose_parent_was_deleted_has_its_thread_only_where_it_can_be_told(
    lists: Asker, archive: Archive
) -> None:
    place = archive.list_id("demo-announce")
    bad = archive.mail(place, raw=UTF_7, stored_id="<u@x>")
    raw = b"From: E <e@example.net>\r\nMessage-ID: <r@x>\r\nIn-Reply-To: <gone@x>\r\n\r\nyes\r\n"
    orphan = archive.mail(place, 1, raw=raw, stored_id="<r@x>", thread_id=bad.id)
    answer = lists.open("GET", f"/api/emails/{orphan.id}", "jdoe")
    assert answer.json["thread_id"] is None
    assert answer.headers["X-Shim-Incomplete"] == "1"
    assert "ThreadsOfMails" not in operations(answer)
    assert lists.get("/api/emails/64", "jdoe")["thread_id"] == 62


@pytest.mark.parametrize(
    "path", ["/api/emails/{}", "/api/thread/{}", "/api/subscriptions/{}", "/api/lists/misc/patchsets/{}"]
)
@pytest.mark.parametrize("row_id", ["2147483648", "99999999999999999999", "-1", "1e3", "%C3%BC"])
def test_ids_that_no_row_has_are_not_found(lists: Asker, path: str, row_id: str) -> None:
    missing = lists.open("GET", path.format(row_id), "alice")
    assert (missing.status_code, missing.json) == (404, {"errors": [{"reason": "404 not found"}]})


def test_a_lines_begin_in_an_archive_is_undone(lists: Asker, archive: Archive) -> None:
    place = archive.list_id("demo-announce")
    root = archive.mail(place, replies=4, participants=1)
    raws = {}
    for number in range(4):
        name = f"<m{number}@x>"
        raw = f"From: E <e@x>\r\nMessage-ID: {name}\r\nIn-Reply-To: {root.stored_id}\r\n\r\nFrom here\r\n\r\n".encode()
        mail = archive.mail(place, number + 1, raw=raw, stored_id=name, parent_id=root.id, thread_id=root.id)
        raws[mail.id] = raw.decode()
    answer = lists.open("GET", f"/api/thread/{root.id}", "jdoe")
    assert {mail["id"]: mail["envelope"] for mail in answer.json[1:]} == raws
    assert [mail["id"] for mail in answer.json] == [root.id, *raws]
    assert operations(answer)["GET"] == 1


@pytest.mark.parametrize("paging", ["auto", "walk"])
def test_a_thread_is_whole(ask: Callable[..., Asker], paging: str) -> None:
    thread = ask(paging).open("GET", "/api/thread/82", "jdoe")
    assert len(thread.json) == 32
    assert thread.json[0]["replies"] == 31
    assert {mail["thread_id"] for mail in thread.json[1:]} == {82}


def test_an_address_names_the_caller_alone(lists: Asker) -> None:
    assert lists.get("/api/user/jdoe@example.org", "jdoe") == lists.get("/api/user", "jdoe")
    assert lists.get("/api/user/jdoe@example.org/lists", "jdoe") == lists.get("/api/lists", "jdoe")
    for path in ("/api/user/alice@example.org", "/api/user/alice@example.org/emails", "/api/user/~jdoe@example.org"):
        assert lists.open("GET", path, "jdoe").status_code == 404


def test_an_archive_is_no_larger_than_any_answer(ask: Callable[..., Asker], archive: Archive) -> None:
    place = archive.list_id("demo-announce")
    root = archive.mail(place, replies=4, participants=1)
    for number in range(4):
        raw = b"From: E <e@x>\r\nMessage-ID: <m%d@x>\r\n\r\n%s\r\n" % (number, b"x" * 20_000)
        archive.mail(place, number, raw=raw, stored_id=f"<m{number}@x>", parent_id=root.id, thread_id=root.id)
    answer = ask(answer_limit="50K").open("GET", f"/api/thread/{root.id}", "jdoe")
    assert answer.status_code == 502
    assert operations(answer)["GET"] == 1
    assert len(ask().get(f"/api/thread/{root.id}", "jdoe")) == 5


@pytest.mark.parametrize("walks", ["auto", "walk"])
def test_a_long_thread_is_as_whole_as_the_calls_allow(ask: Callable[..., Asker], archive: Archive, walks: str) -> None:
    place = archive.list_id("demo-announce")
    root = archive.mail(place, replies=60, participants=1)
    for minute in range(1, 61):
        archive.mail(place, minute, parent_id=root.id, thread_id=root.id)
    answer = ask(walks).open("GET", f"/api/thread/{root.id}", "jdoe")
    assert answer.status_code == 200
    assert len(answer.json) == 61 or (walks == "walk" and len(answer.json) >= 26)
    assert answer.headers.get("X-Shim-Incomplete") == (None if walks == "auto" else "1")


def test_a_failure_without_a_place_is_not_about_a_root() -> None:
    assert not _is_about_a_root(FieldError("internal system error"))
    assert _is_about_a_root(FieldError("internal system error", ("owner", "rows", "threads")))
