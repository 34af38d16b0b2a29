"""What a PUT ticket changes, validated in the old order (todo 2.4, 4.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shim.rest.body import Body, Field, Valid, optional
from shim.services.todo.draft import length, origin

_STATUS = Field("status", choices=("reported", "confirmed", "in_progress", "pending", "resolved"), enum="TicketStatus")
_NUMBERS = dict(zip(_STATUS.choices, (0, 1, 2, 4, 8), strict=True))
_RESOLUTION = Field(
    "resolution",
    required=True,
    choices=(
        "unresolved",
        "fixed",
        "implemented",
        "wont_fix",
        "by_design",
        "invalid",
        "duplicate",
        "not_our_bug",
        "closed",
    ),
    enum="TicketResolution",
)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Changes:
    """What is to be done to a ticket: labels to remove and add, a comment's text, a status to set.

    `status` is GraphQL's input: `{"status": "REPORTED"}`, or RESOLVED with a `resolution`; `origin` who did it
    elsewhere, nothing of it empty; `rights` what the caller needs, whether or not anything changes.
    """

    removed: Sequence[Row] = ()
    added: Sequence[Row] = ()
    comment: Any = ""
    status: Mapping[str, str] = field(default_factory=dict)
    origin: Mapping[str, str] = field(default_factory=dict)
    rights: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.removed or self.added or self.comment or self.status)

    @property
    def is_doomed(self) -> bool:
        """Whether the API can't take the comment, so that nothing else should be done either."""
        return bool(self.comment) and not all(map(_is_storable, (self.comment, *self.origin.values())))


def _is_storable(text: Any) -> bool:
    """Whether a column can hold it: a text without NULs and lone surrogates."""
    return isinstance(text, str) and "\0" not in text and text == text.encode("utf-8", "replace").decode()


def wanted(body: Body) -> list[str]:
    """The names of labels that a body asks for, each once; what can be no name is left out."""
    given = body.fields.get("labels")
    names = given if isinstance(given, list) else []
    return list(dict.fromkeys(name for name in names if isinstance(name, str) and "\0" not in name))


def changes(body: Body, ticket: Row, labels: Mapping[str, Row]) -> Changes:
    """The changes to a ticket; `labels` are the wanted ones that exist, by name.

    Raises the 400 with the reasons against it, at once where the old code stopped to look further.
    """
    valid = Valid(body, ())
    found = {name: value for name, value in origin(valid).items() if value}
    comment = _comment(valid)
    status = _status(valid, ticket["status"].lower())
    removed, added = _labels(valid, ticket, labels)
    valid.check()
    rights = [right for name, right in _RIGHTS if name in valid]
    return Changes(removed, added, comment, status, found, tuple(rights))


_RIGHTS = (("comment", "comment"), ("status", "triage"), ("labels", "triage"))


def _comment(valid: Valid) -> Any:
    comment = valid.take(optional("comment", None))
    if comment and not 3 <= length(comment) <= 16384:
        valid.complain("Comment must be between 3 and 16384 characters.", "comment")
    return comment


def _status(valid: Valid, present: str) -> dict[str, str]:
    """Any status but `reported` ends as resolved, and the present one is no change (todo Q14, Q15).

    The number of the present one meant it too, beside being wrong, and so did 0.
    """
    status = valid.take(_STATUS) if "status" in valid else present
    if status in (present, _NUMBERS[present], 0):
        return {}
    if status == "reported":
        return {"status": "REPORTED"}
    resolution = valid.take(_RESOLUTION)
    return {"status": "RESOLVED", "resolution": str(resolution).upper()}


def _labels(valid: Valid, ticket: Row, labels: Mapping[str, Row]) -> tuple[Sequence[Row], Sequence[Row]]:
    """The labels to remove and to add: the list replaces the whole set (todo Q17, Q26)."""
    if "labels" not in valid:
        return (), ()
    given = valid.take(optional("labels", list))
    if given is not None and not all(isinstance(name, str) for name in given):
        valid.complain("Expected array of strings", "labels")
    if given is None or valid.errors:
        valid.check()
    if unknown := [name for name in given if name not in labels]:
        valid.complain(f"Unknown label {unknown[0]}", "labels")
        valid.check()
    present = {label["name"]: label for label in ticket["labels"]}
    removed = [label for name, label in present.items() if name not in given]
    return removed, [labels[name] for name in labels if name not in present]
