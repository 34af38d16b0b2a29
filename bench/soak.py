"""`make soak-webhooks`: whether a webhook is ever lost, or comes out wrong, when the shim is killed again and again.

Events happen in a sandbox, whose native webhooks go to `shim serve`, which delivers to a target. Its processes are
killed at random while they do, all of them or a worker alone, and started anew. What upstream gives up meanwhile is
found by comparing its records, as when the owner looks at them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from rich.console import Console
from rich.table import Table

from bench.ports import HOST, hold
from bench.safety import HOUR, Shim
from bench.target import Arrival, Target
from shim.compare.stand.instance import Instance
from shim.crypto import BearerToken
from shim.sandbox import Sandbox

ROOT = Path(__file__).parents[1] / "fixtures"
AHEAD = 100
"""How many events may be under way: upstream's attempts are few, and all of them fail while the shim is down."""
ONE_IN = 6
"""Of so many kills one is of a worker alone."""
WAITS = (1.0, 4.0, 30.0, 30.0)
"""Seconds before upstream's repetitions: longer in all than an event is held for a process that was killed."""
_USER, _NAME = "jdoe", "weather"
_UPDATE = "mutation ($id: Int!, $text: String!) { updateRepository(id: $id, input: {description: $text}) { id } }"
_LOOK = "query ($u: String!, $n: String!) { user(username: $u) { repository(name: $n) { id } } }"


@dataclass
class Report:
    """Everything there is to tell of a run: `wrong` are events of which something else arrived than happened."""

    events: int
    kills: int = 0
    kills_of_one: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    twice: int = 0
    arrivals: int = 0
    refused: int = 0
    found: int = 0
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether every event arrived as it happened."""
        return not self.lost and not self.wrong

    def table(self) -> Table:
        """The figures."""
        table = Table("", "", box=None)
        rows = {
            "events": self.events,
            "kills of all processes": self.kills,
            "kills of a worker": self.kills_of_one,
            "lost": len(self.lost),
            "wrong": len(self.wrong),
            "arrivals": self.arrivals,
            "events that arrived more than once": self.twice,
            "attempts that the target refused": self.refused,
            "events that arrived behind a look at upstream's records": self.found,
            "seconds": round(self.seconds, 1),
        }
        for name, value in rows.items():
            table.add_row(name, str(value))
        for name in (*self.lost[:5], *self.wrong[:5]):
            table.add_row("", name)
        return table


@dataclass
class Soak:
    """A run: so many events and kills; `program` is what of Python serves, by default the command."""

    events: int = 10_000
    kills: int = 20
    waits: Sequence[float] = WAITS
    patience: float = 300.0
    seed: int = 1
    program: Sequence[str] = ("-m", "shim")
    settled: float = 90.0
    told: Callable[[str], object] = print

    def run(self) -> Report:
        """Push the events through, killing; then wait until nothing is under way any more."""
        report, begun = Report(self.events), time.monotonic()
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shim-soak-")))
            sandbox = Sandbox(ROOT, services=["git"], waits=self.waits, senders=4)
            base = stack.enter_context(sandbox.running())
            target = Target("description", seed=self.seed)
            url = stack.enter_context(target.running())
            port: int = stack.enter_context(hold()).getsockname()[1]
            shim = Shim(_configuration(folder, base, port), port, folder / "log", program=self.program)
            shim.start()
            stack.callback(shim.kill)
            client = _Client(base, f"http://{HOST}:{port}")
            hook = client.subscribe(url)
            self._push(report, shim, target, client)
            self._wait(report, shim, sandbox, target, client, hook)
            _judge(report, target, client.repository)
        report.seconds = time.monotonic() - begun
        return report

    def _push(self, report: Report, shim: Shim, target: Target, client: _Client) -> None:
        """Make the events happen, no more at once than AHEAD, and kill when some random share of them has arrived."""
        chance = random.Random(self.seed)  # noqa: S311
        at = sorted(chance.sample(range(1, self.events), self.kills))
        for number in range(self.events):
            client.update(_text(number))
            self._pause(target, number)
            if at and len(target.taken) >= at[0]:
                at.pop(0)
                _kill(report, shim, chance)
                self.told(f"{len(target.taken)} of {self.events} events arrived, {len(at)} kills to come")
        for _ in at:
            _kill(report, shim, chance)

    def _pause(self, target: Target, number: int) -> None:
        """Wait while too many are under way, but not for those that upstream makes again much later."""
        with target.changed:
            target.changed.wait_for(lambda: number - len(target.taken) < AHEAD, 0.5)

    def _wait(self, report: Report, shim: Shim, sandbox: Sandbox, target: Target, client: _Client, hook: int) -> None:
        """Wait until all has arrived; once upstream has given up, look at its records as the owner does."""
        end = time.monotonic() + self.patience
        given_up = 0.0
        while len(target.taken) < self.events and time.monotonic() < end:
            with target.changed:
                target.changed.wait(1.0)
            if not sandbox.waiting and sandbox.drain(0.0):
                given_up = given_up or time.monotonic()
            if given_up and time.monotonic() > given_up + self.settled:
                before = len(target.taken)
                client.look(hook)
                given_up = time.monotonic() - self.settled + 10
                report.found += self._found(target, before)
        self.told(f"{len(target.taken)} of {self.events} events arrived")

    def _found(self, target: Target, before: int) -> int:
        with target.changed:
            target.changed.wait_for(lambda: len(target.taken) == self.events, 8.0)
        return len(target.taken) - before


class _Client:
    """Somebody with a repository, at the GraphQL server and at the shim."""

    def __init__(self, base: str, shim: str) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        token = BearerToken(int(time.time()) + HOUR, "", "", _USER).mint(Instance(ROOT).keys("git").private_key)
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._api, self._shim = f"{base}/git/query", f"{shim}/git/api/user/webhooks"
        self.repository: int = self._asked(_LOOK, {"u": _USER, "n": _NAME})["user"]["repository"]["id"]

    def subscribe(self, url: str) -> int:
        """Subscribe by the old API; the id."""
        wanted = {"url": url, "events": ["repo:update"]}
        response = self._session.post(self._shim, json=wanted, timeout=30)
        response.raise_for_status()
        found: int = response.json()["id"]
        return found

    def update(self, text: str) -> None:
        """Make an event happen."""
        self._asked(_UPDATE, {"id": self.repository, "text": text})

    def look(self, hook: int) -> None:
        """Look at all deliveries, as the owner would."""
        start: str | None = ""
        while start is not None:
            page = self._session.get(f"{self._shim}/{hook}/deliveries", params={"start": start}, timeout=60)
            page.raise_for_status()
            start = page.json()["next"]

    def _asked(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        response = self._session.post(self._api, json={"query": query, "variables": variables}, timeout=30)
        answer = response.json()
        if "errors" in answer:
            raise RuntimeError(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data


def _kill(report: Report, shim: Shim, chance: random.Random) -> None:
    """Kill all processes and start anew, or now and then a worker alone, which is replaced."""
    workers = shim.workers()
    if workers and (report.kills + report.kills_of_one) % ONE_IN == ONE_IN - 1:
        with suppress(ProcessLookupError):
            os.kill(chance.choice(workers), signal.SIGKILL)
        report.kills_of_one += 1
        return
    shim.kill()
    report.kills += 1
    shim.start()


def _judge(report: Report, target: Target, repository: int) -> None:
    """Compare what arrived with what happened."""
    for number in range(report.events):
        arrivals = target.taken.get(_text(number), [])
        report.arrivals += len(arrivals)
        report.twice += len(arrivals) > 1
        if not arrivals:
            report.lost.append(_text(number))
        elif len(set(arrivals)) > 1 or not _is_right(arrivals[0], number, repository):
            report.wrong.append(_text(number))
    report.refused = target.refused
    strange = set(target.taken) - {_text(number) for number in range(report.events)}
    report.wrong += [*strange, *(body.decode(errors="replace")[:100] for body in target.unread)]


def _is_right(arrival: Arrival, number: int, repository: int) -> bool:
    """Whether a delivery is the old payload of an event; only its times are not known."""
    told = json.loads(arrival.body)
    owner = {"canonical_name": f"~{_USER}", "name": _USER}
    known = {"id": repository, "name": _NAME, "description": _text(number), "owner": owner}
    keys = ["id", "created", "updated", "name", "description", "visibility", "owner"]
    right = list(told) == keys and known.items() <= told.items()
    return right and arrival.event == "repo:update"


def _text(number: int) -> str:
    return f"event {number}"


def _configuration(folder: Path, base: str, port: int) -> Path:
    text = Instance(ROOT).text(
        {
            ("git.sr.ht", "api-internal-origin"): f"{base}/git",
            ("shim", "era"): "2024",
            ("shim", "store"): f"sqlite:///{folder}/shim.sqlite3",
            ("shim", "state"): str(folder),
            ("shim", "webhook-origin"): f"http://{HOST}:{port}",
            ("shim", "webhook-networks"): "127.0.0.0/8",
        }
    )
    path = folder / "config.ini"
    path.write_text(text)
    return path


def main() -> int:
    """Run it and print the figures; 1 if an event was lost or came out wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    report = Soak(options.events, options.kills, seed=options.seed).run()
    Console(highlight=False).print(report.table())
    return 0 if report.passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
