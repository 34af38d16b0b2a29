"""Sums of usage, in both databases."""

from __future__ import annotations

import pytest

from shim.usage.report import AgentUse, CallerUse, EndpointUse, Report, Scope, ServiceUse, Use
from tests.usage.kit import HOUR, NOW, lose, put

DAY = 24 * HOUR
ALL = Scope(0, NOW + HOUR)


@pytest.fixture
def report(store):
    put(
        store,
        {"calls": 3, "agent": "curl/8.0"},
        {"calls": 2, "status": "4xx", "refused": 1},
        {"calls": 1, "status": "5xx", "hour": NOW - HOUR, "rehearsed": 1},
        {"calls": 9, "caller": "bob", "endpoint": "get-user", "hour": NOW - 2 * DAY},
        {"calls": 1, "caller": "", "agent": "", "endpoint": "get-user"},
        {"calls": 1, "caller": "(other)", "endpoint": "get-user"},
        {"calls": 4, "service": "todo", "endpoint": "get-user", "caller": "bob"},
    )
    return Report(store, lambda: NOW + 60)


def test_uses_are_summed_by_endpoint_and_caller_most_calls_first(report):
    uses = report.uses(ALL)
    assert [(u.service, u.endpoint, u.caller, u.calls) for u in uses] == [
        ("git", "get-user", "bob", 9),
        ("git", "get-repos", "ann", 6),
        ("todo", "get-user", "bob", 4),
        ("git", "get-user", "", 1),
        ("git", "get-user", "(other)", 1),
    ]
    assert uses[1] == Use("git", "get-repos", "ann", 6, NOW + 60, 3, 6, 30, 1, 1)


@pytest.mark.parametrize(
    ("scope", "calls"),
    [
        (Scope(NOW - HOUR + 1, NOW), [1]),
        (Scope(NOW, NOW + 1), [5, 4, 1, 1]),
        (Scope(0, NOW + HOUR, services=("todo",)), [4]),
        (Scope(0, NOW + HOUR, endpoints=("get-user",), callers=("bob", "nobody")), [9, 4]),
        (Scope(0, NOW + HOUR, callers=("",)), [1]),
        (Scope(0, NOW + HOUR, callers=(*(f"c{n}" for n in range(30)), "ann")), [6]),
        (Scope(0, NOW + HOUR, callers=("' OR 1 = 1 --",)), []),
    ],
)
def test_a_scope_means_whole_hours_and_what_it_names(report, scope, calls):
    assert [use.calls for use in report.uses(scope)] == calls


def test_only_those_with_a_name_count_as_callers_of_an_endpoint(report):
    assert report.by_endpoint(ALL) == [
        EndpointUse("git", "get-user", 11, 1, NOW + 60, 0, 0),
        EndpointUse("git", "get-repos", 6, 1, NOW + 60, 1, 1),
        EndpointUse("todo", "get-user", 4, 1, NOW + 60, 0, 0),
    ]


def test_services_are_summed_and_count_each_caller_once(report):
    assert report.by_service(ALL) == [
        ServiceUse("git", 17, 2, NOW + 60, 1, 1),
        ServiceUse("todo", 4, 1, NOW + 60, 0, 0),
    ]


def test_callers_come_with_their_endpoints_and_agents(report):
    assert report.by_caller(ALL) == [
        CallerUse("bob", 13, 2, NOW + 60, ("hut/0.4.0",)),
        CallerUse("ann", 6, 1, NOW + 60, ("curl/8.0", "hut/0.4.0")),
        CallerUse("", 1, 1, NOW + 60, ()),
        CallerUse("(other)", 1, 1, NOW + 60, ("hut/0.4.0",)),
    ]


def test_of_many_agents_a_caller_shows_those_used_most(store):
    put(store, *({"agent": f"a{n}", "calls": 10 - n} for n in range(8)))
    assert Report(store, lambda: NOW).by_caller(ALL)[0].agents == ("a0", "a1", "a2", "a3", "a4")


def test_agents_are_counted(report):
    assert report.agents(ALL)[0] == AgentUse("hut/0.4.0", 17, NOW + 60)


def test_a_series_has_zeros_for_holes(report):
    today = NOW - NOW % DAY
    assert report.series(Scope(today - 2 * DAY, NOW + HOUR), DAY) == [
        (today - 2 * DAY, 9),
        (today - DAY, 0),
        (today, 12),
    ]
    assert [calls for _, calls in report.series(Scope(NOW - 2 * HOUR, NOW + HOUR), HOUR)] == [0, 1, 11]
    assert report.trends(Scope(today - 2 * DAY, NOW + HOUR), DAY)["git", "get-user"] == [9, 0, 2]


@pytest.mark.parametrize(("since", "step"), [(0, HOUR), (NOW, 0), (NOW, 100)])
def test_a_series_has_whole_hours_and_an_end(report, since, step):
    with pytest.raises(ValueError, match="step"):
        report.series(Scope(since, NOW), step)


def test_what_is_dated_in_the_future_is_not_believed(report, store):
    put(store, {"hour": NOW + 2 * HOUR, "endpoint": "get-free", "caller": "eve", "calls": 1000})
    lose(store, NOW + 2 * HOUR, "full", 1000)
    far = Scope(0, 10**11)
    assert "eve" not in {use.caller for use in report.uses(far)}
    assert report.last_call("git", "get-free") is None
    assert report.losses(far) == {}
    assert report.by_endpoint(far) == report.by_endpoint(ALL)


def test_losses_are_told_by_reason(report, store):
    lose(store, NOW, "full", 3)
    lose(store, NOW - HOUR, "full", 4)
    lose(store, NOW - HOUR, "killed", 1)
    assert report.losses(Scope(0, NOW + HOUR, services=("todo",))) == {"full": 7, "killed": 1}


def test_the_first_hour_and_last_calls_are_known(report, store):
    assert (report.first(), report.first(NOW - HOUR)) == (NOW - 2 * DAY, NOW - HOUR)
    assert (report.last_call("git", "get-user"), report.last_call("hg", "get-user")) == (NOW + 60, None)
    store.write(lambda s: s.run("DELETE FROM usage"))
    assert report.first() is None
