"""Pages of old lists (conventions 5.1, Q15 to Q17, V26, V27)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.crypto import BearerToken
from shim.rest.page import SIZE, cut
from tests.conftest import WEBHOOK_KEY
from tests.toy import client

AUTHORIZED = {"Authorization": f"token {BearerToken(4102444800, '', '', 'jdoe').mint(WEBHOOK_KEY)}"}


def get(query=""):
    return client().get(f"/api/things{query}", headers=AUTHORIZED)


@pytest.mark.parametrize("query", ["", "?start=", "?start=-1", "?start=99999999999999999999", "?other=3"])
def test_without_a_bound_the_page_begins_at_the_top(query):
    page = get(query).json
    assert list(page) == ["next", "results", "total", "results_per_page"]
    assert [row["id"] for row in page["results"]] == list(range(60, 10, -1))
    assert (page["next"], page["total"], page["results_per_page"]) == ("10", 60, 50)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("?start=10", 10),
        ("?start=+5", None),
        ("?start=%205", 5),
        ("?start=05", 5),
        ("?start=1_0", 10),
        ("?start=%D9%A3", 3),
    ],
)
def test_pythons_int_decides_what_a_number_is(query, first):
    page = get(query).json
    assert page["results"][0]["id"] == (first or 5)
    assert (page["next"], page["total"]) == (None, 60)


@pytest.mark.parametrize("query", ["?start=0", "?start=-2"])
def test_a_bound_below_every_row_is_an_empty_page_with_the_full_total(query):
    assert get(query).json == {"next": None, "results": [], "total": 60, "results_per_page": 50}


@pytest.mark.parametrize("text", ["abc", "1.5", "0x10", "1;2", "10%00"])
def test_other_texts_crashed(text):
    answer = get(f"?start={text}")
    assert (answer.status_code, answer.content_type) == (500, "text/html; charset=utf-8")


def test_the_first_of_repeated_bounds_counts():
    assert get("?start=3&start=9").json["results"][0]["id"] == 3


@pytest.mark.parametrize(("count", "following"), [(SIZE - 1, None), (SIZE, None), (SIZE + 1, 1)])
def test_a_full_page_is_followed_by_one_only_if_rows_are_left(count, following):
    page = cut([{"id": number} for number in range(1, count + 1)], None)
    assert (len(page.results), page.next, page.total) == (min(count, SIZE), following, count)


@given(st.sets(st.integers(1, 10_000), max_size=180))
def test_following_next_reaches_every_row_once(ids):
    rows, start, seen = [{"id": i} for i in ids], None, []
    while True:
        page = cut(rows, start)
        assert page.total == len(ids)
        assert len(page.results) <= SIZE
        seen += [row["id"] for row in page.results]
        if page.next is None:
            break
        start = page.next
    assert seen == sorted(ids, reverse=True)
