"""Whether an endpoint can be removed, by what the store knows of its callers."""

from datetime import timedelta

import pytest

from shim.lifecycle import moment
from shim.sunset.pauses import pause
from shim.sunset.status import standings
from shim.sunset.windows import contradictions
from tests.sunset.kit import backends
from tests.usage.kit import HOUR, NOW, lose, put

DAY = 24 * HOUR
MOVED = "INSERT INTO outreach (caller, state, consent, note, updated_at) VALUES (:caller, :state, '', '', :updated_at)"


@pytest.fixture
def recorded(store):
    """A store that has recorded for 40 days, whose callers use post-repos."""
    put(store, *({"hour": NOW - day * DAY, "endpoint": "post-repos"} for day in range(41)))
    return store


def standing(store, slug="get-repos", text="", days=30):
    found = standings(backends(text).values(), store, NOW, timedelta(days=days))
    return next(each for each in found if (each.service, each.endpoint.slug) == ("git", slug))


def mark(store, caller, state, when):
    store.write(lambda s: s.run(MOVED, caller=caller, state=state, updated_at=when))


def test_what_nobody_called_is_removable(recorded):
    found = standing(recorded)
    assert (found.removable, found.verdict, found.reason, found.calls) == (True, "removable", "", 0)


def test_what_is_called_is_in_use(recorded):
    put(recorded, *({"hour": NOW - DAY, "caller": name, "calls": 3} for name in ("ann", "bob", "ann2")))
    found = standing(recorded)
    assert (found.removable, found.verdict, found.calls, found.callers) == (False, "in use by 3 callers", 9, 3)


@pytest.mark.parametrize("name", ["", "(other)"])
def test_callers_whom_nobody_knows_are_callers(recorded, name):
    put(recorded, {"hour": NOW - DAY, "caller": name})
    found = standing(recorded)
    assert (found.removable, found.verdict) == (False, "in use by others that are not known")
    put(recorded, {"hour": NOW - DAY, "caller": "bob"})
    assert standing(recorded).verdict == "in use by 1 caller and others that are not known"


def test_calls_before_the_look_back_do_not_count(recorded):
    put(recorded, {"hour": NOW - 35 * DAY, "caller": "bob"})
    assert standing(recorded).removable
    assert standing(recorded, days=40).verdict == "in use by 1 caller"


@pytest.mark.parametrize("state", ["open", "told", "answered"])
def test_callers_who_have_not_moved_are_open(recorded, state):
    put(recorded, {"hour": NOW - DAY, "caller": "bob"})
    mark(recorded, "bob", state, NOW)
    assert standing(recorded).verdict == "in use by 1 caller"


def test_callers_who_have_moved_are_not_unless_they_call_again(recorded):
    put(recorded, {"hour": NOW - 3 * DAY, "caller": "bob"})
    mark(recorded, "bob", "moved", NOW - 2 * DAY)
    found = standing(recorded)
    assert (found.removable, found.callers, found.open) == (True, 1, 0)
    put(recorded, {"hour": NOW - DAY, "caller": "bob"})
    assert standing(recorded).verdict == "in use by 1 caller"


def test_nothing_is_removable_while_usage_is_recorded_for_less_than_the_look_back(recorded):
    found = standing(recorded, days=41)
    assert (found.removable, found.verdict) == (False, "unused for 40 days")
    assert found.reason.startswith("usage is recorded since")
    put(recorded, {"hour": NOW - 20 * DAY - HOUR, "caller": "bob"})
    mark(recorded, "bob", "moved", NOW)
    assert standing(recorded, days=41).verdict == "unused for 20 days"


def test_nothing_is_removable_if_calls_were_lost(recorded):
    lose(recorded, NOW - 31 * DAY, "full", 7)
    assert standing(recorded).removable
    lose(recorded, NOW - DAY, "killed", 2)
    found = standing(recorded)
    assert (found.removable, found.reason) == (False, "2 calls within the look-back were not counted")


def test_nothing_is_removable_if_nothing_was_ever_recorded(store):
    found = standing(store)
    assert (found.removable, found.verdict) == (False, "not known to be used")
    assert found.reason == "no usage has been recorded"


def test_calls_dated_in_the_future_prove_nothing(store):
    put(store, {"hour": NOW + 30 * DAY})
    assert standing(store).reason == "no usage has been recorded"


def test_dates_and_pauses_are_told(recorded):
    begin = "2027-01-15T08:00Z"  # which is when NOW is
    assert moment(begin).timestamp() == NOW
    text = f"[git.sr.ht::get-repos]\nbrownouts = 2026-01-01/1h, {begin}/1h, 2027-03-01/1h\nsunset = 2027-06-30\n"
    pause(recorded, "git", NOW + 60, NOW)
    found = standing(recorded, text=text)
    assert (str(found.brownout), found.paused) == (f"{begin}/1h", NOW + 60)
    pause(recorded, "", NOW + 600, NOW)
    assert standing(recorded, text=text).paused == NOW + 600


def test_contradictions_are_told():
    text = "[shim]\ndeprecated = 2027-05-01\nsunset = 2027-04-01\nremoval = 2027-03-01\nbrownouts = 2027-02-28/3d\n"
    backend = backends(text)["git"]
    assert list(contradictions(backend.lifecycle(next(iter(backend.service))))) == [
        "it ends on 2027-03-01, before it is deprecated on 2027-05-01",
        "it is removed on 2027-03-01, before its sunset on 2027-04-01",
        "the brownout 2027-02-28T00:00Z/3d is not over when it ends on 2027-03-01",
    ]
