"""Every field that a service reads, with every kind of JSON value: refused, taken or an old crash, never a fault."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from shim.sandbox import Sandbox
from shim.services import discover
from tests.kit import Asker

FIXTURES = Path(__file__).parents[2] / "fixtures"
OWNED = {"git": ("jdoe", "weather"), "hg": ("alice", "files"), "builds": ("jdoe", ""), "paste": ("jdoe", "")}
SERVICES = {service.name: service for service in discover() if service.name in OWNED}
OF_REPOSITORIES = ("name", "description", "visibility", "url", "events", "sync", "readme")
UNDECLARED = {"git": OF_REPOSITORIES, "hg": OF_REPOSITORIES, "builds": ("triggers", "note", "execute"), "paste": ()}
OTHERS = {
    "builds": {"manifest": "image: x\ntasks:\n- a: b\n", "jobs": [1]},
    "paste": {"files": [{"contents": "x"}], "visibility": "public"},
}
VALUES = {
    "null": "null",
    "true": "true",
    "false": "false",
    "zero": "0",
    "int": "5",
    "huge int": "1" * 400,
    "int beyond 32 bits": "4294967296",
    "float": "1.5",
    "exponent": "1e400",
    "NaN": "NaN",
    "infinity": "-Infinity",
    "empty text": '""',
    "text": '"x"',
    "NUL": '"a\\u0000b"',
    "surrogate": '"\\ud800"',
    "beyond ASCII": '"ü\U0001f600"',
    "newline": '"a\\r\\nb: c"',
    "long text": f'"{"x" * 20000}"',
    "empty list": "[]",
    "list": '["x"]',
    "list of null": "[null]",
    "nested": '[[{"a": [1, {"b": null}]}]]',
    "empty object": "{}",
    "object": '{"name": "x", "0": [1]}',
}


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[Callable[[str, str], tuple[Sandbox, str]]]:
    """A running sandbox by era and service, and its address."""
    with ExitStack() as stack:
        running: dict[tuple[str, str], tuple[Sandbox, str]] = {}

        def of(era: str, service: str) -> tuple[Sandbox, str]:
            if (era, service) not in running:
                sandbox = Sandbox(FIXTURES, era=era, services=[service])
                running[era, service] = sandbox, stack.enter_context(sandbox.running())
            return running[era, service]

        yield of


def written(service: str) -> Iterator[tuple[str, str]]:
    """The endpoints that read a body, as paths."""
    user, repository = OWNED[service]
    for endpoint in SERVICES[service]:
        path = endpoint.rules[0].replace("<u>", f"~{user}").replace("<r>", repository).replace("<path:name>", "v1")
        if endpoint.method in ("POST", "PUT", "DELETE") and "<" not in path and (repository or endpoint.fields):
            yield endpoint.method, path


CASES = [(name, method, path) for name in SERVICES for method, path in written(name)]


@pytest.mark.parametrize("era", ["2024", "2026"])
@pytest.mark.parametrize(("service", "method", "path"), CASES)
def test_no_value_of_any_field_is_a_fault(
    sandboxes: Any, logged: list[Any], era: str, service: str, method: str, path: str
) -> None:
    sandbox, address = sandboxes(era, service)
    asker = Asker(service, f"{address}/{service}", {("shim", "era"): era})
    declared = {f.name for e in SERVICES[service] for f in e.fields}
    seen = []
    for field in sorted({*UNDECLARED[service], *declared}):
        if method != "POST":
            sandbox.reset()
        for kind, value in VALUES.items():
            others = {"name": f"n{len(seen)}", "visibility": "PUBLIC", "url": "http://h.example.org"}
            others = OTHERS.get(service, others)
            rest = "".join(f', "{name}": {json.dumps(other)}' for name, other in others.items() if name != field)
            sent = f'{{"{field}": {value}{rest if method == "POST" else ""}}}'
            answer = asker.open(
                method, path, OWNED[service][0], data=sent.encode(), headers={"Content-Type": "application/json"}
            )
            seen.append((field, kind, answer.status_code))
            if method != "POST" and answer.status_code < 300:
                sandbox.reset()
    faults = [entry for entry in logged if entry["event"] == "crash"]
    assert faults == []
    assert [case for case in seen if case[2] in (502, 503, 504)] == []
