"""What the shim says that its calls weigh is no less than what they cost servers with long lists.

What costs more than all that may be under way weighs as much as that, so that it is alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bench.answers import ROWS
from bench.asks import MIXED
from bench.fatal import Fatal
from bench.machine import Machine
from shim.sandbox.instance import Instance
from shim.services.service import HEAVIEST
from shim.upstream import Upstream
from tests.kit import Asker

LONG = {**ROWS, "Email": 2000, "Thread": 2000, "Job": 2000, "Paste": 2000, "Patchset": 2000}
NUMBER = 3
Weighed = list[tuple[str, int, int]]


@pytest.fixture(scope="module", params=["2024", "2026"])
def upstream(request: pytest.FixtureRequest) -> Iterator[tuple[Fatal, dict[str, str], str]]:
    machine = Machine(max_connections=10**6)
    fatal = Fatal(network_key=Instance().network_key, era=request.param, machine=machine, rows=LONG)
    with fatal.running() as origins, pytest.MonkeyPatch.context() as quick:
        for cost in ("BASE", "TRANSACTION", "PER_ROW"):
            quick.setattr(f"bench.machine.{cost}", 1e-6)
        yield fatal, dict(origins), request.param


@pytest.fixture
def weighed(upstream: tuple[Fatal, Any, str], monkeypatch: pytest.MonkeyPatch) -> Weighed:
    """The calls that are made: each with what it weighs, and with the connections that it takes."""
    calls: Weighed = []
    machine, execute = upstream[0].machine, Upstream.execute

    def weighing(self: Upstream, operation: Any, *given: Any) -> Any:
        machine.most_connections = 0
        try:
            return execute(self, operation, *given)
        finally:
            calls.append((operation.name, given[-1], machine.most_connections))

    monkeypatch.setattr(Upstream, "execute", weighing)
    return calls


@pytest.mark.parametrize("paging", ["auto", "walk"])
@pytest.mark.parametrize("service", ["builds", "lists", "paste"])
def test_no_call_takes_more_connections_than_it_weighs(
    upstream: tuple[Fatal, dict[str, str], str], weighed: Weighed, service: str, paging: str
) -> None:
    fatal, origins, era = upstream
    told = {("shim", "era"): era, ("shim", "paging"): paging}
    asker = Asker(service, origins[service], told)
    for ask in MIXED[service]:
        one = ask.numbered(NUMBER)
        asker.open(one.method, one.target.removeprefix(f"/{service}"), "jdoe", json=one.body)
    light = {(name, weight, cost) for name, weight, cost in weighed if min(cost, HEAVIEST) > weight}
    assert light == set()
    assert max(cost for *_, cost in weighed) >= 20
    assert fatal.figures.deaths == []
