"""A query under which the API's process ends is not sent again and again."""

import pytest

from shim.upstream import Deadline, Kind, UpstreamError
from shim.upstream.suspects import SECONDS, Suspects
from tests.upstream.test_session import ASKER, OPERATIONS, drop, upstream_at

ANSWER = {"data": {"owner": {"thing": {"id": 1}}}}


def ask(upstream, user="a", name="Thing"):
    """The kind of what it failed with, or None."""
    variables = {"u": user} if name == "Thing" else {"name": user}
    try:
        upstream.execute(OPERATIONS[name], variables, ASKER, Deadline(5))
    except UpstreamError as error:
        return error.kind
    return None


def test_after_two_deaths_it_is_held_back_and_other_queries_are_not(script):
    upstream = upstream_at(script.origin)
    script.steps = [drop, drop, ANSWER]
    assert [ask(upstream) for _ in range(4)] == [Kind.UNREACHABLE, Kind.UNREACHABLE, Kind.FAULT, Kind.FAULT]
    assert ask(upstream, "b") is None
    assert len(script.requests) == 3


def test_one_that_is_answered_is_no_suspect_any_more(script):
    upstream = upstream_at(script.origin)
    script.steps = [drop, ANSWER, drop, ANSWER]
    assert [ask(upstream) for _ in range(4)] == [Kind.UNREACHABLE, None, Kind.UNREACHABLE, None]


def test_a_mutation_is_none(script):
    upstream = upstream_at(script.origin)
    script.steps = [drop, drop, {"data": {"make": {"id": 1}}}]
    assert [ask(upstream, name="Make") for _ in range(3)] == [Kind.LOST, Kind.LOST, None]


def test_it_is_tried_again_after_a_while_and_few_are_remembered():
    now = [0.0]
    suspects = Suspects(lambda: now[0])
    for _ in range(2):
        suspects.cut("x")
    with pytest.raises(UpstreamError):
        suspects.check("x")
    now[0] = SECONDS + 1
    suspects.check("x")
    suspects.cut("x")
    suspects.check("x")
    suspects.cut("x")
    for other in range(2000):
        suspects.cut(other)
    suspects.check("x")
