"""What to compare with what: the options of a run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from shim.compare.cassettes.finding import KINDS, find, rule_files

_PROJECT = Path(__file__).parents[3] / "fixtures"


class InputError(ValueError):
    """A fixtures root that holds nothing to compare; the text is for the operator."""


@dataclass(frozen=True)
class Settings:
    """What to compare with what.

    `services` and `cassettes` narrow the run (empty: all). `url` is a running shim, `upstream` the configuration of
    an instance whose GraphQL servers stand in for the sandbox; then `reset_command` is run before each cassette.
    """

    root: Path
    era: str = "2024"
    paging: str = "auto"
    services: tuple[str, ...] = ()
    kinds: tuple[str, ...] = KINDS
    cassettes: tuple[Path, ...] = ()
    deviations: Path | None = None
    url: str = ""
    upstream: Path | None = None
    reset_command: str = ""
    jobs: int = 1

    @property
    def rules(self) -> Path | None:
        """What has the rules: the file or root named, else this root or the project's, if they have any."""
        return self.deviations or next(filter(rule_files, (self.root, _PROJECT)), None)

    @property
    def way(self) -> str:
        """The way of paging that rules speak of: an instance that is compared with is known with its key."""
        return "walk" if self.paging == "walk" else "sealed"

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """The cassettes to run, in order. Raises InputError when there are none."""
        paths = tuple(path for path in self.cassettes or find(self.root) if self._wants(path))
        if not paths:
            services = "|".join(self.services) or "*"
            raise InputError(f"{self.root}: no cassettes {services}/rest/{'|'.join(self.kinds)}/*.yaml")
        return paths

    def dataset(self, service: str) -> Any:
        """The data set of a service, read anew. Raises InputError."""
        path = self.root / service / "data" / "dataset.json"
        try:
            return json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: {getattr(error, 'strerror', None) or error}") from error

    def _wants(self, path: Path) -> bool:
        service, _, kind, _ = path.parts[-4:]
        return kind in self.kinds and (not self.services or service in self.services)
