"""The recordings of one service through the real app against the sandbox, each replayed once for all who ask."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shim.compare.reporting.measure import measuring
from shim.compare.reporting.result import CassetteResult, Outcome
from shim.compare.rules.deviations import Rule, load
from shim.compare.runner import Session
from shim.compare.stand.opening import open_stand
from shim.compare.stand.settings import Settings
from tests.cassettes import FIXTURES


def recordings(service: str, kind: str) -> list[Path]:
    """A service's cassettes of a kind, in order."""
    return sorted((FIXTURES / service / "rest" / kind).glob("*.yaml"))


class Run:
    """The cassettes of one service in one era and one way of paging, before one stand.

    Whoever asks for all of them gets those that were replayed before, so that sums hold whichever tests are chosen.
    """

    def __init__(self, settings: Settings, session: Session, calls: dict[str, Counter[int]]) -> None:
        self._settings = settings
        self._session = session
        self._calls = calls
        self._results: dict[Path, CassetteResult] = {}

    def of(self, path: Path) -> CassetteResult:
        """What became of a cassette."""
        if path not in self._results:
            self._results[path] = self._session.replay(path)
        return self._results[path]

    def all(self) -> list[CassetteResult]:
        """What became of every cassette."""
        return [self.of(path) for path in self._settings.paths]

    def exact(self) -> dict[str, int]:
        """How many answers are equal to the byte, by the kind of their cassette."""
        return Counter(result.kind for result in self.all() for e in result.exchanges if e.outcome is Outcome.EXACT)

    def calls(self) -> dict[str, tuple[int, int]]:
        """The fewest and the most upstream calls behind a successful answer, by `<METHOD> <rule>`."""
        self.all()
        return {key.partition(" ")[2]: (min(counts), max(counts)) for key, counts in self._calls.items()}

    def unused(self) -> set[str]:
        """The rules (ids) that these recordings should show and do not: those that name the service first.

        A rule for several services need not be shown by each. Without the network key only the rules that speak of
        that are due, for every service that they name.
        """
        used = {rule for result in self.all() for e in result.exchanges for rule in e.judgement.rules}
        return {rule.id for rule in load(FIXTURES).rules if self._is_due(rule)} - used

    def _is_due(self, rule: Rule) -> bool:
        (service,) = self._settings.services
        if rule.unrecorded or not rule.covers(service, self._settings.era, self._settings.way):
            return False
        return rule.paging == "walk" if self._settings.way == "walk" else rule.services[0] == service


@contextmanager
def replaying(settings: Settings) -> Iterator[Run]:
    """A run on a stand of its own; `settings` names one service."""
    calls: dict[str, Counter[int]] = defaultdict(Counter)
    with open_stand(settings) as stand:
        yield Run(settings, Session(settings, measuring(stand, calls)), calls)
