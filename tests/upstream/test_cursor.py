"""Both ways to page, against a list that behaves as the real ones do (conventions 5.3 to 5.5)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim import crypto
from shim.upstream.cursor import SERVER_PAGE, Sealed, Walk
from shim.upstream.listings import LISTINGS, Defect, Listing
from tests.conftest import NETWORK_KEY
from tests.test_crypto import V1

BY_ID = Listing("id")


class Server:
    """One list of ids with sealed cursors: descending, or ascending with the `<=` that repeats for ever."""

    def __init__(self, ids, ascending=False, per_page=SERVER_PAGE):
        self.ids = sorted(ids, reverse=not ascending)
        self.per_page, self.calls = per_page, 0

    def fetch(self, cursor):
        self.calls += 1
        state = crypto.unseal(NETWORK_KEY, cursor) if cursor else {"count": self.per_page, "next": ""}
        found = [i for i in self.ids if not state["next"] or i <= int(state["next"])]
        page, following = found[: state["count"]], found[state["count"] :]
        state = {"count": state["count"], "next": str(following[0]) if following else "", "search": ""}
        return [{"id": i} for i in page], crypto.seal(NETWORK_KEY, state) if following else None


def key(row):
    return row["id"]


def ids(rows):
    return [row["id"] for row in rows.rows]


def test_the_contracts_vector_is_read():
    assert Sealed(NETWORK_KEY).read(V1) == "1042"


def test_a_made_cursor_has_the_vectors_plaintext():
    text = Sealed(NETWORK_KEY).make(50, "1042")
    assert (
        json.dumps(crypto.unseal(NETWORK_KEY, text), separators=(",", ":")) == '{"count":50,"next":"1042","search":""}'
    )


@pytest.mark.parametrize("pager", [Sealed(NETWORK_KEY), Walk(budget=40)])
@given(st.sets(st.integers(1, 400), max_size=130))
def test_everything_is_found_once(pager, wanted):
    rows = pager.everything(BY_ID, Server(wanted).fetch, key)
    assert (ids(rows), rows.complete, rows.more) == (sorted(wanted, reverse=True), True, False)


@pytest.mark.parametrize("make", [lambda: Sealed(NETWORK_KEY), lambda: Walk(budget=40)])
@given(st.sets(st.integers(1, 400), max_size=180))
def test_following_next_reaches_every_row_once(make, wanted):
    pager, server, start, seen = make(), Server(wanted), None, []
    while True:
        rows = pager.window(BY_ID, server.fetch, key, start, 50, "place")
        seen += ids(rows)
        if rows.next is None:
            break
        start = rows.next
    assert seen == sorted(wanted, reverse=True)


def test_sealed_needs_one_call_a_page_wherever_it_begins():
    server = Server(range(1, 1001))
    rows = Sealed(NETWORK_KEY).window(BY_ID, server.fetch, key, 500, 50, "place")
    assert (server.calls, ids(rows), rows.next) == (1, list(range(500, 450, -1)), 450)


def test_walking_costs_two_calls_a_page_when_the_place_is_remembered():
    server, walk = Server(range(1, 201)), Walk(budget=40)
    start, calls = None, []
    for _ in range(4):
        before = server.calls
        start = walk.window(BY_ID, server.fetch, key, start, 50, "place").next
        calls.append(server.calls - before)
    assert calls == [2, 2, 2, 2]


def test_one_callers_places_are_not_anothers():
    server, walk = Server(range(1, 201)), Walk(budget=40)
    first = walk.window(BY_ID, server.fetch, key, None, 50, ("list", "alice"))
    before = server.calls
    walk.window(BY_ID, server.fetch, key, first.next, 50, ("list", "bob"))
    assert server.calls - before == 4


def test_the_memory_is_bounded():
    server, walk = Server(range(1, 201)), Walk(budget=40, remembered=3)
    for caller in range(10):
        walk.window(BY_ID, server.fetch, key, None, 50, caller)
    assert len(walk._memory) == 3


def test_a_budget_gives_a_short_page_with_a_right_next():
    server = Server(range(1, 1001))
    rows = Walk(budget=1).window(BY_ID, server.fetch, key, None, 50, "place")
    assert (ids(rows), rows.next) == (list(range(1000, 975, -1)), 975)


def test_an_ascending_list_that_repeats_ends_and_says_that_it_is_not_whole():
    server = Server(range(1, 61), ascending=True)
    rows = Walk(budget=40).everything(LISTINGS["webhooks"], server.fetch, key)
    assert (len(rows.rows), rows.complete) == (25, False)
    assert server.calls == 2


def test_sealed_reads_an_ascending_list_in_one_page():
    rows = Sealed(NETWORK_KEY).everything(LISTINGS["webhooks"], Server(range(1, 61), ascending=True).fetch, key)
    assert (ids(rows), rows.complete) == (list(range(1, 61)), True)


def test_every_defect_is_told_of_by_some_list():
    assert {listing.defect for listing in LISTINGS.values()} == set(Defect)
