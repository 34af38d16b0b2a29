"""Tables made of the lists of a data set, by a description of their columns that fits the shapes of both eras."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shim.sandbox.data.table import Table
from shim.sandbox.engine import times

Row = Mapping[str, Any]
_REQUIRED = object()


@dataclass(frozen=True)
class Column:
    """Where a data set holds an attribute: under the first of `names` (by default the attribute's) that a row has.

    With `key` the value refers to a row of that table. `read` makes the attribute of it. Where there is none, the
    attribute is `default`, and null where it is null; a reference may be null only if that is its default.
    """

    names: tuple[str, ...] = ()
    read: Callable[[Any], Any] | None = None
    key: str | None = None
    default: Any = _REQUIRED

    def value(self, attribute: str, row: Row, tables: Mapping[str, Table[Any]]) -> Any:
        """The attribute of a row. Raises KeyError if there is none, ValueError for a reference to nothing."""
        names = self.names or (attribute,)
        given = next((row[name] for name in names if name in row), self.default)
        if given is _REQUIRED:
            raise KeyError(names[0])
        if given is self.default or (given is None and not self.key):
            return given
        if self.key:
            given = tables[self.key].referred(given)
            if given is None:
                raise ValueError(f"unknown {attribute} in {row}")
        return self.read(given) if self.read else given


@dataclass(frozen=True)
class Rows:
    """A table of a store, and the list that it is made of: `make` gets the columns of each row, and its place as `id`
    where it has none.

    `lists` are the list's names in data sets (by default the table's), of which one must be there unless it is
    `optional`; `sequences` are those of its ids (by default the list's).
    """

    table: str
    make: Callable[..., Any]
    columns: Mapping[str, Column]
    lists: tuple[str, ...] = ()
    sequences: tuple[str, ...] = ()
    kind: type[Table[Any]] = Table
    optional: bool = False

    def open(self, data: Row, tables: Mapping[str, Table[Any]]) -> Table[Any]:
        """The table; `tables` are those that it refers to. Raises KeyError or ValueError for what is no data set."""
        names = self.lists or (self.table,)
        rows = next((data[name] for name in names if name in data), () if self.optional else None)
        if rows is None:
            raise KeyError(names[0])
        made = (self._row({"id": place, **row}, tables) for place, row in enumerate(rows, 1))
        return self.kind(made, _next_id(data, self.sequences or names))

    def _row(self, row: Row, tables: Mapping[str, Table[Any]]) -> Any:
        return self.make(**{name: column.value(name, row, tables) for name, column in self.columns.items()})


def columns(*names: str, **others: Column) -> dict[str, Column]:
    """Columns of these names that are taken as they are, and others."""
    return {**dict.fromkeys(names, Column()), **others}


def column(*names: str, **how: Any) -> Column:
    """A column of one of these names."""
    return Column(names, **how)


def moment(*names: str, **how: Any) -> Column:
    """A column that holds a time."""
    return Column(names, times.parse, **how)


def always(value: Any) -> Column:
    """An attribute that no data set holds."""
    return Column(("",), default=value)


def opened(data: Row, described: Iterable[Rows]) -> dict[str, Table[Any]]:
    """The tables of a data set by name, each described after those that it refers to."""
    tables: dict[str, Table[Any]] = {}
    for rows in described:
        tables[rows.table] = rows.open(data, tables)
    return tables


def _next_id(data: Row, names: Iterable[str]) -> int | None:
    """The next number of a sequence, as far as a data set tells: `next_ids` by list, or the last of `sequences`."""
    for name in names:
        if name in data.get("next_ids", {}):
            return data["next_ids"][name]  # type: ignore[no-any-return]
        if f"{name}_id_seq" in data.get("sequences", {}):
            return data["sequences"][f"{name}_id_seq"] + 1  # type: ignore[no-any-return]
    return None
