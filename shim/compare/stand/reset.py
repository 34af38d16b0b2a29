"""How somebody else's data set is brought back to its untouched state, and the conditions of a cassette."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from functools import partial

from shim.compare.cassettes.cassette import Cassette
from shim.compare.stand.settings import Settings
from shim.compare.stand.stage import StandError, Unsuitable
from shim.sandbox import Conditions

PUSHES = "pushes"
"""Behind pushes to repositories, which only an instance with its hooks takes."""


def resetting(settings: Settings, cassette: Cassette) -> tuple[Callable[[], None] | None, frozenset[str]]:
    """How somebody else's data set is reset; without a way to, a cassette in special conditions cannot be run."""
    conditions = names(Conditions.of(cassette.path.name, cassette.note), cassette)
    if settings.reset_command:
        return partial(_reset, settings.reset_command, cassette), conditions
    if conditions:
        raise Unsuitable(f"recorded with {', '.join(sorted(conditions))}")
    return None, conditions


def _reset(command: str, cassette: Cassette) -> None:
    """Run the operator's command; it learns what is to come from its environment, and its output is not ours."""
    told = {**os.environ, "SHIM_CASSETTE": cassette.name, "SHIM_NOTE": cassette.note}
    try:
        subprocess.run(shlex.split(command), check=True, env=told, stdout=subprocess.DEVNULL)  # noqa: S603
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise StandError(f"--reset-command: {error}") from error


def names(conditions: Conditions, cassette: Cassette) -> frozenset[str]:
    """The conditions that are not the usual ones, by the names that rules use: those of servers, and what was done."""
    switched = {
        "object-storage": conditions.storage is not None,
        "meta-down": not conditions.meta_reachable,
        "payment": not conditions.allow_free,
        PUSHES: "made by the pushes" in cassette.note,
    }
    return frozenset(name for name, on in switched.items() if on)
