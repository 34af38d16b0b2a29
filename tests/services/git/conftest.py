"""The shim before the sandbox's git.sr.ht, in either era and with either way of paging."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from shim.sandbox import Conditions, Sandbox
from tests.kit import Asker

FIXTURES = Path(__file__).parents[3] / "fixtures"
STORAGE = "s3-upstream objects.example.org, s3-insecure yes, s3-bucket gitsrht, s3-prefix pfx"


@pytest.fixture(scope="session")
def sandboxes() -> Iterator[Callable[[str], tuple[Sandbox, str]]]:
    """A running sandbox by era, and its address."""
    with ExitStack() as stack:
        running: dict[str, tuple[Sandbox, str]] = {}

        def of(era: str) -> tuple[Sandbox, str]:
            if era not in running:
                sandbox = Sandbox(FIXTURES, era=era, services=["git"])
                running[era] = sandbox, stack.enter_context(sandbox.running())
            return running[era]

        yield of


@pytest.fixture
def ask(sandboxes) -> Callable[..., Asker]:
    """The shim before a fresh sandbox: `ask(era, paging, storage)`; it never knows the object storage's address."""

    def of(era: str = "2024", paging: str = "auto", storage: bool = False) -> Asker:
        sandbox, address = sandboxes(era)
        sandbox.reset(Conditions.of("", f"object storage on: {STORAGE}" if storage else ""))
        settings = {("shim", "era"): era, ("shim", "paging"): paging, ("objects", "s3-upstream"): ""}
        return Asker("git", f"{address}/git", settings)

    return of
