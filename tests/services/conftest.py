"""A service before a GraphQL server that answers as told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Script
from tests.kit import Asker
from tests.mock import select


@pytest.fixture
def asking(script: Script) -> Callable[..., Asker]:
    """The shim before the script: `asking(service, era=..., paging=...)`, and the service's own settings by name."""

    def of(service: str, era: str = "2024", paging: str = "auto", **own: str) -> Asker:
        settings = {(f"{service}.sr.ht::shim", name.replace("_", "-")): value for name, value in own.items()}
        return Asker(service, script.origin, {("shim", "era"): era, ("shim", "paging"): paging, **settings})

    return of


@pytest.fixture
def play(script: Script) -> Callable[..., None]:
    """Give the script its answers, each as the request selects it; what is no answer is a step as it is."""

    def step(answer: Any) -> Any:
        if not isinstance(answer, dict):
            return answer

        def played(handler: Any) -> None:
            asked, data = script.asked[-1], answer.get("data")
            script.play(handler, {**answer, "data": data and select(asked["query"], asked["variables"], data)})

        return played

    def of(*answers: Any) -> None:
        script.steps = [step(answer) for answer in answers]

    return of
