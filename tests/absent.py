"""What the machine lacks: a test that needs it is skipped, but fails where nothing may be lacking."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def lacking(what: str) -> NoReturn:
    """Skip, unless `.ci/run` promised by TESTS_LACK_NOTHING that all is there; `what` says what to install."""
    if os.environ.get("TESTS_LACK_NOTHING"):
        pytest.fail(f"{what}; TESTS_LACK_NOTHING is set")
    pytest.skip(what)
