"""What it costs to count calls: the shim with a store by the shim without.

Two servers differ by more than that from run to run. So what is added is measured in one process as well, turn by turn:
to tell of a call, and to add many up and write the sums.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

from rich.table import Table

from bench.layers import Open, asked, cost_of
from shim.app import create_app
from shim.config import load
from shim.front import Front
from shim.services.git import service
from shim.services.hooks import Exchange
from shim.store import open_store
from shim.usage.identity import Identity
from shim.usage.recorder import FLUSH, Recorder

RECORDED = 400
"""How many requests are sent in a turn, which is what a worker answers in about a second."""
AIM = 1.03
_TURNS = 20
_SECONDS = int(FLUSH)
_CALL = Exchange(
    service="git",
    endpoint=service.endpoints[0][0],
    method="GET",
    status=200,
    caller="jdoe",
    fingerprint="0" * 32,
    scheme="token",
    agent="hut/0.4.0",
    accepted=True,
    began=0.0,
    seconds=0.01,
    upstream=(("Repository", 0.01),),
    bytes=100,
    refused=False,
    rehearsed=False,
)


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor time for each request, and requests a second with CONNECTIONS at once."""

    processor: float
    rate: float


@dataclass
class Recording:
    """The costs of one repository on servers `with` and `without`, turn by turn, and what is added to each request.

    `added` are milliseconds, by what they are for.
    """

    served: dict[str, list[Cost]] = field(default_factory=lambda: defaultdict(list))
    added: dict[str, float] = field(default_factory=dict)

    def processor(self, server: str) -> float:
        """The median of the processor time, in milliseconds."""
        return median(cost.processor for cost in self.served[server])

    def rate(self) -> float:
        """The requests a second by those without recording: the median of the ratios of turns."""
        pairs = zip(self.served["with"], self.served["without"], strict=True)
        return median(one.rate / other.rate for one, other in pairs)

    def ratio(self) -> float:
        """What a request takes with recording by what it takes without."""
        return 1 + sum(self.added.values()) / self.processor("without")

    def table(self) -> Table:
        """The costs, and the aim."""
        table = Table("recording", "ms", "", box=None)
        for server in ("without", "with"):
            table.add_row(f"server {server}", f"{self.processor(server):.3f}", "")
        table.add_row("rate, with to without", "", f"{self.rate():.3f}")
        for name, cost in self.added.items():
            table.add_row(name, f"{cost:.4f}", "")
        table.add_row("processor, with to without", "", f"{self.ratio():.3f}  aim <= {AIM}")
        return table

    def facts(self) -> dict[str, object]:
        """All of it, as JSON tells it."""
        served = {name: [asdict(cost) for cost in costs] for name, costs in self.served.items()}
        return {"processor": self.ratio(), "rate": self.rate(), "added": self.added, "served": served}


def added(config: Path, token: str, often: int) -> dict[str, float]:
    """Milliseconds that recording adds to a request of a configuration with a store: medians of turns."""
    settings = load(str(config), os.environ)
    assert settings.store is not None
    with closing(open_store(settings.store)) as store:
        with closing(create_app(settings, Open(), store=store)) as recorded:
            told = _told(create_app(settings, Open()), recorded, token, often)
        recorder = Recorder(store, Identity.of(settings))
        written = [_written(recorder, often * _SECONDS) for _ in range(_TURNS)]
    return {"to tell of a call": told * 1000, "to add it up and write it": median(written) * 1000}


def _told(plain: Front, recorded: Front, token: str, often: int) -> float:
    costs: list[float] = []
    for _ in range(_TURNS):
        without, told = (cost_of(partial(asked, app, token), often) for app in (plain, recorded))
        costs.append(told - without)
    return median(costs)


def _written(recorder: Recorder, often: int) -> float:
    """Seconds of processor time, of the store's thread as well, for each call of so many."""
    for _ in range(often):
        recorder.observe(_CALL._replace(began=time.time()))
    begin = time.process_time()
    recorder.flush()
    return (time.process_time() - begin) / often
