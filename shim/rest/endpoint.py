"""Endpoint declarations: what a maintainer of the old code finds by its path, and everything derived from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from shim.lifecycle import FACTS, UNDECLARED, Lifecycle
from shim.rest.body import Field
from shim.rest.described import Described
from shim.rest.intake import LARGEST

View = Callable[..., Any]


@dataclass(frozen=True)
class Endpoint:
    """One legacy endpoint: a method, the rules it answers at, and what it needs.

    `resource` describes the JSON that it answers, by name where the service has it (None: no JSON); `examples` are
    values of GraphQL variables and of its rules' parameters by their names, and under `body` the old body.
    `scope` is the old scope, e.g. `info:read` (None: any token will do); `authorized` is False only where no
    token was asked for; `stand_in` is the service's setting that holds a credential for callers who have none;
    `operations` are the GraphQL operations it sends; `fields` its validated body;
    `grants` are those of GraphQL that it takes beside the ones of its scope, e.g. `EVENTS:RO`;
    `download` is the path of the API's plain resource that it passes on, in place of operations, with parameters of its
    rules; `limit` is the largest body in bytes that it takes; `lifecycle` is what it says of its own end; `discreet`
    says that no log may have its path, which is a key or a token.
    """

    method: str
    rules: tuple[str, ...]
    view: View
    scope: str | None = None
    authorized: bool = True
    stand_in: str = ""
    resource: Described = None
    examples: dict[str, Any] = field(default_factory=dict, hash=False)
    operations: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    grants: tuple[str, ...] = ()
    download: str = ""
    limit: int = LARGEST
    lifecycle: Lifecycle = UNDECLARED
    discreet: bool = False

    def shown(self, path: str) -> str:
        """What a log may have of the path of a call."""
        return self.rules[0] if self.discreet else path

    @property
    def name(self) -> str:
        """How it is called in routes, metrics and reports: its method and first rule."""
        return f"{self.method} {self.rules[0]}"

    @cached_property
    def slug(self) -> str:
        """How it is called in addresses and in the configuration: `get-repos-r-refs`; unique in its service."""
        words = re.findall(r"[a-z0-9_.]+", re.sub(r"<(?:\w+:)?(\w+)>", r"\1", self.rules[0].removeprefix("/api")))
        return "-".join((self.method.lower(), *words))

    @property
    def summary(self) -> str:
        """The first line of its view's docstring."""
        return (self.view.__doc__ or "").strip().partition("\n")[0]


@dataclass
class Endpoints(Sequence[Endpoint]):
    """The endpoints of one kind of resource, in order of declaration."""

    declared: list[Endpoint] = field(default_factory=list)

    def __getitem__(self, index: Any) -> Any:
        return self.declared[index]

    def __len__(self) -> int:
        return len(self.declared)

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(self.declared)

    def get(self, *rules: str, **facts: Any) -> Callable[[View], View]:
        """Declare a GET endpoint (HEAD and OPTIONS come with it).

        `facts` are those of Endpoint, and those of Lifecycle with dates as texts.
        """
        return self._declare("GET", rules, facts)

    def post(self, *rules: str, **facts: Any) -> Callable[[View], View]:
        """Declare a POST endpoint."""
        return self._declare("POST", rules, facts)

    def put(self, *rules: str, **facts: Any) -> Callable[[View], View]:
        """Declare a PUT endpoint."""
        return self._declare("PUT", rules, facts)

    def delete(self, *rules: str, **facts: Any) -> Callable[[View], View]:
        """Declare a DELETE endpoint."""
        return self._declare("DELETE", rules, facts)

    def _declare(self, method: str, rules: tuple[str, ...], facts: dict[str, Any]) -> Callable[[View], View]:
        operation = facts.pop("operation", ())
        facts["operations"] = (operation,) if isinstance(operation, str) else tuple(operation)
        facts["lifecycle"] = Lifecycle.of({key: facts.pop(key) for key in FACTS if key in facts})

        def decorate(view: View) -> View:
            self.declared.append(Endpoint(method, rules, view, **facts))
            return view

        return decorate
