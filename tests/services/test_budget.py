"""How many calls a legacy request may make (design D14)."""

from __future__ import annotations

import pytest

from shim.services.budget import MOST_CALLS, Budget, Overdrawn
from shim.upstream import loads

LIST = loads("query List($cursor: Cursor, $all: Cursor) { list(cursor: $cursor, all: $all) { id } }")["List"]


def spent(budget, times, *call):
    for _ in range(times):
        budget.spend(*call)


@pytest.mark.parametrize("pages", [None, 3])
def test_a_request_makes_a_small_number_of_calls_and_no_more(pages):
    budget = Budget(pages)
    spent(budget, MOST_CALLS)
    with pytest.raises(Overdrawn) as refused:
        budget.spend()
    assert refused.value.status == 501


def test_with_the_network_key_a_page_is_a_call_like_any_other():
    budget = Budget(None)
    spent(budget, MOST_CALLS, LIST, {"cursor": "c"})
    with pytest.raises(Overdrawn):
        budget.spend(LIST, {"cursor": "c"})


def test_without_it_pages_behind_a_first_one_have_a_budget_of_their_own():
    budget = Budget(3)
    spent(budget, 3, LIST, {"cursor": "c", "all": None})
    spent(budget, MOST_CALLS, LIST, {"cursor": None})
    with pytest.raises(Overdrawn):
        budget.spend(LIST, {"all": "c"})
