"""hg answers from git's modules: no code stands in both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

SERVICES = Path(__file__).parents[2] / "shim/services"
RUN = 6


def runs(service: str) -> Iterator[tuple[str, ...]]:
    """Every run of six lines of a service's code that says something."""
    for path in sorted(p for p in (SERVICES / service).iterdir() if p.suffix in (".py", ".graphql")):
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
        kept = [line for line in lines if line and not line.startswith(("import ", "from "))]
        yield from zip(*(kept[i:] for i in range(RUN)), strict=False)


def test_no_six_lines_of_git_stand_in_hg() -> None:
    assert set(runs("git")) & set(runs("hg")) == set()
