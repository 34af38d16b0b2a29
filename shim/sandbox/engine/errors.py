"""Failures as the servers report them (conventions 10.3, 10.4)."""

from __future__ import annotations

from typing import Any

PANIC = "internal system error"
NULL = "the requested element is null which the schema does not allow"
MAX_INTEGER = 2**31 - 1


class FieldError(Exception):
    """One resolver error: its message, and whatever stands in `extensions`, in order."""

    def __init__(self, message: str, **extensions: Any) -> None:
        super().__init__(message)
        self.message = message
        self.extensions = extensions
        self.suffix: tuple[str | int, ...] = ()

    def at(self, *suffix: str | int) -> FieldError:
        """The same error with the place of an argument behind the field's path."""
        self.suffix = suffix
        return self


class ValidationError(Exception):
    """Several errors of one field, as input validation collects them."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(", ".join(error.message for error in errors))
        self.errors = errors


class Validation:
    """Collects the errors of an input."""

    def __init__(self) -> None:
        self._errors: list[FieldError] = []

    def expect(self, holds: object, message: str, **extensions: str) -> None:
        """Note an error unless a condition holds."""
        if not holds:
            self._errors.append(FieldError(message, **extensions))

    def end(self) -> None:
        """Raises ValidationError if there were errors."""
        if self._errors:
            raise ValidationError(*self._errors)


class PanicError(FieldError):
    """Where the real resolver panics; the server lives on."""

    def __init__(self) -> None:
        super().__init__(PANIC)


class DiedError(Exception):
    """Where the real server process dies. A stand-in cuts its connections and lives on."""


class AuthError(Exception):
    """A refusal of who asks. `caller` is set where the old core refuses and runs the query all the same (row 13);
    `repeated` where it writes the refusal twice (row 9)."""

    def __init__(self, status: int, message: str, *, caller: Any = None, repeated: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.message = f"Authentication error: {message}"
        self.caller = caller
        self.repeated = repeated


class RequestError(Exception):
    """A request refused before any field ran."""

    def __init__(self, status: int, *errors: dict[str, Any]) -> None:
        super().__init__(errors[0]["message"])
        self.status = status
        self.errors = list(errors)


def coded(code: str, message: str, **members: Any) -> dict[str, Any]:
    """One error object of the server library; `members` come between message and extensions."""
    return {"message": message, **members, "extensions": {"code": code}}


def invalid(message: str, **members: Any) -> RequestError:
    """A document, operation or variable that fails validation."""
    return RequestError(422, coded("GRAPHQL_VALIDATION_FAILED", message, **members))


def sql_integer(value: int) -> int:
    """`value`, if a column of type integer can hold it. Raises FieldError with PostgreSQL's text."""
    if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
        raise FieldError(f'pq: value "{value}" is out of range for type integer')
    return value


def sql_null(column: str, relation: str) -> FieldError:
    """PostgreSQL's refusal of a null."""
    place = f'column "{column}" of relation "{relation}"'
    return FieldError(f"pq: null value in {place} violates not-null constraint")


def sql_text(value: str, limit: int | None = None) -> str:
    """`value`, if a column of type varchar(`limit`) can hold it. Raises FieldError with PostgreSQL's text."""
    if "\0" in value:
        raise FieldError('pq: invalid byte sequence for encoding "UTF8": 0x00')
    if limit is not None and len(value) > limit:
        raise FieldError(f"pq: value too long for type character varying({limit})")
    return value
