"""What makes up one service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil

from marshmallow import Schema

from shim.lifecycle import UNDECLARED, Lifecycle
from shim.rest.endpoint import Endpoint, Endpoints
from shim.services.events import Kind
from shim.settings import Setting
from shim.upstream import Operations

UNUSED_BY_THE_HUB = Lifecycle.of({"deprecated": "2025-10-27"})
"""What is said of services whose legacy API the project hub, the last first-party client, uses nothing of since that
day (clients H1)."""
HEAVIEST = 50
"""What a call may weigh: its rows times what each costs the API (upstream-safety 3.4)."""
BATCH = 100
"""How many rows a loader of the API reads in one transaction (upstream-safety 3.1)."""


@dataclass(frozen=True)
class Service:
    """A legacy service, e.g. git.sr.ht under the name `git`.

    `grants` tells which GraphQL grants an old scope corresponds to (git 4.1), e.g.
    `{"info:read": ("PROFILE:RO", "REPOSITORIES:RO")}`; `invalid_token` is the status of a bad token;
    `catches_all` says whether any other path was taken, for GET only, by a web page that found nothing;
    `serves_doubled_slashes` whether a GET with doubled slashes, which that page took, is served as the merged path;
    `resources` are schemas that views shared with another service ask for by name; `fields` says which input
    field a reason of upstream's speaks of, where upstream doesn't; `row_costs` tells of operations how many
    transactions each of their rows costs the API: 1 for a field that is read row by row, 1/BATCH for one that a loader
    reads, where rows may be many (upstream-safety 3.1); `any_text` says that mutations with a NUL or
    half of a surrogate pair are known to do the API no harm; `by_address` that a path may name a user by the e-mail
    address; `lifecycle` is what is said of the end of endpoints that
    don't say it themselves; `hooks` are the kinds of webhooks that it had.
    """

    name: str
    endpoints: tuple[Endpoints, ...]
    operations: Operations
    grants: Mapping[str, tuple[str, ...]]
    settings: tuple[Setting, ...] = ()
    invalid_token: int = 400
    strict_slashes: bool = False
    catches_all: bool = True
    serves_doubled_slashes: bool = False
    resources: Mapping[str, Schema] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    row_costs: Mapping[str, float] = field(default_factory=dict)
    any_text: bool = False
    by_address: bool = False
    lifecycle: Lifecycle = UNDECLARED
    hooks: tuple[Kind, ...] = ()

    def __iter__(self) -> Iterator[Endpoint]:
        return (endpoint for group in self.endpoints for endpoint in group)

    def answered(self, endpoint: Endpoint) -> Schema | None:
        """The schema of the JSON that an endpoint answers, None where it answers something else."""
        found = self.resources[endpoint.resource] if isinstance(endpoint.resource, str) else endpoint.resource
        return found() if isinstance(found, type) else found

    def most_rows(self, operation: str) -> int:
        """How many rows one call of an operation may ask for: as many as weigh no more than the heaviest call."""
        return int(HEAVIEST // self.row_costs.get(operation, 1))

    def weight(self, operation: str, rows: int) -> int:
        """What a call for so many rows weighs: all that may be under way where it costs more than that."""
        return min(HEAVIEST, max(1, ceil(rows * self.row_costs.get(operation, 0))))

    def needs(self, endpoint: Endpoint) -> tuple[str, ...]:
        """The grants without which an endpoint refuses a token, as they stand in tokens."""
        return self.taking(endpoint) if endpoint.scope in self.grants else ()

    def wanted(self, endpoint: Endpoint) -> tuple[str, ...]:
        """What a token is asked for at an endpoint; without a scope, the profile only where it is answered."""
        if endpoint.scope or "User" in endpoint.operations:
            return self.taking(endpoint)
        return tuple(map(self._written, endpoint.grants))

    def taking(self, endpoint: Endpoint) -> tuple[str, ...]:
        """The grants of an endpoint's scope, and those that it takes beside them."""
        return tuple(dict.fromkeys((*self.granting(endpoint.scope), *map(self._written, endpoint.grants))))

    def granting(self, scope: str | None) -> tuple[str, ...]:
        """The grants that an old scope corresponds to; who asks without one still asks for users."""
        return tuple(map(self._written, self.grants.get(scope or "", ("PROFILE:RO",))))

    def _written(self, grant: str) -> str:
        return f"{self.name}.sr.ht/{grant}"
