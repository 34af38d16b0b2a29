"""Request bodies and their validation (conventions 6.1 to 6.3, literally)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Request

from shim.rest import intake
from shim.rest.errors import Crash, Refusal, reason

_MISSING = object()
_URL_ENCODED = "application/x-www-form-urlencoded"


class Body:
    """The body of a request: JSON if the content type is exactly that, otherwise a form.

    `problems` are the complaints about the encoding itself, which precede every other reason. No more than `limit`
    bytes are taken, of JSON and url-encoded forms never more than 1 MiB; forms are read once somebody asks for them.
    """

    def __init__(self, request: Request, limit: int = intake.LARGEST) -> None:
        self._request = request
        in_memory = request.mimetype in ("application/json", _URL_ENCODED)
        intake.Intake.install(request.environ, min(limit, intake.LARGEST) if in_memory else limit)
        request.max_form_memory_size = intake.LARGEST
        request.max_form_parts = intake.MOST_FIELDS
        self.problems: list[dict[str, str]] = []
        self.is_json = request.headers.get("Content-Type") == "application/json"
        if self.is_json:
            self._json = self._decoded(request.get_data())

    @cached_property
    def fields(self) -> Mapping[str, Any]:
        """The fields by name; of repeated form keys the first wins, of repeated JSON keys the last."""
        return self._json if self.is_json else Form(self._request)

    def _decoded(self, data: bytes) -> Mapping[str, Any]:
        intake.check_json(data)
        try:
            value = json.loads(data.decode("utf-8"))
        except UnicodeDecodeError:
            raise Crash("body is not UTF-8", bare=True) from None
        except (ValueError, RecursionError):
            self.problems.append(reason("Invalid JSON provided"))
            return {}
        if not isinstance(value, dict):
            self.problems.append(reason("Expected JSON dictionary"))
            return {}
        return value


class Form(Mapping[str, Any]):
    """The fields of a form: texts, and the bytes of files where there is no text.

    A file without a name or content is no value, and yet its field was sent.
    """

    def __init__(self, request: Request) -> None:
        if request.mimetype == _URL_ENCODED:
            intake.check_form(request.get_data())
        self._texts, self._files = request.form, request.files
        self._read: dict[str, bytes] = {}

    def __getitem__(self, name: str) -> Any:
        value = self._texts.get(name) or self._content(name) or self._texts.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._texts or name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._texts, *self._files]))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def _content(self, name: str) -> bytes | None:
        file = self._files.get(name)
        if file is None or not file.filename:
            return None
        if name not in self._read:
            self._read[name] = file.read()
        return self._read[name] or None


@dataclass(frozen=True)
class Field:
    """One input field of a route.

    `type` is what a JSON value must be (None: anything); `choices` makes it an enum by member name and
    `enum` its class name; `label` stands for the name in "is required".
    """

    name: str
    type: type | None = None
    required: bool = False
    label: str | None = None
    choices: tuple[str, ...] = ()
    enum: str = ""

    def read(self, source: Mapping[str, Any], complain: Callable[..., None]) -> Any:
        """The value, or the marker of an absent one after complaining about it."""
        value = self._checked(source, complain)
        empty = value is _MISSING or (not value and value is not False)
        if self.required and empty:
            complain(f"{self.label or self.name} is required", self.name)
            return _MISSING
        return value

    def _checked(self, source: Mapping[str, Any], complain: Callable[..., None]) -> Any:
        value = source.get(self.name, _MISSING)
        if value is _MISSING:
            return _MISSING
        if value is None:
            complain(f"{self.name} may not be null", self.name)
            return _MISSING
        return self._of_type(value, complain)

    def _of_type(self, value: Any, complain: Callable[..., None]) -> Any:
        if self.choices:
            return self._member(value, complain)
        if self.type is not None and not isinstance(value, self.type):
            complain(f"{self.name} should be a {self.type.__name__}", self.name)
            return _MISSING
        return value

    def _member(self, value: Any, complain: Callable[..., None]) -> Any:
        if not isinstance(value, str):
            complain(f"{self.name} should be an str", self.name)
            return value
        if value not in self.choices:
            complain(f"{self.name} should be a valid {self.enum}", self.name)
        else:
            return value
        return _MISSING


def required(name: str, kind: type | None = str, label: str | None = None) -> Field:
    """A field that must be there."""
    return Field(name, kind, required=True, label=label)


def optional(name: str, kind: type | None = str) -> Field:
    """A field that may be left out but not be null."""
    return Field(name, kind)


class Valid:
    """The outcome of a validation: values by field name, and the reasons against them in order of detection."""

    def __init__(self, body: Body, fields: tuple[Field, ...]) -> None:
        self.errors = list(body.problems)
        self._source = body.fields
        values = {f.name: f.read(self._source, self.complain) for f in fields}
        self.values: dict[str, Any] = {k: v for k, v in values.items() if v is not _MISSING}

    def __contains__(self, name: str) -> bool:
        """Whether a field was sent, whatever its value."""
        return name in self._source

    def take(self, field: Field) -> Any:
        """The value of a further field, None for an absent or refused one."""
        value = field.read(self._source, self.complain)
        return None if value is _MISSING else value

    def complain(self, text: str, field: str | None = None) -> None:
        """Add a reason."""
        self.errors.append(reason(text, field))

    def check(self) -> None:
        """Raise the 400 that lists every reason, if there is any."""
        if self.errors:
            raise Refusal(400, *self.errors)
