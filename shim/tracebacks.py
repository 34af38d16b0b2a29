"""Lets go of what failed calls hold: a traceback holds every variable of the calls that it passed through."""

from __future__ import annotations


def drop(error: BaseException | None) -> None:
    """Forget the tracebacks of an exception and of all that led to it.

    Libraries keep exceptions in variables of the functions that raise them, and such a cycle keeps a whole request,
    its body included, until the garbage collector happens to run.
    """
    waiting, seen = [error], set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, BaseException) and id(found) not in seen:
            seen.add(id(found))
            found.__traceback__ = None
            waiting += [found.__cause__, found.__context__, *found.args, getattr(found, "reason", None)]
