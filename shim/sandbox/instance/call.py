"""What a resolver knows of the request that it serves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from shim.sandbox.engine.context import Executed
from shim.sandbox.engine.cursor import Cursor
from shim.sandbox.engine.errors import FieldError
from shim.sandbox.engine.schema import Rule
from shim.sandbox.engine.validation import Document
from shim.sandbox.instance.access import refusal
from shim.sandbox.instance.caller import Caller
from shim.sandbox.instance.conditions import Conditions
from shim.sandbox.instance.config import Instance


class Service(Executed, Protocol):
    """What a request knows of the service that it is made to. `store` holds its rows; `core` is the year of the core
    that it runs on."""

    era: str
    instance: Instance
    conditions: Conditions
    store: Any
    document: Callable[[str], Document]

    @property
    def name(self) -> str:
        """The name in grants and in the configuration."""

    @property
    def core(self) -> str:
        """The year of the core."""

    def answer(self, call: Call, query: str) -> dict[str, Any]:
        """Execute an operation. Raises RequestError."""

    def deliver(self, url: str, headers: Mapping[str, str], body: bytes, record: Callable[[Any], None]) -> None:
        """Send an event soon; `record` gets the answer, if one comes."""


@dataclass
class Call:
    """One request to a service, or one evaluation of a webhook's query.

    `origin` is the address of the GraphQL server in links; `payload` is the event of a webhook; `prefix` is
    the path of the field that caused it (conventions 9.2). `place` is the path of the field that is resolved.
    `touched` is for services to note what the request has read, where a later field of it depends on that;
    `loaded` keeps the objects that it has loaded, where the real server loads each but once a request; `failed`
    counts the errors of the request so far; `address` is whom the audit log names.
    """

    service: Service
    caller: Caller
    origin: str
    payload: Any = None
    prefix: tuple[str, ...] = ()
    field_name: str = field(default="", init=False)
    place: tuple[str | int, ...] = field(default=(), init=False)
    touched: set[Any] = field(default_factory=set, init=False)
    loaded: dict[Any, Any] = field(default_factory=dict)
    address: str = ""
    failed: int = field(default=0, init=False)

    def enter(self, name: str) -> None:
        """A root field begins; events that it causes carry its name."""
        self.field_name = name

    def check(self, rules: Iterable[Rule]) -> None:
        """Raises FieldError, in 2026 with the code ERR_ACCESS_DENIED, when a rule keeps the caller out."""
        for reason in filter(None, (refusal(rule, self.caller, self.service.core) for rule in rules)):
            raise self.denied(reason)

    def seal(self, cursor: Cursor) -> str:
        """The text of a cursor under the instance's network key."""
        return cursor.seal(self.instance.network_key)

    @property
    def store(self) -> Any:
        """The service's rows."""
        return self.service.store

    @property
    def user(self) -> Any:
        """The user who asks; None for an anonymous internal caller."""
        return self.caller.user

    @property
    def instance(self) -> Instance:
        """The instance that the servers belong to."""
        return self.service.instance

    @property
    def conditions(self) -> Conditions:
        """What is switched on or off."""
        return self.service.conditions

    @property
    def modern(self) -> bool:
        """Whether the server is of the 2026 era."""
        return self.service.era >= "2026"

    def failure(self, message: str, code: str | None = None, **extensions: str) -> FieldError:
        """An error of the services' own: in 2026 with a small first letter and, where given, a code."""
        if not self.modern:
            return FieldError(message)
        return FieldError(message[:1].lower() + message[1:], **extensions, **self.code(code))

    def missing(self, message: str, modern: str = "Not found") -> FieldError:
        """Something is not there: in words of its own in 2024, with a code in 2026."""
        return FieldError(modern, code="ERR_NOT_FOUND") if self.modern else FieldError(message)

    def denied(self, message: str = "Access denied") -> FieldError:
        """The refusal of a caller who lacks a right."""
        return FieldError(message, **self.code("ERR_ACCESS_DENIED"))

    def code(self, code: str | None) -> dict[str, str]:
        """The extension `code`, which resolvers set in 2026 only."""
        return {"code": code} if code and self.modern else {}
