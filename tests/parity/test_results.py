"""The file of results and the README's table tell of all recordings, and of nothing else."""

from __future__ import annotations

from shim.compare.cassettes.finding import find
from tests.cassettes import FIXTURES
from tests.parity import results
from tests.parity.results import COLUMNS, README, table

FOUND = results.results()


def test_every_recording_has_its_line():
    assert list(FOUND) == ["/".join(path.parts[-4:]) for path in find(FIXTURES)]


def test_every_line_has_every_column_with_as_many_exchanges():
    for name, row in FOUND.items():
        assert list(row) == COLUMNS, name
        assert len({counts and sum(counts) for counts in row.values()}) == 1, name


def test_the_readme_has_the_table():
    assert table(FOUND) in README.read_text()


def test_a_table_sums_up_services_and_all():
    row = {column: [3, 1] for column in COLUMNS}
    lines = table({"a/x": row, "a/y": row, "a/z": dict.fromkeys(COLUMNS), "b/x": row}).splitlines()
    assert lines[2] == "| a | 8 | 6 + 2 | 6 + 2 | 6 + 2 | 6 + 2 |"
    assert lines[-1] == "| all | 12 | 9 + 3 | 9 + 3 | 9 + 3 | 9 + 3 |"
