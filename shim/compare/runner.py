"""Run a comparison: every cassette of a fixtures root against a stand, in one process or several."""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

from shim.compare.cassettes.cassette import load
from shim.compare.cassettes.finding import KINDS, find
from shim.compare.replay import Replay
from shim.compare.reporting.measure import Calls, measuring
from shim.compare.reporting.result import CassetteResult, Comparison
from shim.compare.rules.deviations import Deviations
from shim.compare.rules.deviations import load as load_deviations
from shim.compare.rules.rule import Rule
from shim.compare.stand.credentials import Credentials
from shim.compare.stand.settings import Settings
from shim.compare.stand.stage import OpenStand, Stand, Unsuitable

_KEPT_OPEN = ExitStack()


def run(settings: Settings, open_stand: OpenStand, notice: Callable[[CassetteResult], None]) -> Comparison:
    """Compare; `notice` is called with each cassette's result, in order.

    Raises InputError, CassetteError, DeviationsError for bad input, StandError for a stand that does not stand.
    """
    rules = _deviations(settings).rules
    results = []
    for result in _results(settings, open_stand):
        notice(result)
        results.append(result)
    comparison = Comparison(str(settings.root), settings.era, tuple(results))
    return replace(comparison, unused=tuple(_unused(settings, rules, comparison)))


def measure(settings: Settings, open_stand: OpenStand) -> Calls:
    """How many answers of each `<service> <endpoint>` took how many upstream calls. Raises what `run` raises."""
    calls: dict[str, Counter[int]] = defaultdict(Counter)

    @contextmanager
    def opened(settings: Settings) -> Iterator[Stand]:
        with open_stand(settings) as stand:
            yield measuring(stand, calls)

    run(replace(settings, jobs=1), opened, lambda result: None)
    return calls


class Session:
    """Replays cassettes one after the other on one stand."""

    def __init__(self, settings: Settings, stand: Stand) -> None:
        self._settings = settings
        self._stand = stand
        self._deviations = _deviations(settings)
        self._datasets: dict[str, Any] = {}

    def replay(self, path: Path) -> CassetteResult:
        """One cassette. Raises CassetteError, InputError for its data set, StandError."""
        cassette = load(path)
        try:
            stage = self._stand(cassette)
        except Unsuitable as error:
            return CassetteResult.of(cassette, skipped=str(error))
        credentials = Credentials(cassette.service, self._dataset(cassette.service), stage.keys)
        return Replay(
            cassette,
            stage.target,
            stage.start,
            credentials,
            self._deviations,
            self._settings.era,
            self._settings.way,
            stage.conditions,
        ).run()

    def _dataset(self, service: str) -> Any:
        if service not in self._datasets:
            self._datasets[service] = self._settings.dataset(service)
        return self._datasets[service]


def _deviations(settings: Settings) -> Deviations:
    return load_deviations(settings.rules) if settings.rules else Deviations()


def _results(settings: Settings, open_stand: OpenStand) -> Iterator[CassetteResult]:
    paths = settings.paths
    if settings.jobs == 1:
        with open_stand(settings) as stand:
            yield from map(Session(settings, stand).replay, paths)
    else:
        with workers(min(settings.jobs, len(paths))) as pool:
            yield from pool.imap(partial(_replay, settings, open_stand), paths)


def workers(size: int) -> Pool:
    """Worker processes that leave Ctrl-C to this one, which ends them."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return multiprocessing.get_context("spawn").Pool(size)
    finally:
        signal.signal(signal.SIGINT, before)


def _replay(settings: Settings, open_stand: OpenStand, path: Path) -> CassetteResult:
    return _session(settings, open_stand).replay(path)


@lru_cache(maxsize=1)
def _session(settings: Settings, open_stand: OpenStand) -> Session:
    """The session of a worker process, whose stand stands until the process ends."""
    return Session(settings, _KEPT_OPEN.enter_context(open_stand(settings)))


def _unused(settings: Settings, rules: Iterable[Rule], comparison: Comparison) -> Iterator[str]:
    """The rules that this run should have needed: all that it does not narrow away, on the root's own rules."""
    narrowed = settings.cassettes or set(settings.kinds) != set(KINDS) or settings.url or settings.upstream
    own = settings.rules is not None and settings.rules.absolute() == settings.root.absolute()
    if narrowed or not own:
        return
    recorded = {path.parts[-4] for path in find(settings.root)}
    for rule in rules:
        heard = recorded.intersection(rule.services)
        due = not settings.services or (heard and heard <= set(settings.services))
        due = due and not rule.unrecorded
        if due and rule.holds(settings.era, settings.way) and rule.id not in comparison.rules:
            yield rule.id
