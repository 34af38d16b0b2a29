"""Pages of posts and patchsets, which upstream orders by time and cuts where a second is over (lists 4.2)."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from shim.services.lists.asking.paging import _position
from tests.kit import Asker
from tests.services.lists.kit import Archive, operations

POSTS = "/api/lists/demo-announce/posts"


def ids(page: dict) -> list[int]:
    return [row["id"] for row in page["results"]]


@pytest.fixture
def sixty(archive: Archive) -> list[int]:
    """The ids of sixty roots that came a minute after each other, on a list with two others, the newest first."""
    place = archive.list_id("demo-announce")
    made = [archive.mail(place, minute).id for minute in range(60)]
    return made[::-1]


@pytest.mark.parametrize("paging", ["auto", "walk"])
def test_two_pages_hold_every_root_once(ask: Callable[..., Asker], sixty: list[int], paging: str) -> None:
    """Without the key the ids between the old mails and the new ones are too many to be looked up."""
    first = ask(paging).open("GET", POSTS, "jdoe")
    assert ids(first.json) == sixty[:50]
    assert (first.json["next"], first.json["total"]) == (str(sixty[50]), 62)
    assert first.headers.get("X-Shim-Incomplete") == (None if paging == "auto" else "1")
    second = ask(paging).get(f"{POSTS}?start={first.json['next']}", "jdoe")
    assert ids(second)[:10] == sixty[50:]
    assert (second["next"], second["total"], len(second["results"])) == (None, 62, 12)


@pytest.mark.parametrize("paging", ["auto", "walk"])
def test_a_list_may_change_between_two_pages(
    ask: Callable[..., Asker], archive: Archive, sixty: list[int], paging: str
) -> None:
    first = ask(paging).get(POSTS, "jdoe")
    archive.mail(archive.list_id("demo-announce"), 99)
    archive.store.emails.remove(archive.store.emails.get(sixty[10]))
    second = ask(paging).get(f"{POSTS}?start={first['next']}", "jdoe")
    assert ids(second)[:10] == sixty[50:]
    assert second["total"] == 62
    archive.store.emails.remove(archive.store.emails.get(sixty[50]))
    assert ids(ask(paging).get(f"{POSTS}?start={first['next']}", "jdoe"))[:9] == sixty[51:]


def test_a_page_beyond_the_budget_is_short_and_its_next_is_right(
    ask: Callable[..., Asker], archive: Archive, sixty: list[int]
) -> None:
    short = ask("walk", page_budget="2").open("GET", POSTS, "jdoe")
    assert ids(short.json) == sixty[:24]
    assert (short.json["next"], short.json["total"]) == (str(sixty[24]), 26)
    assert short.headers["X-Shim-Incomplete"] == "1"
    beyond = ask("walk", page_budget="2").open("GET", f"{POSTS}?start={short.json['next']}", "jdoe")
    assert beyond.status_code == 501
    assert ids(ask("walk").get(f"{POSTS}?start={short.json['next']}", "jdoe"))[:36] == sixty[24:]


def test_a_long_list_is_read_around_the_bound(
    ask: Callable[..., Asker], sixty: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shim.services.lists.asking.paging.MOST_KEYS", 20)
    monkeypatch.setattr("shim.services.lists.asking.paging.MOST_FURTHER", 0)
    first = ask().open("GET", POSTS, "jdoe")
    assert ids(first.json) == sixty[:19]
    assert (first.json["next"], first.json["total"]) == (str(sixty[19]), 21)
    assert first.headers["X-Shim-Incomplete"] == "1"
    second = ask().open("GET", f"{POSTS}?start={first.json['next']}", "jdoe")
    assert ids(second.json) == sixty[19:38]
    assert operations(second) == {"Posts": 3, "MailKeys": 1}
    last = ask().get(f"{POSTS}?start={sixty[45]}", "jdoe")
    assert ids(last)[:15] == sixty[45:]


def test_more_is_read_where_a_bound_is_gone_or_few_mails_are_wanted(
    ask: Callable[..., Asker], archive: Archive, sixty: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shim.services.lists.asking.paging.MOST_KEYS", 30)
    for gone in sixty[40:42]:
        archive.store.emails.remove(archive.store.emails.get(gone))
    assert ids(ask().get(f"{POSTS}?start={sixty[40]}", "jdoe"))[:18] == sixty[42:]
    place, root = archive.list_id("demo-announce"), sixty[0]
    for minute in range(60, 100):
        archive.mail(place, minute, parent_id=root, thread_id=root)
    answer = ask().open("GET", POSTS, "jdoe")
    assert ids(answer.json) == sixty[:18]
    assert answer.json["next"] == str(sixty[18])
    assert sum(operations(answer).values()) <= 8


def test_mails_that_all_answer_others_leave_a_page_empty_with_a_next_one(
    ask: Callable[..., Asker], archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shim.services.lists.asking.paging.MOST_KEYS", 5)
    place = archive.list_id("demo-announce")
    root = archive.mail(place)
    for minute in range(1, 60):
        archive.mail(place, minute, parent_id=root.id, thread_id=root.id)
    found, start = [], ""
    for _ in range(20):
        page = ask().get(f"{POSTS}?start={start}", "jdoe")
        found += ids(page)
        start = page["next"]
        if start is None:
            break
    assert start is None
    assert found[0] == root.id
    assert len(found) == 3


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("paging", ["auto", "walk"])
@pytest.mark.parametrize("kind", ["posts", "patchsets"])
def test_pages_hold_every_row_once_while_others_come(
    ask: Callable[..., Asker],
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    paging: str,
    kind: str,
) -> None:
    """Ids are those of all lists, many rows come in one second, and a page takes more reading than one look."""
    chance = random.Random(seed)  # noqa: S311
    monkeypatch.setattr("shim.services.lists.asking.paging.MOST_KEYS", 60)
    place, elsewhere = archive.list_id("demo-announce"), archive.list_id("demo-devel")
    seconds = 0.0
    made: list[int] = []

    def come() -> None:
        nonlocal seconds
        seconds += chance.choice([0, 0.001, 0.4, 7])
        where = elsewhere if chance.random() < 0.5 else place
        row = archive.patchset(where, seconds) if kind == "patchsets" else archive.mail(where, seconds / 60)
        if where == place:
            made.append(row.id)

    for _ in range(420 if paging == "auto" else 160):
        come()
    expected, path = made[::-1], f"/api/lists/demo-announce/{kind}"
    found, start, calls = [], "", 0
    while start is not None:
        answer = ask(paging).open("GET", f"{path}?start={start}", "jdoe")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found += ids(answer.json)
        start, calls = answer.json["next"], max(calls, sum(operations(answer).values()))
        for _ in range(3):
            come()
    assert found == sorted(set(found), reverse=True)
    assert calls <= 8 or paging == "walk"
    if paging == "auto":
        assert [i for i in found if i in set(expected)] == expected


def test_a_page_from_the_start_takes_one_call(lists: Asker, sixty: list[int]) -> None:
    assert operations(lists.open("GET", POSTS, "jdoe")) == {"Posts": 1}
    assert operations(lists.open("GET", f"{POSTS}?start={sixty[49]}", "jdoe")) == {"Posts": 2}


def test_a_second_full_of_mails_is_no_trap(ask: Callable[..., Asker], archive: Archive) -> None:
    place = archive.list_id("demo-announce")
    made = [archive.mail(place, 7).id for _ in range(60)]
    page = ask().get(POSTS, "jdoe")
    assert ids(page) == made[:9:-1]
    assert ids(ask().get(f"{POSTS}?start={page['next']}", "jdoe"))[:10] == made[9::-1]


@pytest.mark.parametrize("start", ["abc", "1.5", "%20x"])
@pytest.mark.parametrize(
    "path", ["/api/lists", POSTS, "/api/emails", "/api/subscriptions", "/api/lists/misc/patchsets"]
)
def test_a_bound_that_is_no_number_is_refused(lists: Asker, path: str, start: str) -> None:
    refused = lists.open("GET", f"{path}?start={start}", "alice")
    assert refused.status_code == 400 or path == POSTS
    if path != POSTS:
        assert refused.json == {"errors": [{"field": "start", "reason": "start should be an int"}]}


def test_a_time_that_no_calendar_has_leads_to_the_latest_rows() -> None:
    """Upstream prints what PostgreSQL holds: an imported mail may be of the year 0 or 30000."""

    class Sealing:
        def sealed(self, count: int, position: str = "") -> str:
            return f"{count} from {position}"

    assert _position(Sealing(), 5, "2024-08-01T12:00:00.25Z") == "5 from 1722513601"
    assert _position(Sealing(), 5, "30000-08-01T12:00:00Z") == "5 from "
    assert _position(Sealing(), 5, "0000-12-31T12:00:00Z") == "5 from "
