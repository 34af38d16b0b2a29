"""Build runners, as far as jobs are cancelled at them (builds dossier, 7.1)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Runner:
    """A host that runs jobs."""

    id: int
    host: str
    reachable: bool
