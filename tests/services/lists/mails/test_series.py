"""Headers of series as Python's parser printed them, also where they are made to end it (lists 3.5)."""

from __future__ import annotations

import random

import pytest

from shim.sandbox.services.lists.email import Patch
from shim.services.lists.mails.series import headers_in
from shim.services.lists.resources import LONGEST_PRINTED, printed
from tests.kit import Asker
from tests.services.lists.kit import Archive, operations

BOTTOMLESS = "(" * 900
UNREADABLE = "8b@[ "


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("B. Other <x@y>", '"B. Other" <x@y>'),
        ("=?utf-8?q?Caf=C3=A9?= <x@y>", "Café <x@y>"),
        (BOTTOMLESS, BOTTOMLESS),
        (UNREADABLE, UNREADABLE),
        ('"' * (LONGEST_PRINTED + 1), '"' * (LONGEST_PRINTED + 1)),
    ],
)
def test_what_cannot_be_parsed_stays_as_it_is(header: str, expected: str) -> None:
    assert printed(header) == expected


def test_no_header_ends_a_page() -> None:
    chance = random.Random(1)  # noqa: S311
    for _ in range(3000):
        header = "".join(chance.choices('()<>@,;:\\"[] .=?utf-8qbA\x00\t\n\ré', k=chance.randrange(25)))
        assert isinstance(printed(header), str)


@pytest.mark.parametrize(
    ("head", "submitter", "name"),
    [
        ("From: A\n <a@b>\nMessage-ID:\n <1@b>\n", "A <a@b>", "<1@b>"),
        (f"FROM: {BOTTOMLESS}\nmessage-id: <1@b\n", BOTTOMLESS, "<1@b"),
        ("From: a@b\nFrom: c@d\nMessage-ID:\n", "a@b", ""),
        ("nothing of a header\n", None, None),
        ("", None, None),
    ],
)
def test_headers_of_a_message_out_of_an_archive(head: str, submitter: str | None, name: str | None) -> None:
    assert headers_in(head) == {"submitter": submitter, "reply_to": None, "message_id": name}


def test_a_bottomless_header_is_one_of_many(lists: Asker, archive: Archive) -> None:
    place = archive.list_id("demo-announce")
    series = archive.patchset(place)
    raw = f"From: {BOTTOMLESS}\r\nMessage-ID: <1@b>\r\n\r\ntext\r\n".encode()
    archive.mail(place, raw=raw, stored_id="<1@b>", patchset_id=series.id, is_patch=True, patch=Patch(1, 1))
    page = lists.get("/api/lists/demo-announce/patchsets", "jdoe")
    assert (page["results"][0]["submitter"], page["results"][0]["message_id"]) == (BOTTOMLESS, "<1@b>")


def test_a_thread_asks_once_for_the_patches_of_each_series(lists: Asker, archive: Archive) -> None:
    """Asked for at each mail they would come as often as there are mails, and end the server's process by its limit."""
    place = archive.list_id("demo-announce")
    others = [archive.patchset(place, i) for i in range(16)]
    root = archive.mail(place, replies=40, participants=1)
    for minute in range(1, 41):
        series = others[minute % 16].id
        archive.mail(place, minute, parent_id=root.id, thread_id=root.id, patchset_id=series, is_patch=True)
    answer = lists.open("GET", f"/api/thread/{root.id}", "jdoe")
    assert operations(answer) == {"Mail": 1, "ThreadsOfMails": 1, "Thread": 1, "GET": 1, "SeriesById": 2}
    last = {mail["patchset"]["id"]: mail["message_id"] for mail in answer.json[1:]}
    assert all(mail["patchset"]["message_id"] == last[mail["patchset"]["id"]] for mail in answer.json[1:])
    assert "X-Shim-Incomplete" not in answer.headers
