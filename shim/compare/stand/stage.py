"""What the replay of a cassette stands on, whoever set it up."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from shim.compare.cassettes.cassette import Cassette
from shim.compare.stand.credentials import Keys
from shim.compare.stand.settings import Settings
from shim.compare.stand.target import Target


class StandError(Exception):
    """What a comparison runs on cannot be set up or reset; the text is for the operator."""


class Unsuitable(Exception):
    """A cassette needs conditions that nobody can bring about here; the text names them."""


@dataclass(frozen=True)
class Stage:
    """Where one cassette is replayed: its target, the keys of the instance, how to begin anew (None: not at all)."""

    target: Target
    keys: Keys
    start: Callable[[], None] | None = None
    conditions: frozenset[str] = frozenset()


Stand = Callable[[Cassette], Stage]
OpenStand = Callable[[Settings], AbstractContextManager[Stand]]
