"""PUT /api/.../tickets/N, and comments that can't be edited (todo rows 12 and 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound, Unauthorized

from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Refusal, reason
from shim.services.call import Call
from shim.services.todo.access import may, ticket_in
from shim.services.todo.changes import Changes, changes, wanted
from shim.services.todo.draft import EXTERNAL
from shim.services.todo.events import flat
from shim.services.todo.resources import Event, Ticket
from shim.services.todo.tickets import ONE
from shim.upstream import LARGEST_INT, FieldError, Kind, Result

edits = Endpoints()
_ticket = Ticket()
_event = Event()
MOST_WANTED = 50
MOST_CHANGED = 24
LABELLING = {"remove": "removed", "add": "added"}
LAST = ("removed", "added", "comment", "status")
NOT_IMPORTED = "Changes made elsewhere or at another time are not supported by the GraphQL API"
NOT_EDITED = "Editing comments is not supported by the GraphQL API"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One mutation: its kind (remove, add, comment, status), the label's id or the input, the label's name."""

    kind: str
    value: Any
    label: str = ""


@edits.put(*ONE, scope="tickets:write", operation=("TicketForUpdate", "UpdateTicket"))
def update(call: Call, t: str, n: int) -> Response:
    """Labels, a comment and a status at once: one document of mutations in the old order (todo Q20)."""
    names = wanted(call.body)
    result, labels = _read(call, t, n, names)
    tracker, ticket = ticket_in(call, result)
    todo = changes(call.body, ticket, labels)
    if not all(may(tracker, right) for right in todo.rights):
        raise Unauthorized
    about: Row = {**ticket, "tracker": tracker}
    events: Sequence[Row] = ()
    if todo:
        about, events = _write(call, about, todo, result.data["me"])
    return json.answer({"ticket": _ticket.dump(about), "events": _event.dump(events, many=True)})


@edits.put(*(f"{rule}/comments/<int:c>" for rule in ONE), scope="tickets:write", operation="Ticket")
def edit_comment(call: Call, t: str, n: int, c: int) -> Response:
    """There is no mutation for it (todo G2); no comment has an id beyond 32 bits."""
    ticket_in(call, call.fetch("Ticket", t=t, n=n))
    if c > LARGEST_INT:
        raise NotFound
    raise Refusal(501, NOT_EDITED)


def _read(call: Call, t: str, n: int, names: Sequence[str]) -> tuple[Result, Mapping[str, Row]]:
    """The ticket, and those of the named labels that its tracker has, as far as none is unknown.

    That takes one call, but for very many names.
    """
    labels: dict[str, Row] = {}
    for begin in range(0, max(len(names), 1), MOST_WANTED):
        some: Row = {f"want{i}": name for i, name in enumerate(names[begin : begin + MOST_WANTED])}
        result = call.fetch("TicketForUpdate", {"want0": len(some)}, t=t, n=n, **some)
        found = result.get("owner", "tracker") or {}
        labels |= {label["name"]: label for alias in some if (label := found.get(alias)) is not None}
        if len(labels) < begin + len(some):
            break
    return result, labels


def _write(call: Call, ticket: Row, todo: Changes, me: Row) -> tuple[Row, Sequence[Row]]:
    """Send the changes, once; gives the ticket afterwards and the events that they made."""
    steps = _steps(call, todo)
    known = {"id": ticket["tracker"]["id"], "n": ticket["id"]}
    done: list[tuple[Step, Row]] = []
    while len(steps) > MOST_CHANGED:
        done += _send(call, known, steps[:MOST_CHANGED], ())
        steps = steps[MOST_CHANGED:]
    done += _send(call, known, steps[:-1], steps[-1:])
    last: Row = done[-1][1]
    about = last["ticket"]
    return about, [flat(_event_of(step, event, me), about) for step, event in done]


def _steps(call: Call, todo: Changes) -> list[Step]:
    """What to do, in the old order: removals, additions, then the comment or the status alone."""
    origin = _origin(call, todo)
    steps = [Step("remove", label["id"], label["name"]) for label in todo.removed]
    steps += [Step("add", label["id"], label["name"]) for label in todo.added]
    if todo.comment:
        steps.append(Step("comment", {"text": todo.comment, **todo.status, **origin}))
    elif todo.status:
        steps.append(Step("status", todo.status))
    return steps


def _origin(call: Call, todo: Changes) -> dict[str, Any]:
    """The input that imports a comment, which 2024 can't and 2026 only with an author and a date (todo G6)."""
    if not todo.origin:
        return {}
    known = {"created": datetime.now(timezone.utc).isoformat(), **todo.origin}
    if call.era == "2024" or not todo.comment or len(known) < len(EXTERNAL):
        raise Refusal(501, NOT_IMPORTED)
    return {"import": known}


def _send(call: Call, known: Row, steps: Sequence[Step], last: Sequence[Step]) -> list[tuple[Step, Row]]:
    """One document of mutations; only its `last` one tells of the ticket. Raises the old answer to its errors."""
    counts = {f"{kind}0": 0 for kind in LABELLING} | dict.fromkeys(LAST, 0)
    fields: dict[str, Step] = {}
    for step in steps:
        fields[f"{step.kind}{counts[f'{step.kind}0']}"] = step
        counts[f"{step.kind}0"] += 1
    for step in last:
        fields[LABELLING.get(step.kind, step.kind)] = step
        counts[LABELLING.get(step.kind, step.kind)] = 1
    result = call.fetch("UpdateTicket", counts, **known, **{name: step.value for name, step in fields.items()})
    if result.errors:
        raise _refusal(call, result.errors, fields)
    return [(step, result.data[name]) for name, step in fields.items()]


def _refusal(call: Call, errors: Sequence[FieldError], fields: Mapping[str, Step]) -> Exception:
    """The answer to a document that failed in part: rights and labels may be gone meanwhile (todo 7.1, 7.2)."""
    if any(error.kind is Kind.DENIED for error in errors):
        return Unauthorized()
    for error in errors:
        step = next((fields[place] for place in map(str, error.path[:1]) if place in fields), None)
        if step is not None and error.kind is Kind.NOT_FOUND and "label" in error.message.lower():
            return Refusal(400, reason(f"Unknown label {step.label}", "labels"))
    return call.answers.of_mutation(errors)


def _event_of(step: Step, event: Row, me: Row) -> Row:
    """The event that a step made; a label's own answer does not tell what it did."""
    if step.kind not in LABELLING:
        return event
    kind = "LABEL_REMOVED" if step.kind == "remove" else "LABEL_ADDED"
    author = {"type": "User", "canonical_name": f"~{me['name']}", **me}
    change = {"type": "LabelUpdate", "event_type": kind, "author": author, "label": {"name": step.label}}
    return {**event, "changes": [change]}
