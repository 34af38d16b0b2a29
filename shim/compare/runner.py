"""Run a comparison: every cassette of a fixtures root against a stand, in one process or several."""

from __future__ import annotations

import json
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

from shim.compare.cassettes.cassette import KINDS, Cassette, find, load
from shim.compare.replay import Replay
from shim.compare.reporting.result import CassetteResult, Comparison
from shim.compare.rules.deviations import Deviations, Rule
from shim.compare.rules.deviations import load as load_deviations
from shim.compare.stand.credentials import Credentials, Keys
from shim.compare.stand.target import Target

DEVIATIONS = "deviations.yaml"
_PROJECT = Path(__file__).parents[2] / "fixtures"
_KEPT_OPEN = ExitStack()


class StandError(Exception):
    """What a comparison runs on cannot be set up or reset; the text is for the operator."""


class InputError(ValueError):
    """A fixtures root that holds nothing to compare; the text is for the operator."""


class Unsuitable(Exception):
    """A cassette needs conditions that nobody can bring about here; the text names them."""


@dataclass(frozen=True)
class Settings:
    """What to compare with what.

    `services` and `cassettes` narrow the run (empty: all). `url` is a running shim, `upstream` the configuration of
    an instance whose GraphQL servers stand in for the sandbox; then `reset_command` is run before each cassette.
    """

    root: Path
    era: str = "2024"
    paging: str = "auto"
    services: tuple[str, ...] = ()
    kinds: tuple[str, ...] = KINDS
    cassettes: tuple[Path, ...] = ()
    deviations: Path | None = None
    url: str = ""
    upstream: Path | None = None
    reset_command: str = ""
    jobs: int = 1

    @property
    def rules(self) -> Path | None:
        """The file of rules: the one named, else the root's own or the project's, if there is one."""
        usual = (path for path in (self.root / DEVIATIONS, _PROJECT / DEVIATIONS) if path.is_file())
        return self.deviations or next(usual, None)

    @property
    def way(self) -> str:
        """The way of paging that rules speak of: an instance that is compared with is known with its key."""
        return "walk" if self.paging == "walk" else "sealed"

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """The cassettes to run, in order. Raises InputError when there are none."""
        paths = tuple(path for path in self.cassettes or find(self.root) if self._wants(path))
        if not paths:
            services = "|".join(self.services) or "*"
            raise InputError(f"{self.root}: no cassettes {services}/rest/{'|'.join(self.kinds)}/*.yaml")
        return paths

    def _wants(self, path: Path) -> bool:
        service, _, kind, _ = path.parts[-4:]
        return kind in self.kinds and (not self.services or service in self.services)


@dataclass(frozen=True)
class Stage:
    """Where one cassette is replayed: its target, the keys of the instance, how to begin anew (None: not at all)."""

    target: Target
    keys: Keys
    start: Callable[[], None] | None = None
    conditions: frozenset[str] = frozenset()


Stand = Callable[[Cassette], Stage]
OpenStand = Callable[[Settings], AbstractContextManager[Stand]]


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
        path = self._settings.root / service / "data" / "dataset.json"
        try:
            if service not in self._datasets:
                self._datasets[service] = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
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
    if narrowed or settings.rules != settings.root / DEVIATIONS:
        return
    recorded = {path.parts[-4] for path in find(settings.root)}
    for rule in rules:
        heard = recorded.intersection(rule.services)
        due = not settings.services or (heard and heard <= set(settings.services))
        due = due and not rule.unrecorded
        if due and rule.holds(settings.era, settings.way) and rule.id not in comparison.rules:
            yield rule.id
