"""When an endpoint is switched off for a while, whatever way its windows were written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time

from shim.lifecycle import NEVER, Lifecycle, Window


def closures(lifecycle: Lifecycle) -> tuple[Window, ...]:
    """The brownouts of a settled lifecycle in the order of time: those that touch are one, none outlasts the end."""
    end = ending(lifecycle) or NEVER
    return tuple(_joined(Window(w.begin, min(w.end, end)) for w in lifecycle.brownouts or () if w.begin < end))


def ending(lifecycle: Lifecycle) -> datetime | None:
    """When an endpoint answers for the last time: its sunset or removal, whichever is first."""
    return min(filter(None, (lifecycle.sunset, lifecycle.removal)), default=None)


def contradictions(lifecycle: Lifecycle) -> Iterator[str]:
    """What a settled lifecycle says that can't all be: for whoever wrote it."""
    end = ending(lifecycle)
    if lifecycle.deprecated and end and end < lifecycle.deprecated:
        yield f"it ends on {dated(end)}, before it is deprecated on {dated(lifecycle.deprecated)}"
    if lifecycle.removal and lifecycle.sunset and lifecycle.removal < lifecycle.sunset:
        yield f"it is removed on {dated(lifecycle.removal)}, before its sunset on {dated(lifecycle.sunset)}"
    late = [window for window in lifecycle.brownouts or () if end and window.end > end]
    if late and end:
        yield f"the brownout {late[0]} is not over when it ends on {dated(end)}"


def dated(moment: datetime | None) -> str:
    """A time for readers: the day, and the time in UTC where it is not the day's begin."""
    if moment is None:
        return "-"
    return f"{moment:%Y-%m-%d}" if moment.time() == time() else f"{moment:%Y-%m-%d %H:%M} UTC"


def _joined(windows: Iterable[Window]) -> Iterator[Window]:
    last: Window | None = None
    for window in windows:
        if last and window.begin <= last.end:
            last = Window(last.begin, max(last.end, window.end))
            continue
        if last:
            yield last
        last = window
    if last:
        yield last
