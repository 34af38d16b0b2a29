"""Both ways to page, against a list that behaves as the real ones do (conventions 5.3 to 5.5)."""

import itertools
import json
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim import crypto
from shim.upstream.cursor import EVERYTHING, Sealed, Window
from shim.upstream.listings import LISTINGS, Defect, Listing
from shim.upstream.walk import SERVER_PAGE, Beyond, Walk
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


def window(pager, server, start, place="place", listing=BY_ID, part=EVERYTHING):
    """A page of fifty as a service asks for it."""

    def ask(*, size, cursor=None, counted, counter=None):
        pages = [dict(zip(("results", "cursor"), server.fetch(c), strict=True)) for c in (cursor, counter)]
        server.calls -= 1
        return pages[0] if size else None, pages[1] if counted else None

    return pager.window(listing, ask, Window(start, 50, place, part))


@pytest.mark.parametrize("make", [lambda: Sealed(NETWORK_KEY), lambda: Walk(budget=40)])
@given(st.sets(st.integers(1, 400), max_size=180))
def test_following_next_reaches_every_row_once_and_always_tells_the_length(make, wanted):
    pager, server, start, seen = make(), Server(wanted), None, []
    while True:
        rows = window(pager, server, start)
        assert rows.total == len(wanted)
        seen += ids(rows)
        if rows.next is None:
            break
        start = rows.next
    assert seen == sorted(wanted, reverse=True)


@pytest.mark.parametrize("make", [lambda: Sealed(NETWORK_KEY), lambda: Walk(budget=40)])
@given(st.sets(st.integers(1, 300), max_size=120), st.integers(-2, 310))
def test_any_bound_is_found(make, wanted, start):
    rows = window(make(), Server(wanted), start)
    below = sorted((i for i in wanted if i <= start), reverse=True)
    assert (ids(rows), rows.more) == (below[:50], len(below) > 50)


@pytest.mark.parametrize(("start", "sealed"), [(2**31, 2**31 - 1), (10**30, 2**31 - 1), (-5, 0), (-(10**30), 0)])
def test_a_sealed_position_is_one_that_the_servers_can_compare(start, sealed):
    pager, server = Sealed(NETWORK_KEY), Server(range(1, 11))
    asked = []

    def ask(**places):
        asked.append(pager.read(places["cursor"]))
        return {"results": [], "cursor": None}, {"results": [], "cursor": None}

    pager.window(BY_ID, ask, Window(start, 50, "place"))
    assert asked == [str(sealed)]
    assert ids(window(pager, server, start)) == (list(range(10, 0, -1)) if start > 0 else [])


def test_sealed_needs_one_call_a_page_wherever_it_begins():
    server = Server(range(1, 1001))
    rows = window(Sealed(NETWORK_KEY), server, 500)
    assert (server.calls, ids(rows), rows.next, rows.total) == (1, list(range(500, 450, -1)), 450, 1000)


@pytest.mark.parametrize(("part", "sizes"), [(50, [50]), (25, [25, 25]), (16, [16, 16, 16, 2])])
def test_a_page_is_asked_for_in_parts_of_which_the_first_counts(part, sizes):
    pager, server, asked = Sealed(NETWORK_KEY), Server(range(1, 201)), []

    def ask(**places):
        asked.append((places["size"], crypto.unseal(NETWORK_KEY, places["cursor"])["count"], places["counted"]))
        page = dict(zip(("results", "cursor"), server.fetch(places["cursor"]), strict=True))
        return page, {"results": range(200)} if places["counted"] else None

    rows = pager.window(BY_ID, ask, Window(120, 50, "place", part))
    assert asked == [(size, size, i == 0) for i, size in enumerate(sizes)]
    assert (ids(rows), rows.next, rows.total) == (list(range(120, 70, -1)), 70, 200)


@given(st.sets(st.integers(1, 300), max_size=120), st.integers(-2, 310), st.integers(1, 50))
def test_parts_make_the_page_that_one_call_makes(wanted, start, part):
    whole, parted = (window(Sealed(NETWORK_KEY), Server(wanted), start, part=size) for size in (50, part))
    assert parted == whole


def test_walking_costs_two_calls_a_page_when_the_place_is_remembered():
    server, walk = Server(range(1, 201)), Walk(budget=40)
    start, calls = None, []
    for _ in range(4):
        before = server.calls
        start = window(walk, server, start).next
        calls.append(server.calls - before)
    assert calls == [8, 2, 2, 2], "the first page also counts"


@pytest.mark.parametrize(("seconds", "total"), [(60, 100), (0, 101)])
def test_a_length_is_told_again_for_a_short_while_only(seconds, total):
    walk = Walk(budget=40, seconds=seconds)
    start = window(walk, Server(range(1, 101)), None).next
    rows = window(walk, Server(range(1, 102)), start)
    assert (rows.total, ids(rows)) == (total, list(range(50, 0, -1)))


def test_one_callers_places_are_not_anothers():
    server, walk = Server(range(1, 201)), Walk(budget=40)
    first = window(walk, server, None, ("list", "alice"))
    before = server.calls
    window(walk, server, first.next, ("list", "bob"))
    assert server.calls - before > 2


def test_the_memory_is_bounded():
    server, walk = Server(range(1, 201)), Walk(budget=40, remembered=3)
    for caller in range(10):
        window(walk, server, None, caller)
    assert len(walk._memory) == 3


def test_a_budget_gives_a_short_page_with_a_right_next():
    rows = window(Walk(budget=1), Server(range(1, 1001)), None)
    assert (ids(rows), rows.next) == (list(range(1000, 975, -1)), 975)


def test_a_page_beyond_the_budget_is_refused():
    with pytest.raises(Beyond):
        window(Walk(budget=3), Server(range(1, 1001)), 20)


@pytest.mark.parametrize(("order", "total"), [("id", 100), ("number", 1000)])
def test_what_is_beyond_the_budget_is_not_counted_but_for_numbers(order, total):
    assert window(Walk(budget=4), Server(range(1, 1001)), None, listing=Listing(order)).total == total


class Hiding(Server):
    """The same list, which tells of a row but a name and when it was made; `made` are microseconds by id."""

    def __init__(self, made):
        super().__init__(made)
        self.made = made

    def fetch(self, cursor):
        rows, following = super().fetch(cursor)
        return [{"name": row["id"], "created": written(self.made[row["id"]])} for row in rows], following


def written(microseconds):
    """A time as upstream prints it: without the last zeros of its second."""
    moment = datetime.fromtimestamp(microseconds // 10**6, timezone.utc)
    fraction = f".{microseconds % 10**6:06}".rstrip("0").rstrip(".")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


HIDDEN = Listing("id", hidden=True)
NEAR = st.integers(0, 3).map(lambda n: 1_700_000_000_000_000 + n)


def followed(pager, server):
    """The names on all pages, by whatever `next` says."""
    start, names = None, []
    while True:
        rows = window(pager, server, start, listing=HIDDEN)
        assert rows.total == len(server.made)
        names += [row["name"] for row in rows.rows]
        if rows.next is None:
            return names
        assert start is None or rows.next < start
        start = rows.next


@pytest.mark.parametrize("seconds", [60, 0], ids=["remembered", "forgotten"])
@given(st.lists(NEAR | st.integers(0, 4 * 10**15), max_size=130))
def test_rows_that_hide_their_number_are_met_once_whenever_they_were_made(seconds, times):
    """Without the key: of equal times, and in any order."""
    made = dict(enumerate(times, 1))
    assert followed(Walk(budget=40, seconds=seconds), Hiding(made)) == sorted(made, reverse=True)


def test_the_number_of_a_row_is_when_it_was_made_and_the_next_page_begins_behind_the_last_row():
    start = 1_700_000_000_000_000
    server = Hiding({i: start + 10 * i for i in range(1, 61)})
    assert window(Walk(budget=40), server, None, listing=HIDDEN).next == start + 10 * 11 - 1
    rows = window(Walk(budget=40), server, start + 10 * 10, listing=HIDDEN)
    assert [row["name"] for row in rows.rows] == list(range(10, 0, -1))
    assert rows.rows[0]["id"] == start + 100


def test_what_was_made_since_moves_no_other_page():
    walk, made = Walk(budget=40), {i: 10**15 + i // 7 for i in range(1, 61)}
    start = window(walk, Hiding(made), None, listing=HIDDEN).next
    for pager in (walk, Walk(budget=40)):
        rows = window(pager, Hiding({**made, 61: 2 * 10**15}), start, listing=HIDDEN)
        assert [row["name"] for row in rows.rows] == list(range(10, 0, -1))


def followed_while_it_grows(pager, made, arrivals):
    """The names on all pages, while behind each page rows are made so many microseconds after the newest."""
    start, names, made = None, [], dict(made)
    for arriving in itertools.chain(arrivals, itertools.repeat([])):
        rows = window(pager, Hiding(made), start, listing=HIDDEN)
        names += [row["name"] for row in rows.rows]
        if rows.next is None:
            return names
        start = rows.next
        for later in arriving:
            made[len(made) + 1] = max(made.values()) + later
    raise AssertionError


ARRIVALS = st.lists(st.lists(st.integers(0, 3), max_size=30), max_size=4)
GROWING = {
    "sealed": lambda: Sealed(NETWORK_KEY),
    "remembered": lambda: Walk(budget=40),
    "forgotten": lambda: Walk(budget=40, seconds=0),
}


@pytest.mark.parametrize("pager", GROWING)
@given(times=st.lists(NEAR | st.integers(0, 4 * 10**15), max_size=130), arrivals=ARRIVALS)
def test_a_list_that_grows_between_its_pages_has_no_hole(pager, times, arrivals):
    """Nor is a row met twice, but by who has forgotten the place, where a page is full of rows made at once."""
    made = dict(enumerate(times, 1))
    names = followed_while_it_grows(GROWING[pager](), made, arrivals)
    assert set(names) == set(made)
    assert names == sorted(names, reverse=True) or pager == "forgotten"
    assert len(names) == len(made) or pager == "forgotten"


@given(times=st.sets(st.integers(0, 10**12), max_size=130), arrivals=ARRIVALS)
def test_who_has_forgotten_the_place_meets_rows_of_different_times_once(times, arrivals):
    made = dict(enumerate(sorted(10**3 * time for time in times), 1))
    names = followed_while_it_grows(GROWING["forgotten"](), made, arrivals)
    assert names == sorted(made, reverse=True)


@pytest.mark.parametrize("pager", GROWING)
@given(wanted=st.sets(st.integers(1, 400), max_size=180), arrivals=st.lists(st.integers(0, 60), max_size=4))
def test_rows_with_ids_are_met_once_while_their_list_grows(pager, wanted, arrivals):
    pager, known, start, found = GROWING[pager](), set(wanted), None, []
    for arriving in itertools.chain(arrivals, itertools.repeat(0)):
        rows = window(pager, Server(known), start)
        found += ids(rows)
        if rows.next is None:
            break
        start = rows.next
        known |= {max(known) + number for number in range(1, arriving + 1)}
    assert found == sorted(wanted, reverse=True)


@pytest.mark.parametrize("pager", GROWING)
@given(times=st.sets(st.integers(0, 10**15), min_size=51, max_size=130), gone=st.sets(st.integers(1, 130)))
def test_rows_that_go_between_pages_take_no_others_with_them(pager, times, gone):
    made, pager = dict(enumerate(sorted(times), 1)), GROWING[pager]()
    first = window(pager, Hiding(made), None, listing=HIDDEN)
    left = {number: time for number, time in made.items() if number not in gone}
    names = {row["name"] for row in first.rows}
    rest = [] if first.next is None else window(pager, Hiding(left), first.next, listing=HIDDEN).rows
    assert [row["name"] for row in rest] == sorted((set(left) - names), reverse=True)[:50]


def test_with_the_key_nobody_needs_the_numbers_that_rows_hide():
    made = dict.fromkeys(range(1, 131), 10**15)
    assert followed(Sealed(NETWORK_KEY), Hiding(made)) == sorted(made, reverse=True)


def test_an_ascending_list_that_repeats_ends_and_says_that_it_is_not_whole():
    server = Server(range(1, 61), ascending=True)
    rows = Walk(budget=40).everything(LISTINGS["webhooks"], server.fetch, key)
    assert (len(rows.rows), rows.complete) == (25, False)
    assert server.calls == 1


def test_sealed_reads_an_ascending_list_in_one_page():
    rows = Sealed(NETWORK_KEY).everything(LISTINGS["webhooks"], Server(range(1, 61), ascending=True).fetch, key)
    assert (ids(rows), rows.complete) == (list(range(1, 61)), True)


def test_every_defect_is_told_of_by_some_list():
    assert {listing.defect for listing in LISTINGS.values()} == set(Defect)
