"""What a server between the eras can: fields were renamed, moved and added at other times than each other (lists 1).

Each is known by the era whose form of the operations fits. An upstream of a fixed era has all of that era.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from shim.services.call import Call
from shim.upstream import Kind, Result
from shim.upstream.era import Era

_OLD, _NEW = "2024", "2026"


@dataclass(frozen=True)
class Milestones:
    """`raw` is about `rawMessage` in place of `envelope`, `names` about `message` of lists in place of the query's,
    `activity` about `lastActivity`.
    """

    raw: str
    names: str
    activity: str

    @classmethod
    def read(cls, result: Result) -> Milestones:
        """What introspection shows."""
        email, query, found = ({f["name"] for f in result.get(n, "fields") or ()} for n in ("email", "query", "list"))
        return cls(
            raw=_NEW if "rawMessage" in email else _OLD,
            names=_OLD if "message" in query else _NEW,
            activity=_NEW if "lastActivity" in found else _OLD,
        )


_known: WeakKeyDictionary[Era, Milestones] = WeakKeyDictionary()


def milestones(call: Call) -> Milestones:
    """What the upstream of a call can, asked once; where it does not tell, what its era had."""
    if call.backend.config.era != "auto":
        return Milestones(call.era, call.era, call.era)
    if call.backend.era not in _known:
        result = call.fetch("Milestones")
        if any(result.get(name, "fields") is None for name in ("email", "query", "list")):
            return Milestones(call.era, call.era, call.era)
        _known[call.backend.era] = Milestones.read(result)
    return _known[call.backend.era]


def ask(call: Call, about: str, operation: str, **variables: Any) -> Result:
    """The answer to an operation in the form that fits what it is about: `raw`, `names` or `activity`.

    A server that was upgraded since it was last asked is asked once more what it can.
    """
    result = call.fetch(operation, form=getattr(milestones(call), about), **variables)
    if not any(error.kind is Kind.UNSUITABLE for error in result.errors):
        return result
    _known.pop(call.backend.era, None)
    return call.fetch(operation, form=getattr(milestones(call), about), **variables)
