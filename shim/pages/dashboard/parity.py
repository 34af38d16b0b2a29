"""`/usage/parity`: what deviates from the old answers, as the last comparison of the operator's found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shim.pages.dashboard.blueprint import page
from shim.pages.formats import Page
from shim.pages.site import here
from shim.pages.words import moment

_LARGEST = 2**24
_MOST_RULES = 500
_LONGEST = 300
_FIGURES = ("exchanges", "exact", "declared", "different")


@dataclass(frozen=True)
class ParityRow:
    """The recorded exchanges of a service: answered to the byte, deviating as a rule declares, different."""

    service: str
    exchanges: int
    exact: int
    declared: int
    different: int
    exact_percent: float


@page("/usage/parity")
def parity() -> Page:
    """The figures of a report of `shim compare --json`, which the setting `parity-report` names."""
    name = here().config.parity_report
    read, problem = _Read(), ""
    try:
        read = _read(Path(name)) if name else read
    except OSError as error:
        problem = f"it can't be read: {error.strerror}"
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        problem = "it is no report of shim compare --json"
    facts = {**read.facts, "problem": problem or None}
    return Page("parity.html", "Parity", ParityRow, read.rows, facts, {"name": name, "read": read.facts})


@dataclass(frozen=True)
class _Read:
    rows: Sequence[ParityRow] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def _read(path: Path) -> _Read:
    """A report as far as it is shown. Raises OSError, and what a text raises that is none."""
    with path.open("rb") as file:
        told = json.loads(file.read(_LARGEST))
    rules = sorted(((str(rule)[:_LONGEST], int(count)) for rule, count in told["rules"].items()), key=lambda r: -r[1])
    facts = {
        "era": str(told["era"])[:_LONGEST],
        "passed": told["passed"] is True,
        "made": moment(path.stat().st_mtime),
        "totals": {figure: int(told["totals"][figure]) for figure in _FIGURES},
        "rules": dict(rules[:_MOST_RULES]),
    }
    return _Read(list(_rows(told["services"])), facts)


def _rows(services: Mapping[str, Mapping[str, Any]]) -> Iterator[ParityRow]:
    for name, told in sorted(services.items()):
        figures = {figure: int(told[figure]) for figure in _FIGURES}
        yield ParityRow(str(name)[:_LONGEST], **figures, exact_percent=float(told["exact_percent"]))
