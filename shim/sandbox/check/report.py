"""What `shim sandbox check` found, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from shim.sandbox.check.replay import Outcome

_LONGEST = 300


@dataclass
class Tally:
    """Exchanges counted: all, those derived from a contract, those equal, those that are no measure, those out of scope
    (first for what)."""

    recorded: int = 0
    derived: int = 0
    equal: int = 0
    skipped: int = 0
    out_of_scope: int = 0
    lacking: str | None = None

    def count(self, outcome: Outcome) -> None:
        """Add one."""
        self.recorded += 1
        self.derived += outcome.derived
        self.equal += outcome.equal
        self.skipped += outcome.skipped is not None
        self.out_of_scope += outcome.lacking is not None
        self.lacking = self.lacking or outcome.lacking

    @property
    def complete(self) -> bool:
        """Whether nothing differs."""
        return self.equal + self.skipped + self.out_of_scope == self.recorded

    def counts(self) -> dict[str, int]:
        """The counts by name."""
        return {name: value for name, value in vars(self).items() if name != "lacking"}

    def cells(self) -> tuple[str, ...]:
        """The counts as text."""
        recorded = f"{self.recorded}{' (derived)' if self.derived else ''}"
        return recorded, str(self.equal), str(self.skipped or ""), str(self.out_of_scope or "")


@dataclass
class Report:
    """Outcomes by operation and in all; of each operation the first difference."""

    operations: dict[tuple[str, str, str], Tally] = field(default_factory=dict)
    totals: dict[tuple[str, str], Tally] = field(default_factory=dict)
    differences: dict[tuple[str, str, str], Outcome] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        """Count an outcome."""
        whole = (outcome.recording.service, outcome.recording.era)
        operation = (*whole, outcome.operation)
        self.operations.setdefault(operation, Tally()).count(outcome)
        self.totals.setdefault(whole, Tally()).count(outcome)
        if outcome.difference:
            self.differences.setdefault(operation, outcome)

    @property
    def complete(self) -> bool:
        """Whether something was compared and nothing differs."""
        return bool(self.totals) and all(tally.complete for tally in self.totals.values())

    def to_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "totals": [_row(("service", "era"), key, tally.counts()) for key, tally in self.totals.items()],
            "operations": [
                _row(("service", "era", "operation"), key, vars(tally)) for key, tally in self.operations.items()
            ],
            "differences": [_difference(outcome) for outcome in self.differences.values()],
        }

    def render(self) -> RenderableType:
        """The report as a table, the differences below it."""
        table = Table("service", "era", "operation", box=None)
        for name in ("recorded", "equal", "no measure", "out of scope"):
            table.add_column(name, justify="right")
        for key, tally in self.operations.items():
            table.add_row(*key, *tally.cells(), style=None if tally.complete else "red")
        for whole, tally in self.totals.items():
            table.add_row(*whole, "in all", *tally.cells(), style="bold")
        return Group(table, *map(_shown, self.differences.values()))


def _row(names: Iterable[str], key: Iterable[str], values: Mapping[str, Any]) -> dict[str, Any]:
    return {**dict(zip(names, key, strict=True)), **values}


def _difference(outcome: Outcome) -> dict[str, Any]:
    found = outcome.difference
    return {
        "file": str(outcome.recording.path),
        "index": outcome.index,
        "operation": outcome.operation,
        "path": found and found.path,
        "expected": _plain(found and found.expected),
        "got": _plain(found and found.got),
    }


def _plain(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _shown(outcome: Outcome) -> Text:
    found = _difference(outcome)
    values = (f"    {name}: {found[name]!r}"[:_LONGEST] for name in ("expected", "got"))
    place = f"{found['file']} [{found['index']}] {found['operation']}: {found['path']}"
    return Text("\n".join(["", place, *values]), no_wrap=True, overflow="ignore")
