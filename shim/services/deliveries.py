"""What was sent for a subscription: upstream's records, and the bridge's own later attempts (conventions 8.1, 16.17).

An upstream record holds the native body, of which the old payload is made anew, and what our receiver answered: the
record of what the target said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.exceptions import NotFound

from shim.rest.dates import LegacyTime
from shim.rest.described import said
from shim.rest.fields import Plain, Resource
from shim.rest.page import SIZE, Page
from shim.services.bridge import TIMED_OUT, UNANSWERED, Named, Record
from shim.services.call import Call
from shim.services.events import Event, Untranslatable
from shim.services.levels import Level, Place
from shim.upstream import microseconds

_ANSWER = "a member of the JSON in responseBody that this server answered"
AT_ONCE = 25
"""How many deliveries upstream tells where nobody says how many."""
Row = Mapping[str, Any]


class Delivery(Resource):
    """A delivery (conventions 8.1)."""

    id = Plain(metadata=said("uuid", how="the UUID of the event"))
    created = LegacyTime(metadata=said("date"))
    event = Plain(metadata=said("event", how="the old name, e.g. repo:update for REPO_UPDATE", old="text"))
    url = Plain(metadata=said(how="where the subscription leads to", old="text"))
    payload = Plain(metadata=said("requestBody", how="the old payload, which is made of the native one", old="text"))
    payload_headers = Plain(metadata=said("responseBody", how=_ANSWER, old="lines of text"))
    response = Plain(metadata=said("responseBody", how=_ANSWER, old="text"))
    response_status = Plain(metadata=said("responseBody", how=f"{_ANSWER}; -2 without one, -1 after 5 s", old="number"))
    response_headers = Plain(metadata=said("responseBody", how=_ANSWER, old="lines of text"))


class Deliveries:
    """The deliveries of one subscription of the caller's."""

    def __init__(self, call: Call, level: Level, row_id: int, place: Place) -> None:
        """Nothing is asked before one of them is wanted."""
        self._call, self._level, self._id, self._place = call, level, row_id, place
        self.named: Named | None = None

    def page(self) -> Page:
        """The page that the query asks for, each as it is dumped. Raises the old refusals."""
        page = self._call.window("deliveries", self._operation, self._ask, self._level.kind.name, str(self._id))
        self._call.backend.bridge.met(self.subscription, page.results)
        return Page([told for told in self._told(page.results) if told["payload"] is not None], page.next, page.total)

    def newest(self, cursor: str | None) -> tuple[Sequence[Row], str | None]:
        """Upstream's records of as many as it tells at once, from a cursor on, and the one behind them."""
        page, _ = self._ask(size=AT_ONCE, cursor=cursor, counted=False)
        assert page is not None
        return page["results"], page["cursor"]

    def one(self, uuid: str) -> dict[str, Any]:
        """One of them, as it is dumped. Raises 404."""
        row = self._found(uuid)
        self._call.backend.bridge.met(self.subscription, [row])
        return self._told([row])[0]

    @property
    def subscription(self) -> Named:
        """The subscription, once something was asked."""
        assert self.named is not None, "nothing was asked yet"
        return self.named

    def check(self) -> None:
        """Raise the old refusal where the caller has no such subscription."""
        self.named, _ = self._level.one(self._call, self._id, f"{self._level.name}Webhook", self._place)

    @property
    def _operation(self) -> str:
        return f"{self._level.name}Deliveries"

    def _ask(self, *, size: int, **asked: Any) -> tuple[Row | None, Row | None]:
        """A page of deliveries and one of their keys, numbered by their time where no cursor tells a number."""
        listed = bool(size)
        self.named, result = self._level.one(
            self._call, self._id, self._operation, self._place, rows=size or 1, listed=listed, **asked
        )
        hook = self._call.intact(result, *self._level.kind.path, "hook")
        return _numbered(hook.get("rows")), _numbered(hook.get("keys"))

    def _found(self, uuid: str) -> Row:
        """Upstream's record of a delivery: one of the newest, or where the keys of all tell that it is."""
        call = self._call
        page, keys = self._ask(size=SIZE, cursor=call.sealed(SIZE), counted=True, counter=call.whole)
        cursor = None
        if (found := _with(page, uuid)) is None:
            cursor = self._cursor_to(uuid, keys)
            page, _ = self._ask(size=1, cursor=cursor, counted=False)
            found = _with(page, uuid)
        if found is None:
            raise NotFound
        return found

    def _cursor_to(self, uuid: str, keys: Row | None) -> str | None:
        """A cursor to the page of a delivery behind the first page. Raises NotFound."""
        cursor = None
        while keys is not None and _with(keys, uuid) is None:
            cursor = keys["cursor"]
            keys = None if cursor is None else self._ask(size=0, counted=True, counter=cursor)[1]
        if keys is None:
            raise NotFound
        before = [row["uuid"] for row in keys["results"]].index(uuid)
        if (counter := self._call.sealed(before)) is None:
            return cursor
        _, ahead = self._ask(size=0, counted=True, counter=counter)
        return self._call.continued(ahead["cursor"], 1) if ahead and ahead["cursor"] else None

    def _told(self, rows: Any) -> list[dict[str, Any]]:
        """Deliveries as they are dumped; those of an event that nobody was told of have no payload."""
        later = self._call.backend.bridge.later(self.subscription, [row["uuid"] for row in rows])
        return [self._one_told(row, later.get(row["uuid"])) for row in rows]

    def _one_told(self, row: Row, later: Record | None) -> dict[str, Any]:
        named, kind = self.subscription, self._level.kind
        event = next((event for event in kind.events if event.native == row["event"]), None)
        name = event.legacy if event else row["event"].lower()
        record = (Record.read(row["responseBody"]) if row["responseStatus"] == 200 else None) or Record()
        shown = _shown(record, later, _headers(name, row["uuid"]), block=not self._level.sent_by_hook)
        return {
            "id": row["uuid"],
            "created": row["date"],
            "event": name,
            "url": named.subscription.url,
            "payload": self._payload(event, row),
            **shown,
        }

    def _payload(self, event: Event | None, row: Row) -> str | None:
        """The old payload of a record: empty where nothing can be made of it, None where nothing was ever sent."""
        kind, call, user = self._level.kind, self._call, self.subscription.subscription.user
        operation = call.backend.service.operations.of(kind.query, call.era)
        try:
            return kind.translate(operation, row["requestBody"].encode("utf-8", "surrogatepass"), user=user).payload
        except Untranslatable:
            return ""


def _shown(record: Record, later: Record | None, bare: str, *, block: bool) -> dict[str, Any]:
    """What became of a delivery, as the sender concerned wrote it down (git 6.1, todo 6.4).

    A Go sender wrote sorted blocks of lines, and nothing of what it sent before an answer came; an answer that is no
    text left no trace. What was sent again after an answer was written down by the Python sender.
    """
    again = later is not None and _is_answered(record)
    last = later or record
    sent = record if _is_answered(record) else last
    told = _is_answered(last) or last.status == TIMED_OUT
    written = _block if block else _lines
    return {
        "payload_headers": written(sent.sent if _is_answered(sent) or sent.status == TIMED_OUT else bare),
        "response": last.text if told else None,
        "response_status": last.status if told else UNANSWERED,
        "response_headers": _response_headers(last, last.headers if again else None, written),
    }


def _response_headers(last: Record, plain: str | None, written: Any) -> str | None:
    if not _is_answered(last):
        return None
    return plain if plain is not None else written(last.headers or "")


def _is_answered(record: Record) -> bool:
    return record.status > 0 and record.text is not None


def _headers(event: str, uuid: str) -> str:
    """The headers of a delivery as far as they are known without an attempt."""
    return f"Content-Type: application/json\nX-Webhook-Event: {event}\nX-Webhook-Delivery: {uuid}"


def _block(lines: str) -> str:
    """Headers as Go writes them: sorted, without blanks around, each line ended by CRLF."""
    return "".join(f"{line.strip()}\r\n" for line in sorted(lines.split("\n") if lines else ()))


def _lines(lines: str) -> str:
    """Headers as git's hook wrote them: each line ended by a line feed."""
    return "".join(f"{line.strip()}\n" for line in (lines.split("\n") if lines else ()))


def _numbered(page: Row | None) -> Row | None:
    """A page whose rows have a number by which they descend: the microseconds of their time."""
    return page and {**page, "results": [{**row, "id": microseconds(row["date"])} for row in page["results"]]}


def _with(page: Row | None, uuid: str) -> Row | None:
    return next((row for row in page["results"] if row["uuid"] == uuid), None) if page else None
