"""What the comparison of all recordings found, as a file and as the README's table: `python -m tests.parity.results`.

The file tells of each cassette, by era and way of paging, how many of its answers are exact and how many deviate as
declared; null where it cannot be played. The parity tests hold what they find against it (`recorded.py`).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import product

from shim.compare.reporting.result import CassetteResult
from shim.compare.runner import run
from shim.compare.stand.opening import open_stand
from shim.compare.stand.settings import Settings
from tests.cassettes import FIXTURES

Counts = list[int] | None
Results = Mapping[str, Mapping[str, Counts]]
"""By cassette and column (`<era> <paging>`): exact answers, and declared ones."""
FILE = FIXTURES / "results.json"
README = FIXTURES.parent / "README.md"
COLUMNS = [f"{era} {paging}" for paging, era in product(("auto", "walk"), ("2024", "2026"))]
HEADINGS = ("service", "exchanges", "2024", "2026", "2024, no key", "2026, no key")
RULE = ("---", *["--:"] * (len(HEADINGS) - 1))
TABLE = re.compile(r"\| service \| exchanges .*\n(?:\|.*\n)+")


@cache
def results() -> Results:
    """The file."""
    found: Results = json.loads(FILE.read_text())
    return found


def counts(result: CassetteResult) -> Counts:
    """What became of a cassette, as the file tells it."""
    return None if result.skipped else [result.totals.exact, result.totals.declared]


def table(found: Results) -> str:
    """The README's table: of each service, and of all, exact and declared answers."""
    services = dict.fromkeys(name.partition("/")[0] for name in found)
    rows = [_row(service, found, f"{service}/") for service in services]
    return "".join(f"| {' | '.join(row)} |\n" for row in (HEADINGS, RULE, *rows, _row("all", found, "")))


def _row(title: str, found: Results, prefix: str) -> tuple[str, ...]:
    of_it = [columns for name, columns in found.items() if name.startswith(prefix)]
    sums = [_sum(row[column] for row in of_it) for column in COLUMNS]
    return (title, str(sum(sums[0])), *(f"{exact} + {declared}" for exact, declared in sums))


def _sum(all_counts: Iterable[Counts]) -> tuple[int, int]:
    played = [counts for counts in all_counts if counts is not None]
    return sum(exact for exact, _ in played), sum(declared for _, declared in played)


def _compared(column: str) -> dict[str, Counts]:
    """All recordings, played. Ends the program where an answer differs, or no answer needs a rule."""
    era, paging = column.split()
    settings = Settings(FIXTURES, era=era, paging=paging, jobs=2)
    comparison = run(settings, open_stand, lambda result: print(column, result.name, result.verdict, flush=True))
    if not comparison.passed:
        sys.exit(f"not as declared: see `shim compare fixtures --era {era} --paging {paging}`")
    return {result.name: counts(result) for result in comparison.cassettes}


def main() -> None:
    """Compare all recordings in every way, and write what was found to the file and into the README."""
    columns = {column: _compared(column) for column in COLUMNS}
    found = {name: {column: columns[column][name] for column in COLUMNS} for name in columns[COLUMNS[0]]}
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in found.items())
    FILE.write_text(f"{{\n{lines}\n}}\n")
    README.write_text(TABLE.sub(table(found), README.read_text()))


if __name__ == "__main__":
    main()
