"""The shim before the sandbox's git.sr.ht, in either era and with either way of paging."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
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


@pytest.fixture(scope="session")
def shims(sandboxes) -> Callable[[str], Asker]:
    """The shim by era: where it makes cursors itself it remembers nothing of the data."""

    @cache
    def of(era: str) -> Asker:
        return _shim(sandboxes, era, "auto")

    return of


@pytest.fixture
def ask(sandboxes, shims) -> Callable[..., Asker]:
    """The shim before a fresh sandbox: `ask(era, paging, storage)`; it never knows the object storage's address."""

    def of(era: str = "2024", paging: str = "auto", storage: bool = False) -> Asker:
        sandbox, _ = sandboxes(era)
        sandbox.reset(Conditions.of("", f"object storage on: {STORAGE}" if storage else ""))
        return shims(era) if paging == "auto" else _shim(sandboxes, era, paging)

    return of


def _shim(sandboxes, era: str, paging: str) -> Asker:
    settings = {("shim", "era"): era, ("shim", "paging"): paging, ("objects", "s3-upstream"): ""}
    return Asker("git", f"{sandboxes(era)[1]}/git", settings)
