"""PUT ticket: the order of its checks, and the requests for its changes (todo 2.4, 4.7, 7.2)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import Visitor, parse, visit

from shim.sandbox.services.todo.label import TicketLabel
from shim.services import discover
from shim.services.call import Call
from shim.services.todo.edit import MOST_READS, MOST_WANTED
from shim.services.todo.write import MOST_CHANGED, MOST_REQUESTS
from tests.complexity import complexity
from tests.kit import Asker
from tests.mock import select

TODO = next(service for service in discover() if service.name == "todo")
PATH = "/api/trackers/widgets/tickets/4"
OWNER = {"canonicalName": "~mira", "username": "mira"}
TRACKER = {
    "id": 42,
    "created": "2024-03-01T09:15:00Z",
    "updated": "2024-09-03T09:00:00Z",
    "name": "widgets",
    "owner": OWNER,
}
RIGHTS = {"browse": True, "comment": True, "triage": True}


def ticket(*labels: str, **changes: Any) -> dict[str, Any]:
    """A ticket of the schema's, open unless changed."""
    times = {"created": "2024-09-03T09:00:00Z", "updated": "2024-09-03T09:00:00Z"}
    known = {"id": 4, "ref": "~mira/widgets#4", "subject": "New one", "body": "", "status": "REPORTED"}
    people = {"submitter": {"__typename": "User", **OWNER}, "assignees": []}
    rows = [{"id": 100 + int(name[1:]), "name": name} for name in labels]
    return {**known, **times, "resolution": "UNRESOLVED", **people, "labels": rows, "tracker": TRACKER, **changes}


WRITES = ("UpdateLabels", "UpdateTicket")


class Upstream:
    """The answers to a PUT: the ticket with any label of l0 to l199, and events to whatever was sent.

    `errors` are those of each mutation that fails, by its first alias.
    """

    def __init__(self, script: Any, *labels: str, rights: dict[str, bool] = RIGHTS, errors: Any = ()) -> None:
        self.script, self.errors, self.events = script, errors, 500
        self.tracker = {**TRACKER, "acl": rights, "ticket": ticket(*labels)}
        script.steps = [self.answer]

    def answer(self, handler: Any) -> None:
        asked = self.script.asked[-1]
        if asked["operationName"] in WRITES:
            failed = [error for error in self.errors if error["path"][0] in asked["variables"]]
            body = {"data": None, "errors": failed} if failed else {"data": self.written(asked)}
        else:
            body = {"data": select(asked["query"], asked["variables"], self.read(asked["variables"]))}
        self.script.play(handler, body)

    def read(self, variables: dict[str, Any]) -> dict[str, Any]:
        wanted = {name: {"id": 100 + int(v[1:]), "name": v} for name, v in variables.items() if name.startswith("want")}
        known = {name: row if row["id"] < 300 else None for name, row in wanted.items()}
        return {"me": {"username": "mira"}, "owner": {"tracker": {**self.tracker, **known}}}

    def written(self, asked: dict[str, Any]) -> dict[str, Any]:
        fields = parse(asked["query"]).definitions[0].selection_set.selections
        event = {"created": "2024-09-03T10:00:00Z", "changes": []}
        events = {str(i): {**event, "id": self.events + i} for i in range(len(fields))}
        self.events += len(fields)
        return select(asked["query"], asked["variables"], events)

    @property
    def mutations(self) -> list[dict[str, Any]]:
        return [asked for asked in self.script.asked if asked["operationName"] in WRITES]


def put(script: Any, body: Any, **settings: str) -> Any:
    asker = Asker("todo", script.origin, {("shim", "era"): settings.get("era", "2024")})
    return asker.open("PUT", PATH, "mira", data=json.dumps(body), content_type="application/json")


def reasons(answer: Any) -> list[tuple[Any, str]]:
    return [(error.get("field"), error["reason"]) for error in answer.json["errors"]]


LENGTH = "Comment must be between 3 and 16384 characters."
BOTH = "If specifying either external ID or URL, must specify both."


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"comment": "ab", "external_id": "a:b"}, [(None, BOTH)]),
        (
            {"external_id": "a:b", "created": None, "external_url": None},
            [
                ("external_url", "external_url may not be null"),
                (None, BOTH),
                ("created", "created may not be null"),
            ],
        ),
        ({"comment": "ab", "created": "now"}, [("created", "Expected valid RFC 8022 datetime")]),
        (
            {"comment": "ab", "status": "bogus", "labels": [5]},
            [
                ("comment", LENGTH),
                ("status", "status should be a valid TicketStatus"),
                ("resolution", "resolution is required"),
                ("labels", "Expected array of strings"),
            ],
        ),
        ({"comment": "ab", "labels": ["l999"]}, [("comment", LENGTH)]),
        ({"labels": ["l1", "l999"]}, [("labels", "Unknown label l999")]),
        ({"labels": None}, [("labels", "labels may not be null")]),
        ({"labels": "l1"}, [("labels", "labels should be a list")]),
        (
            {"status": "resolved", "resolution": ""},
            [
                ("resolution", "resolution should be a valid TicketResolution"),
                ("resolution", "resolution is required"),
            ],
        ),
        ({"status": "resolved", "resolution": 5}, [("resolution", "resolution should be an str")]),
        ({"status": None}, [("status", "status may not be null"), ("resolution", "resolution is required")]),
        ({"status": 0}, [("status", "status should be an str")]),
        ([], [(None, "Expected JSON dictionary")]),
    ],
)
def test_reasons_come_in_the_old_order_and_nothing_is_sent(script, body, expected):
    upstream = Upstream(script)
    answer = put(script, body)
    assert (answer.status_code, reasons(answer)) == (400, expected)
    assert upstream.mutations == []


def test_rights_are_looked_at_behind_the_body(script):
    nothing = dict.fromkeys(RIGHTS, False) | {"browse": True}
    Upstream(script, rights=nothing)
    assert put(script, {"comment": "ab"}).status_code == 400
    assert put(script, {"comment": "abc"}).status_code == 401
    assert put(script, {"comment": ""}).status_code == 401
    assert put(script, {"status": "reported"}).status_code == 401
    assert put(script, {}).status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"comment": ""}, {"status": "reported"}, {"resolution": "fixed"}, {"labels": ["l1"]}]
)
def test_what_changes_nothing_is_a_read(script, body):
    upstream = Upstream(script, "l1")
    answer = put(script, body)
    assert (answer.status_code, answer.json["events"], upstream.mutations) == (200, [], [])


def test_labels_go_before_the_comment_and_removals_first(script):
    upstream = Upstream(script, "l1", "l2")
    answer = put(script, {"labels": ["l2", "l3"], "comment": "Done.", "status": "resolved", "resolution": "fixed"})
    labels, comment = upstream.mutations
    assert 0 < labels["query"].index("remove0:") < labels["query"].index("add0:")
    assert labels["variables"] == {"id": 42, "n": 4, "remove0": 101, "add0": 103}
    said = {"text": "Done.", "status": "RESOLVED", "resolution": "FIXED"}
    assert comment["variables"] == {"id": 42, "n": 4, "comment": said}
    events = [(event["id"], event["event_type"], event["label"]) for event in answer.json["events"]]
    assert events == [(500, ["label_removed"], "l1"), (501, ["label_added"], "l3"), (502, [], None)]


def test_reopening_needs_no_resolution(script):
    upstream = Upstream(script)
    upstream.tracker["ticket"] = ticket(status="RESOLVED", resolution="FIXED")
    assert put(script, {"status": "reported"}).status_code == 200
    assert upstream.mutations[0]["variables"]["status"] == {"status": "REPORTED"}


@pytest.mark.parametrize(("number", "wrong"), [(8, 1), (8.0, 1), (0, 1), (False, 1), (4, 2), (True, 2)])
def test_the_number_of_the_present_status_needs_no_resolution(script, number, wrong):
    upstream = Upstream(script)
    upstream.tracker["ticket"] = ticket(status="RESOLVED", resolution="FIXED")
    both = [("status", "status should be an str"), ("resolution", "resolution is required")]
    assert reasons(put(script, {"status": number})) == both[:wrong]


def test_any_other_status_resolves(script):
    upstream = Upstream(script)
    assert put(script, {"status": "in_progress", "resolution": "closed"}).status_code == 200
    assert upstream.mutations[0]["variables"]["status"] == {"status": "RESOLVED", "resolution": "CLOSED"}


@pytest.mark.parametrize(
    ("message", "status", "rest"),
    [
        ("Access denied", 401, ["Not done: comment"]),
        ("pq: no", 400, ["Not done: comment"]),
        ("internal system error", 502, ["Not known whether done: comment"]),
    ],
)
def test_a_comment_that_failed_is_told_beside_what_was_done(script, message, status, rest):
    upstream = Upstream(script, "l2", errors=[{"message": message, "path": ["comment"]}])
    answer = put(script, {"labels": ["l1"], "comment": "Done."})
    assert answer.status_code == status
    _, *told = [text for _, text in reasons(answer)]
    assert told == ["Done before that: removing label l2, adding label l1", *rest]
    assert len(upstream.mutations) == 2


def test_a_single_change_that_failed_needs_no_words(script):
    Upstream(script, errors=[{"message": "pq: no", "path": ["comment"]}])
    assert reasons(put(script, {"comment": "Done."})) == [(None, "pq: no")]


def test_nothing_is_done_behind_labels_that_failed(script):
    upstream = Upstream(script, errors=[{"message": "Access denied", "path": ["add0"]}])
    answer = put(script, {"labels": ["l1"], "comment": "Done."})
    assert (answer.status_code, reasons(answer)) == (401, [(None, "401 unauthorized")])
    assert len(upstream.mutations) == 1


@pytest.mark.parametrize("comment", [["a", "b", "c"], "a\0bc", "abc\ud800"])
def test_a_comment_that_cannot_be_stored_is_tried_before_anything_is_done(script, comment):
    upstream = Upstream(script, errors=[{"message": "pq: no text", "path": ["comment"]}])
    answer = put(script, {"labels": ["l1"], "comment": comment})
    assert answer.status_code in (400, 500)
    assert [sent["operationName"] for sent in upstream.mutations] in (["UpdateTicket"], [])


def test_a_connection_that_is_cut_leaves_it_open_what_was_done(script):
    upstream = Upstream(script, "l2")

    def cut(handler):
        if script.asked[-1]["operationName"] == "UpdateTicket":
            handler.close_connection = True
        else:
            upstream.answer(handler)

    script.steps = [cut]
    answer = put(script, {"labels": ["l1"], "comment": "Done."})
    assert answer.status_code == 502
    assert [text for _, text in reasons(answer)][1:] == [
        "Done before that: removing label l2, adding label l1",
        "Not known whether done: comment",
    ]
    assert len(upstream.mutations) == 2


@pytest.mark.parametrize("status", [404, 413, 500, 504])
def test_what_was_turned_away_is_not_done_and_nothing_else_is_known(script, status):
    """A proxy that refuses a request lets nothing through; that of a server that fails may have been done."""
    upstream = Upstream(script, "l2")

    def refuse(handler):
        if script.asked[-1]["operationName"] == "UpdateTicket":
            handler.send_response(status)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        else:
            upstream.answer(handler)

    script.steps = [refuse]
    answer = put(script, {"labels": ["l1"], "comment": "Done."})
    assert answer.status_code == 502
    word = "Not done" if status < 500 else "Not known whether done"
    assert [text for _, text in reasons(answer)][1:] == [
        "Done before that: removing label l2, adding label l1",
        f"{word}: comment",
    ]


THERE = [{"message": "this label is already assigned to this ticket", "path": ["add0"]}]


def test_a_label_that_somebody_else_has_set_does_not_cost_the_comment(script):
    upstream = Upstream(script, errors=THERE)
    answer = put(script, {"labels": ["l1"], "comment": "Done."})
    assert (answer.status_code, answer.json["ticket"]["labels"]) == (200, ["l1"])
    assert [event["id"] for event in answer.json["events"]] == [500]
    assert len(script.requests) == 3
    assert upstream.mutations[-1]["variables"]["comment"] == {"text": "Done."}


@pytest.mark.parametrize(
    "error", [{"message": "No such label"}, {"message": "Label not found", "extensions": {"code": "ERR_NOT_FOUND"}}]
)
def test_a_label_that_is_gone_meanwhile_is_unknown(script, error):
    Upstream(script, errors=[{**error, "path": ["add0"]}])
    answer = put(script, {"labels": ["l1", "l2"]})
    told = [("labels", "Unknown label l1"), (None, "Done before that: adding label l2")]
    assert (answer.status_code, reasons(answer)) == (400, [*told, (None, "Not done: adding label l1")])


def test_more_changes_than_one_document_may_hold_go_in_several_in_order(script):
    upstream = Upstream(script)
    names = [f"l{i}" for i in range(1, 61)]
    answer = put(script, {"labels": names, "comment": "Many."})
    assert [event["label"] for event in answer.json["events"]] == [*names, None]
    assert [len(sent["variables"]) - 2 for sent in upstream.mutations] == [45, 15, 1]


def test_no_more_is_asked_than_a_budget_allows(script):
    upstream = Upstream(script)
    answer = put(script, {"labels": [f"l{i}" for i in range(91)]})
    assert (answer.status_code, upstream.mutations) == (501, [])
    before = len(script.requests)
    assert put(script, {"labels": [f"l{i}" for i in range(160)]}).status_code == 501
    assert len(script.requests) - before == 3
    assert MOST_READS + MOST_REQUESTS + len(["comment", "events", "author"]) == 8


def test_no_label_is_looked_for_behind_an_unknown_one(script):
    Upstream(script)
    answer = put(script, {"labels": [f"l{i}" for i in range(195, 1000)]})
    assert reasons(answer) == [("labels", "Unknown label l200")]
    assert len(script.requests) == 1


def test_the_largest_documents_are_not_too_complex():
    assert complexity(TODO.operations["UpdateLabels"].repeated(remove0=0, add0=MOST_CHANGED)) < 200
    assert complexity(TODO.operations["TicketForUpdate"].repeated(want0=MOST_WANTED)) < 200


IMPORT = {"comment": "Old.", "external_id": "github:zed", "external_url": "https://github.com/zed"}


def test_2026_imports_comments_with_their_author(script):
    upstream = Upstream(script)
    body = {**IMPORT, "created": "2020-01-02T03:04:05.6+0200"}
    assert put(script, body, era="2026").status_code == 200
    assert upstream.mutations[0]["variables"]["comment"]["import"] == {
        "externalId": "github:zed",
        "externalUrl": "https://github.com/zed",
        "created": "2020-01-02T01:04:05.600000+00:00",
    }


@pytest.mark.parametrize(
    ("era", "body"),
    [
        ("2024", IMPORT),
        ("2026", {"comment": "Old.", "created": "2020-01-02T03:04:05.6Z"}),
        ("2026", {**IMPORT, "comment": "", "status": "resolved", "resolution": "fixed"}),
    ],
)
def test_what_cannot_be_imported_is_refused_and_not_attributed_to_the_caller(script, era, body):
    upstream = Upstream(script)
    answer = put(script, body, era=era)
    assert (answer.status_code, upstream.mutations) == (501, [])


@pytest.mark.parametrize("era", ["2024", "2026"])
@pytest.mark.parametrize("nothing", ["", 0, False, []])
def test_an_empty_origin_is_none(script, era, nothing):
    upstream = Upstream(script)
    body = {"comment": "Mine.", "external_id": nothing, "external_url": nothing, "created": nothing}
    assert put(script, body, era=era).status_code == 200
    assert upstream.mutations[0]["variables"]["comment"] == {"text": "Mine."}


@pytest.mark.parametrize("number", ["2147483648", "99999999999999999999"])
def test_a_number_beyond_32_bits_is_not_found_without_asking(script, number):
    asker = Asker("todo", script.origin)
    for method, path in (
        ("GET", f"tickets/{number}"),
        ("PUT", f"tickets/{number}"),
        ("GET", f"tickets/{number}/events"),
    ):
        assert asker.open(method, f"/api/trackers/widgets/{path}", "mira").status_code == 404
    assert script.requests == []


def test_a_nul_in_a_name_is_not_found_without_asking(script):
    assert Asker("todo", script.origin).open("GET", "/api/trackers/a%00b", "mira").status_code == 404
    assert script.requests == []


@pytest.mark.parametrize("paging", ["auto", "walk"])
def test_a_label_that_is_there_meanwhile_leaves_its_fellows_and_the_comment(
    ask: Any, sandbox: Any, paging: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker, store, fetch = ask(paging), sandbox[0].services["todo"].store, Call.fetch
    path = "/api/trackers/widgets/tickets/3"
    row = next(row for row in store.tickets if (row.tracker_id, row.id) == (41, 3))
    mine = [label for label in store.labels if label.tracker_id == 41][:3]

    def raced(self: Call, operation: str, *given: Any, **asked: Any) -> Any:
        if operation == "UpdateLabels":
            table = store.ticket_labels
            table.add(TicketLabel(table.take_id(), row.row_id, mine[1].id))
        return fetch(self, operation, *given, **asked)

    monkeypatch.setattr(Call, "fetch", raced)
    names = [label.name for label in mine]
    before = asker.get(path, "jdoe")["labels"]
    body = {"labels": names, "comment": "words"}
    answer = asker.open("PUT", path, "jdoe", data=json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json["ticket"]["labels"]) == (200, sorted(names))
    told = [(event["event_type"], event["label"]) for event in answer.json["events"]]
    gone = [(["label_removed"], name) for name in before if name not in names]
    assert sorted(told[:-1]) == sorted([*gone, *((["label_added"], name) for name in (names[0], names[2]))])
    assert told[-1] == (["comment"], None)
    newest = asker.get(f"{path}/events", "jdoe")["results"]
    assert {event["id"] for event in answer.json["events"]} == {event["id"] for event in newest[: len(told)]}
    ids = [event["id"] for event in answer.json["events"]]
    assert ids == sorted(ids)


LOADERS = {"owner", "submitter", "ticket", "tracker", "label", "labels", "assignees", "author", "user", "acl", "text"}


def test_mutations_answer_columns_alone():
    mutations = [operation for operation in TODO.operations.every() if operation.is_mutation]
    assert len(mutations) > 4
    for operation in mutations:
        selected = {node.name.value for node in _fields(operation.document)} - {"submitTicket", "labelTicket"}
        assert selected & LOADERS == set(), operation.name


def _fields(document):
    found = []

    class Collect(Visitor):
        def enter_field(self, node, *_):
            found.append(node)

    visit(document, Collect())
    return found
