"""Every recorded exchange through the real app against the sandbox: equal, or deviating as declared.

A service's `test_parity.py` has a class for each era, made of what is known of that service (`figures.py`). The tests
of a class share one stand: they run in one process, wherever the others do (`--dist loadscope`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from shim.compare.reporting.result import Outcome
from shim.compare.stand.settings import Settings
from tests.cassettes import FIXTURES
from tests.parity.results import counts, results
from tests.parity.run import Run, recordings, replaying


@pytest.fixture(scope="class")
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """The run of the class's service, era and paging."""
    with replaying(request.cls.settings()) as run:
        yield run


class Replayed:
    """Recordings of a service in an era.

    `exact` tells by kind how many answers are equal to the byte, so that no rule hides what once was exact. It only
    grows, but where a reason is given. `names` narrows the cassettes (empty: all of these kinds); `unplayed` are
    those that need what the sandbox can't bring about.
    """

    service: ClassVar[str]
    era: ClassVar[str]
    exact: ClassVar[Mapping[str, int]]
    names: ClassVar[tuple[str, ...]] = ()
    unplayed: ClassVar[tuple[str, ...]] = ()
    paging: ClassVar[str] = "auto"

    @classmethod
    def paths(cls) -> list[Path]:
        """The cassettes."""
        return [p for kind in cls.exact for p in recordings(cls.service, kind) if p.stem in (cls.names or (p.stem,))]

    @classmethod
    def settings(cls) -> Settings:
        """What is compared with what."""
        paths = tuple(cls.paths())
        return Settings(FIXTURES, era=cls.era, services=(cls.service,), paging=cls.paging, cassettes=paths)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """pytest's hook: a test for each cassette."""
        if "path" in metafunc.fixturenames:
            metafunc.parametrize("path", self.paths(), ids=lambda path: "/".join(path.parts[-2:]))

    def test_a_cassette_is_answered_as_recorded_or_as_declared(self, run: Run, path: Path) -> None:
        result = run.of(path)
        assert bool(result.skipped) is (path.stem in self.unplayed)
        different = [e for e in result.exchanges if e.outcome is Outcome.DIFFERENT]
        assert [(e.index, e.method, e.target, e.judgement.difference) for e in different] == []
        assert counts(result) == results()[result.name][f"{self.era} {self.paging}"]

    def test_as_many_exchanges_are_exact_as_ever(self, run: Run) -> None:
        assert run.exact() == self.exact

    def test_every_declared_deviation_occurs(self, run: Run) -> None:
        assert run.unused() == set()


class Recorded(Replayed):
    """Everything that is recorded of a service, and served, in an era.

    `calls` tells by endpoint the fewest and the most upstream calls behind a successful answer.
    """

    calls: ClassVar[Mapping[str, tuple[int, int]]]

    def test_upstream_is_asked_as_often_as_ever(self, run: Run) -> None:
        made = run.calls()
        assert {endpoint: made.get(endpoint) for endpoint in self.calls} == self.calls


class Walked(Replayed):
    """The recordings in `names` and all those of webhooks, without the network key."""

    paging = "walk"

    @classmethod
    def paths(cls) -> list[Path]:
        """The cassettes."""
        return [*super().paths(), *(p for p in cls._hooks() if p.stem not in cls.names)]

    def test_the_others_do_not_depend_on_the_key(self) -> None:
        others = {name: row for name, row in results().items() if name.startswith(f"{self.service}/")}
        for path in self.paths():
            del others["/".join(path.parts[-4:])]
        assert [name for name, row in others.items() if row[f"{self.era} walk"] != row[f"{self.era} auto"]] == []

    def test_all_of_them_are_there(self) -> None:
        assert {path.stem for path in self.paths()} == {*self.names, *(path.stem for path in self._hooks())}

    @classmethod
    def _hooks(cls) -> list[Path]:
        return recordings(cls.service, "webhooks")
