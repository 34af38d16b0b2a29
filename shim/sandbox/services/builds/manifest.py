"""Build manifests: what the servers demand of them (builds dossier, 7.1; notes on 2026)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from shim.sandbox.engine.errors import FieldError
from shim.sandbox.services.builds import goyaml
from shim.sandbox.services.builds.goyaml import FLAG, SOURCE, TEXT, TEXTS, Shape

_TASK_NAME = re.compile(r"[a-z0-9_-]+")
_MAX_TASK_NAME = 128
_SECRET_NAME = range(4, 512)
_TRIGGER = Shape.struct(
    "graph.Trigger", **dict.fromkeys(("action", "condition", "to", "cc", "in_reply_to", "url"), TEXT)
)
_TASK = Shape.map(TEXT)
_MANIFEST = Shape.struct(
    "graph.Manifest",
    arch=TEXT,
    artifacts=TEXTS,
    environment=Shape.map(goyaml.ANYTHING),
    image=TEXT,
    packages=TEXTS,
    repositories=Shape.map(TEXT),
    secrets=TEXTS,
    shell=FLAG,
    sources=TEXTS,
    tasks=Shape.list(_TASK),
    triggers=Shape.list(_TRIGGER),
    oauth=TEXT,
)
_MODERN = replace(_MANIFEST, members={**_MANIFEST.members, "tasks": Shape.list(SOURCE)})


@dataclass(frozen=True)
class Manifest:
    """What a job is made of: its image, and the names of its tasks."""

    image: str
    tasks: tuple[str, ...]


def read(text: str, *, modern: bool) -> Manifest:
    """The manifest in a text, judged as the servers of an era do. Raises FieldError."""
    given = goyaml.read(text, _MODERN if modern else _MANIFEST, modern=modern) or {}
    image, tasks = given.get("image") or "", given.get("tasks") or []
    tasks = [_read_task(task or "") for task in tasks] if modern else tasks
    _expect(image, "image is required")
    _expect(tasks or given.get("shell"), "list of tasks is required")
    _check_unique("artifact", given.get("artifacts") or ())
    names = tuple(_task(task or {}, modern) for task in tasks)
    _check_unique("task", names)
    for trigger in given.get("triggers") or ():
        _check_trigger(trigger or {})
    for name in given.get("secrets") or ():
        _expect(len(name) in _SECRET_NAME, f"invalid UUID length: {len(name.encode())}")
    if modern:
        _check_grants(given.get("oauth") or "")
    return Manifest(image, names)


def _expect(holds: object, message: str) -> None:
    if not holds:
        raise FieldError(message)


def _check_unique(what: str, values: Iterable[str]) -> None:
    for value, times in Counter(values).items():
        _expect(times == 1, f"duplicate {what} {value}")


def _read_task(text: str) -> dict[str, Any]:
    """A task of 2026, which is read for itself."""
    try:
        return goyaml.read(text, _TASK, modern=True) or {}
    except FieldError as error:
        raise FieldError(f"task must be '<name>: <script>': {error.message}") from error


def _task(task: dict[str, Any], modern: bool) -> str:
    """The name of a task."""
    if len(task) != 1:
        form = """task schema is {"name": "value"} (or 'taskname: script...' as YAML)"""
        raise FieldError("task must be '<name>: <script>' exactly once" if modern else form)
    (name,) = task
    rule = ": must be all lowercase letters, numbers, underscores, and dashes" if modern else ""
    _expect(_TASK_NAME.fullmatch(name), f"invalid task name '{name}'{rule}")
    long = modern and len(name) > _MAX_TASK_NAME
    _expect(not long, f"invalid task name '{name}': must be <= {_MAX_TASK_NAME} characters")
    return name


def _check_trigger(trigger: dict[str, Any]) -> None:
    """What a trigger has to have; whatever its condition is."""
    action = trigger.get("action") or ""
    if action == "email":
        _expect(trigger.get("to") or trigger.get("cc"), "email trigger requires 'to' or 'cc'")
    elif action == "webhook":
        _expect(trigger.get("url"), "webhook trigger requires 'url'")
    else:
        raise FieldError(f"unknown trigger type '{action}'")


def _check_grants(text: str) -> None:
    for grant in text.split():
        _expect("/" in grant, f"OAuth grant '{grant}' without service/scope format")
