"""The worked examples of todo.sr.ht's documents: upstream's answers in, the old answers out (todo 9)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.kit import Asker
from tests.mock import select

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))


def answering(script: Any, upstream: dict[str, Any]) -> Any:
    """A step of the script: this answer, as the request selects it."""

    def step(handler: Any) -> None:
        asked, data = script.asked[-1], upstream.get("data")
        selected = data and select(asked["query"], asked["variables"], data)
        script.play(handler, {**upstream, "data": selected})

    return step


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_a_vector(script, vector):
    script.steps = [answering(script, answer) for answer in vector["upstream"]] or [None]
    settings = {("shim", "era"): vector["era"], ("todo.sr.ht", "oauth-client-id"): ""}
    body = vector.get("body")
    sent = {"data": body, "content_type": "application/json"} if isinstance(body, str) else {"json": body}
    answer = Asker("todo", script.origin, settings).open(
        vector["method"], vector["path"], vector["caller"], **({} if body is None else sent)
    )
    assert answer.status_code == vector["status"], answer.text
    expected = vector.get("answer")
    assert answer.text == ("" if expected is None else json.dumps(expected))
    assert len(script.requests) == len(vector["upstream"])
