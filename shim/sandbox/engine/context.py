"""What the engine asks of a service, and of one request to it; who that is and what it holds is no concern of its."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Protocol

from flask import Response

from shim.sandbox.engine.cursor import Cursor
from shim.sandbox.engine.schema import Rule, Schema

FIRST_CORE = "2023"
"""The core that speaks in words of its own; later ones have the year of their era."""


class Executed(Protocol):
    """A service whose operations are executed. `scalars` reads those of its own by name."""

    schema: Schema
    scalars: Mapping[str, Callable[[Any], Any]]

    def root(self, operation: str) -> Any:
        """The object whose attributes are the root fields of a kind of operation."""


class Context(Protocol):
    """One request. `prefix` goes before the path of every error, `place` is the path of the field that is resolved,
    `failed` counts the errors so far."""

    prefix: tuple[str, ...]
    place: tuple[str | int, ...]
    failed: int

    @property
    def service(self) -> Executed:
        """The service asked."""

    def enter(self, name: str) -> None:
        """A root field begins."""

    def check(self, rules: Iterable[Rule]) -> None:
        """Raises FieldError when one of the rules that guard a field keeps the caller out."""

    def seal(self, cursor: Cursor) -> str:
        """The text of a cursor."""


class Served(Executed, Protocol):
    """A service that is reached by HTTP. `routes` maps werkzeug rules below `/query/` to functions
    `(call, request, **arguments)`."""

    slug: ClassVar[str]
    routes: ClassVar[Mapping[str, Callable[..., Response]]]
    era: str

    def authenticate(self, header: str | None, cookies: Mapping[str, str]) -> Any:
        """Who asks. Raises AuthError."""

    @property
    def core(self) -> str:
        """The year of the core that it runs on."""

    def call(self, caller: Any, own: str, address: str) -> Any:
        """The context of a request that came to the address `own` from the address `address`."""

    def answer(
        self,
        call: Any,
        query: str,
        variables: Mapping[str, Any] | None = None,
        name: str | None = None,
        *,
        read_only: bool = False,
    ) -> dict[str, Any]:
        """Execute an operation. Raises RequestError, DiedError."""
