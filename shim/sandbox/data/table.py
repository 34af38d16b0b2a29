"""Tables in memory: rows by id, numbered by a sequence as PostgreSQL does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from shim.sandbox.engine.errors import sql_integer


class HasId(Protocol):
    """Anything that can be a row."""

    id: int


Row = TypeVar("Row", bound=HasId)


class Table(Generic[Row]):
    """Rows in the order of their keys.

    Writers hold the service's lock; readers need none, for every change replaces the whole mapping.
    """

    def __init__(self, rows: Iterable[Row] = (), next_id: int | None = None) -> None:
        self._rows = {self.key(row): row for row in sorted(rows, key=self.key)}
        self._next = next_id if next_id is not None else max(self._rows, default=0) + 1

    def key(self, row: Row) -> int:
        """What the sequence numbers: the id, unless a service shows another number as that."""
        return row.id

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, row_id: int) -> Row | None:
        """The row of that key. Raises FieldError for what no id can be."""
        return self._rows.get(sql_integer(row_id))

    def referred(self, value: Any) -> Row | None:
        """The row that a data set refers to by `value`, its key."""
        return self._rows.get(value)

    def first(self, condition: Callable[[Row], bool]) -> Row | None:
        """The first row that meets a condition."""
        return next((row for row in self if condition(row)), None)

    def where(self, condition: Callable[[Row], bool]) -> list[Row]:
        """All rows that meet a condition, keys ascending."""
        return [row for row in self if condition(row)]

    def take_id(self) -> int:
        """The next id of the sequence; a refused insert uses it up all the same."""
        self._next += 1
        return self._next - 1

    def add(self, row: Row) -> Row:
        """Add a row and return it."""
        self._rows = {**self._rows, self.key(row): row}
        return row

    def remove(self, *rows: Row) -> None:
        """Delete rows."""
        gone = set(map(self.key, rows))
        self._rows = {key: row for key, row in self._rows.items() if key not in gone}


class Heap(Table[Any]):
    """Rows as they lie in the database, which is how they come where nothing orders them."""

    def __init__(self, rows: Iterable[Any] = (), next_id: int | None = None) -> None:
        given = list(rows)
        super().__init__(given, next_id)
        self._rows = {self.key(row): row for row in given}

    def changed(self, row: Any) -> Any:
        """A row that was changed is the last; it is returned."""
        self.remove(row)
        return self.add(row)
