"""What `search` finds: the words and terms of the old service (lists 2.3)."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest

from shim.rest.errors import Refusal
from shim.services.lists.search.search import _tops
from shim.services.lists.search.terms import Query, Term
from shim.services.lists.search.terms import test_of as matches
from tests.kit import Asker
from tests.services.lists.kit import Archive, operations

POSTS = "/api/lists/demo-announce/posts?search="


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("a b", [Term(None, "a"), Term(None, "b")]),
        ("'a b' \"c\"", [Term(None, "a b"), Term(None, "c")]),
        ("is:patch", [Term("is", "patch")]),
        ("!is:patch", [Term("is", "patch", negated=True)]),
        ("!word", [Term(None, "!word")]),
        ("a:b:c", [Term("a", "b:c")]),
        (":", [Term("", "")]),
        ("  ", []),
    ],
)
def test_terms(text: str, terms: list[Term]) -> None:
    assert list(Query.read(text).terms) == terms


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('"abc', "No closing quotation"),
        ("status:nope", "Invalid patchset status: 'nope'"),
        ("sender-timestamp:x", "invalid literal for int() with base 10: 'x'"),
        ("a " * 21, "search takes no more than 20 terms"),
    ],
)
def test_what_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        Query.read(text)
    assert (refused.value.status, refused.value.errors) == (400, [{"reason": reason}])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hello", [0]),
        ("HELLO", [0]),
        ("h%o", [0]),
        ("h_llo", [0]),
        ("100\\%", [1]),
        ("!is:reply", [0]),
        ("is:reply", [1, 2]),
        ("is:thread", [0]),
        ("is:patch", [2]),
        ("from:erin", [0, 1, 2]),
        ("!from:erin", []),
        ("Subject:ail hello", [0]),
    ],
)
@pytest.mark.parametrize("paging", ["auto", "walk"])
def test_what_is_found(ask: Callable[..., Asker], archive: Archive, text: str, found: list[int], paging: str) -> None:
    place = archive.list_id("empty.list")
    root = archive.mail(place, body="Hello there\r\n")
    below = {"parent_id": root.id, "thread_id": root.id}
    mails = [
        root,
        archive.mail(place, 1, body="100% of it\r\n", **below),
        archive.mail(place, 2, body="--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-o\r\n+n\r\n", **below),
    ]
    page = ask(paging).get(f"/api/lists/empty.list/posts?search={quote(text)}", "jdoe")
    assert [row["id"] for row in page["results"]] == sorted((mails[i].id for i in found), reverse=True)
    assert page["total"] == len(found)


def test_a_list_too_long_is_not_searched(lists: Asker, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shim.services.lists.search.search.MOST_SEARCHED", 5)
    for minute in range(6):
        archive.mail(archive.list_id("demo-announce"), minute)
    refused = lists.open("GET", f"{POSTS}mail", "jdoe")
    assert (refused.status_code, refused.json) == (
        501,
        {"errors": [{"reason": "search is not available for lists this large"}]},
    )


def test_a_search_takes_one_call(lists: Asker) -> None:
    assert operations(lists.open("GET", f"{POSTS}release", "jdoe")) == {"Searched": 1}
    assert operations(lists.open("GET", f"{POSTS}status:nope", "jdoe")) == {}


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ("a%c", True),
        ("c%a", False),
        ("ab%bc", False),
        ("%_b_%", True),
        ("a_c", True),
        ("____", False),
        ("%", True),
        ("", True),
        ("\\_", False),
        ("A%B%C", True),
        ("b%%c", True),
        ("_%_%_", True),
        ("_%__%_", False),
    ],
)
def test_wildcards(value: str, holds: bool) -> None:
    assert matches(Term(None, value), [], {}, set())({"body": "", "subject": "aBc"}) is holds


def test_wildcards_find_what_an_expression_of_them_finds() -> None:
    chance = random.Random(7)  # noqa: S311
    for _ in range(2000):
        value, text = ("".join(chance.choices(letters, k=chance.randrange(9))) for letters in ("ab%_", "abc\n"))
        expression = "".join({"%": ".*", "_": "."}.get(letter, letter) for letter in value)
        expected = re.search(expression, text, re.S) is not None
        assert matches(Term(None, value), [], {}, set())({"body": text, "subject": ""}) is expected, (value, text)


def test_no_wildcards_take_longer_for_a_text_that_almost_fits() -> None:
    """As one expression these would be tried in 10^30 ways: the test would never end."""
    mail = {"body": "a" * 100_000, "subject": "", "header0": ["a" * 100_000]}
    assert not matches(Term(None, "%a" * 30 + "b"), [], {}, set())(mail)
    assert not matches(Term("To", "%a_" * 30 + "b"), ["To"], {}, set())(mail)
    with pytest.raises(Refusal) as refused:
        matches(Term(None, "a_" * 51), [], {}, set())
    assert refused.value.errors == [{"reason": "search takes no more than 100 characters around a _"}]


def test_the_topmost_mails_are_found_whatever_their_parents_are() -> None:
    """Every mail is looked at once, also where each answers the one before it, or where they answer each other."""
    chain = {i: {"parent": {"id": i - 1} if i else None} for i in range(20_000)}
    assert set(_tops(dict(reversed(chain.items()))).values()) == {0}
    assert _tops({1: {"parent": {"id": 9}}, 2: {"parent": {"id": 1}}, 3: {"parent": None}}) == {1: 9, 9: 9, 2: 9, 3: 3}
    circle = {1: {"parent": {"id": 2}}, 2: {"parent": {"id": 1}}}
    assert set(_tops(circle).values()) <= {1, 2}
