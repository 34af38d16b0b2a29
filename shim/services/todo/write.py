"""Writing the changes of a PUT ticket: labels first, then the comment or the status (todo 4.7, 7.2, Q20).

Each kind goes in a request of its own: in 2026 a comment is not written behind a field of the same request that
failed, and of a request that failed in part nothing is told (era-2026). A mutation is never sent twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from werkzeug.exceptions import HTTPException, Unauthorized

from shim.rest.errors import Refusal, reason
from shim.services.answers import Lost
from shim.services.call import Call
from shim.services.todo.authors import commenter, newest, user
from shim.services.todo.changes import Changes
from shim.services.todo.draft import EXTERNAL
from shim.services.todo.events import flat
from shim.upstream import FieldError, Kind

MOST_CHANGED = 45
MOST_REQUESTS = 2
NOT_IMPORTED = "Changes made elsewhere or at another time are not supported by the GraphQL API"
TOO_MANY = f"More than {MOST_CHANGED * MOST_REQUESTS} changes of labels at once are not supported"
DONE, NOT_DONE, UNKNOWN = "Done before that: ", "Not done: ", "Not known whether done: "
_EVENTS = {"remove": "LABEL_REMOVED", "add": "LABEL_ADDED"}
_DOING = {"remove": "removing label", "add": "adding label"}
_THERE = "already assigned"
_REASONS = {401: "401 unauthorized", 404: "404 not found"}
_DECIDED = frozenset({Kind.DENIED, Kind.NOT_FOUND, Kind.GRANT, Kind.OTHER})
Row = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Step:
    """One mutation: its kind (remove, add, comment, status), the label's id or the input, the label's name."""

    kind: str
    value: Any
    label: str = ""

    def __str__(self) -> str:
        return f"{_DOING[self.kind]} {self.label}" if self.kind in _DOING else self.kind


class Writing:
    """The changes to one ticket under way: what was sent, what was done, what came of it.

    `ticket` is the ticket before, with its tracker; `name` is the caller's.
    """

    def __init__(self, call: Call, ticket: Row, todo: Changes, name: str) -> None:
        self._call, self._ticket, self._todo = call, ticket, todo
        self._me = user(name)
        self._left = _steps(call, todo)
        self._done: list[Step] = []
        self._events: dict[Step, Row] = {}

    def write(self, **place: Any) -> tuple[Row, Sequence[Row]]:
        """Send the changes; gives the ticket afterwards and the events that they made.

        Raises the old answer to what fails, which says what was done before and what was not.
        """
        labels = [step for step in self._left if step.kind in _EVENTS]
        if self._todo.is_doomed:
            self._last()
        for begin in range(0, len(labels), MOST_CHANGED):
            self._labels(labels[begin : begin + MOST_CHANGED])
        if self._left:
            self._last()
        self._recover([step for step in labels if step in self._done and step not in self._events], place)
        made = [(step, self._events[step]) for step in self._done if step in self._events]
        about = self._afterwards([event for _, event in made])
        return about, [flat(self._event(step, event, place), about) for step, event in made]

    def _labels(self, steps: Sequence[Step]) -> None:
        """One request of labels. One that somebody else has put on the ticket meanwhile is there, as was wanted."""
        kinds = {kind: [step for step in steps if step.kind == kind] for kind in _EVENTS}
        names = {f"{kind}{i}": step for kind, some in kinds.items() for i, step in enumerate(some)}
        errors, data = self._send("UpdateLabels", {f"{kind}0": len(some) for kind, some in kinds.items()}, names)
        places = {str(place) for error in errors for place in error.path[:1]}
        failed = [error for error in errors if not _is_there(error)]
        if all(error.path for error in errors):
            self._done += [step for name, step in names.items() if name not in places]
        self._left = [step for step in self._left if step not in self._done]
        if failed:
            raise self._refusal(failed, [names[str(e.path[0])] for e in failed if e.path and e.path[0] in names])
        self._left = [step for step in self._left if step not in steps]
        self._events |= {step: data[name] for name, step in names.items() if data.get(name)}

    def _last(self) -> None:
        """The request of the comment, or of the status alone."""
        step = self._left[-1]
        counts = {kind: int(kind == step.kind) for kind in ("comment", "status")}
        errors, data = self._send("UpdateTicket", counts, {step.kind: step})
        if errors:
            raise self._refusal(errors, [step])
        self._left.remove(step)
        self._done.append(step)
        self._events[step] = data[step.kind]

    def _send(self, operation: str, counts: Mapping[str, int], names: Mapping[str, Step]) -> tuple[Any, Row]:
        known = {"id": self._ticket["tracker"]["id"], "n": self._ticket["id"]}
        try:
            values = {name: step.value for name, step in names.items()}
            result = self._call.fetch(operation, counts, **known, **values)
        except (Refusal, HTTPException) as answer:
            raise self._told(answer, list(names.values()) if isinstance(answer, Lost) else ()) from answer
        return result.errors, result.data

    def _recover(self, lost: Sequence[Step], place: Row) -> None:
        """Read the events of labels that were told of no more because another of their request failed."""
        if not lost:
            return
        try:
            rows = newest(self._call, self._call.sealed(2 * MOST_CHANGED * MOST_REQUESTS), **place)
        except (Refusal, HTTPException) as answer:
            raise self._told(answer, ()) from answer
        found = {(change["event_type"], change["label"]["id"]): row for row in rows[::-1] for change in _labelled(row)}
        events = {step: found.get((_EVENTS[step.kind], step.value)) for step in lost}
        self._events |= {step: event for step, event in events.items() if event is not None}

    def _refusal(self, errors: Sequence[FieldError], failed: Sequence[Step]) -> Exception:
        """The answer to what failed: rights and labels may be gone meanwhile (todo 7.1, 7.2)."""
        unknown = () if all(error.kind in _DECIDED for error in errors) else failed
        return self._told(self._answer(errors, failed), unknown)

    def _answer(self, errors: Sequence[FieldError], failed: Sequence[Step]) -> Exception:
        if any(error.kind is Kind.DENIED for error in errors):
            return Unauthorized()
        gone = [error for error in errors if error.kind is Kind.NOT_FOUND and "label" in error.message.lower()]
        if gone and failed and failed[0].label:
            return Refusal(400, reason(f"Unknown label {failed[0].label}", "labels"))
        return self._call.answers.of_mutation(errors)

    def _told(self, answer: Exception, unknown: Sequence[Step]) -> Exception:
        """The answer with what was done before it, and what was not; as it is where that is nothing but itself."""
        undone = [step for step in self._left if step not in unknown]
        if not self._done and (len(unknown) < 2 and not (unknown and undone)):
            return answer
        status = _status(answer)
        first = answer.errors if isinstance(answer, Refusal) else [reason(_REASONS[status])]
        groups = ((DONE, self._done), (UNKNOWN, unknown), (NOT_DONE, undone))
        told = [text + ", ".join(map(str, steps)) for text, steps in groups if steps]
        return Refusal(status, *first, *told)

    def _afterwards(self, events: Sequence[Row]) -> Row:
        """The ticket as the changes left it: what is not named in them stays as it was read."""
        labels = {label["name"]: label for label in (*self._ticket["labels"], *self._todo.added)}
        for label in self._todo.removed:
            labels.pop(label["name"], None)
        about = {**self._ticket, "labels": list(labels.values())}
        for event in events:
            about["updated"] = event["created"]
        for change in (change for event in events for change in event.get("changes", ()) if "newStatus" in change):
            about |= {"status": change["newStatus"], "resolution": change["newResolution"]}
        return about

    def _event(self, step: Step, event: Row, place: Row) -> Row:
        """The event that a step made, with who made it and how it is called, of which the answer says nothing."""
        if step.kind in _EVENTS:
            change = {"type": "LabelUpdate", "event_type": _EVENTS[step.kind], "label": {"name": step.label}}
            return {**event, "changes": [{**change, "author": self._me}]}
        origin = step.value.get("import")
        author = commenter(self._call, origin, event["id"], **place) if origin else self._me
        known = {"author": author, "text": _stored(self._todo.comment or "")}
        return {**event, "changes": [{**change, **known} for change in event["changes"]]}


def _is_there(error: FieldError) -> bool:
    """Whether a label could not be added because it is on the ticket already."""
    return _THERE in error.message.lower() and str(error.path[:1]).startswith("('add")


def _stored(text: str) -> str:
    """A text as the API keeps it: half a pair of surrogates is no character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _labelled(event: Row) -> Iterator[Row]:
    return (change for change in event["changes"] if "label" in change)


def _status(answer: Exception) -> int:
    return int(getattr(answer, "code" if isinstance(answer, HTTPException) else "status", None) or 500)


def _steps(call: Call, todo: Changes) -> list[Step]:
    """What to do, in the old order: removals, additions, then the comment or the status alone."""
    origin = _origin(call, todo)
    steps = [Step("remove", label["id"], label["name"]) for label in todo.removed]
    steps += [Step("add", label["id"], label["name"]) for label in todo.added]
    if len(steps) > MOST_CHANGED * MOST_REQUESTS:
        raise Refusal(501, TOO_MANY)
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
