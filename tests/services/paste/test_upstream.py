"""What paste asks upstream, and what it makes of answers that the sandbox does not give (paste 4, 7, 9)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shim import crypto
from shim.services.answers import LOST
from shim.services.paste import service
from tests.conftest import NETWORK_KEY, Script
from tests.kit import Asker
from tests.upstream.test_session import drop

P3 = "9a32aad8bde23c766503bc863525766036486d18"
H = "22596363b3de40b06f981fb85d82312e8c0ed511"
CREATED = {"data": {"create": {"sha": P3, "created": "2024-09-05T00:00:00.123456789Z", "visibility": "PRIVATE"}}}
HELLO = {"files": [{"filename": 'a "b".txt', "contents": "hello world\n"}], "visibility": "private"}
WALK = {("shim", "paging"): "walk"}
PLAIN = "text/plain; charset=utf-8"


def listed(*numbers: int) -> dict[str, Any]:
    """A last page of pastes, made at half past each second."""
    rows = [
        {"sha": f"{n:040x}", "created": f"2024-09-04T10:00:{n:02}.5Z", "visibility": "PUBLIC", "files": []}
        for n in numbers
    ]
    page = {"results": rows, "cursor": None}
    return {"data": {"rows": page, "keys": page}}


def parts(request: dict[str, Any]) -> list[tuple[str, bytes]]:
    """The head and the content of each part of a form."""
    boundary = request["headers"]["Content-Type"].partition("boundary=")[2]
    split = (part.partition(b"\r\n\r\n") for part in request["body"].split(f"--{boundary}".encode())[1:-1])
    return [(head.decode(), content.removesuffix(b"\r\n")) for head, _, content in split]


def refused(message: str, *others: str) -> dict[str, Any]:
    """What a refused creation is answered with."""
    return {"data": None, "errors": [{"message": text, "path": ["create"]} for text in (message, *others)]}


@pytest.mark.parametrize("settings", [{}, WALK], ids=["sealed", "walk"])
def test_a_list_that_fits_takes_one_request(script: Script, settings: Any) -> None:
    """T1."""
    script.steps = [listed(2, 1)]
    page = Asker("paste", script.origin, settings).get("/api/pastes", "alder")
    assert (page["total"], page["next"], len(page["results"])) == (2, None, 2)
    assert page["results"][0]["created"] == "2024-09-04T10:00:02+00:00"
    (asked,) = script.asked
    assert "user" not in asked["query"], "which needs a grant that the token may lack"


@pytest.mark.parametrize("created", [None, "2024-13-45T99:99:99Z"])
def test_a_row_without_a_time_is_no_row(script: Script, created: Any) -> None:
    step = listed(2, 1)
    step["data"]["rows"]["results"][0]["created"] = created
    script.steps = [step]
    assert Asker("paste", script.origin, WALK).open("GET", "/api/pastes", "alder").status_code == 502


def test_no_call_asks_for_more_rows_than_the_api_bears(script: Script) -> None:
    """The files of each paste cost it two transactions (upstream-safety 3.1)."""
    script.steps = [listed(2, 1)]
    Asker("paste", script.origin).get("/api/pastes", "alder")
    (asked,) = script.asked
    counts = {name: crypto.unseal(NETWORK_KEY, asked["variables"][name])["count"] for name in ("cursor", "counter")}
    assert counts == {"cursor": 25, "counter": 100_000}
    keys = asked["query"].partition("keys:")[2].partition("}")[0]
    assert "files" not in keys
    assert "...paste" not in keys


def test_whose_the_list_is_is_asked_where_the_token_does_not_tell(script: Script) -> None:
    """4.1: an old token goes upstream as it is."""
    script.steps = [listed(1), {"data": {"me": {"canonical_name": "~alder", "name": "alder"}}}]
    asker = Asker("paste", script.origin, {("shim", "legacy-tokens"): "yes"})
    answer = asker.open("GET", "/api/pastes", headers={"Authorization": f"token {'0a' * 16}"})
    assert answer.json["results"][0]["user"] == {"canonical_name": "~alder", "name": "alder"}
    assert [asked["query"].split("(")[0].split(" {")[0] for asked in script.asked] == ["query Pastes", "query Me"]


def test_a_new_paste_is_a_form_of_these_parts(script: Script) -> None:
    """T5."""
    script.steps = [CREATED]
    answer = Asker("paste", script.origin).open("POST", "/api/pastes", "alder", json=HELLO)
    assert (answer.status_code, answer.json) == (
        201,
        {
            "created": "2024-09-05T00:00:00+00:00",
            "visibility": "private",
            "sha": P3,
            "user": {"canonical_name": "~alder", "name": "alder"},
            "files": [{"filename": 'a "b".txt', "blob_id": H}],
        },
    )
    (request,) = script.requests
    operations, places, file = parts(request)
    assert json.loads(operations[1])["variables"] == {"files": [None], "visibility": "PRIVATE"}
    assert json.loads(places[1]) == {"0": ["variables.files.0"]}
    assert file[0].split("\r\n")[1:] == [
        'Content-Disposition: form-data; name="0"; filename="a \\"b\\".txt"',
        f"Content-Type: {PLAIN}",
    ]
    assert file[1] == b"hello world\n"


def test_a_file_without_a_name_has_no_parameter_for_one(script: Script) -> None:
    """T6."""
    script.steps = [CREATED]
    answer = Asker("paste", script.origin).open(
        "POST", "/api/pastes", "alder", json={"files": [{"contents": "print(1)\n"}]}
    )
    assert answer.json["files"][0]["filename"] is None
    operations, _, file = parts(script.requests[0])
    assert "filename" not in file[0]
    assert json.loads(operations[1])["variables"]["visibility"] == "UNLISTED"


@pytest.mark.parametrize(
    "body",
    [{}, {"files": []}, {"files": [{"contents": "a\0"}]}, {"files": [{"contents": "x"}], "visibility": "PUBLIC"}],
)
def test_what_is_refused_here_asks_nothing(script: Script, body: Any) -> None:
    """T7, T8."""
    answer = Asker("paste", script.origin).open("POST", "/api/pastes", "alder", json=body)
    assert (answer.status_code, script.requests) == (400, [])


def test_so_many_files_and_no_more(script: Script) -> None:
    script.steps = [CREATED]
    asker = Asker("paste", script.origin)
    most = [{"contents": str(i)} for i in range(100)]
    assert asker.open("POST", "/api/pastes", "alder", json={"files": most}).status_code == 201
    refused = asker.open("POST", "/api/pastes", "alder", json={"files": [*most, {"contents": "x"}]})
    assert (refused.status_code, len(script.requests)) == (413, 1)


@pytest.mark.parametrize(
    "message",
    [
        "Access denied, missing PASTES:RW grant",
        "Access denied for invalid auth method",
    ],
)
def test_a_refusal_of_the_caller_names_the_scope(script: Script, message: str) -> None:
    """T15."""
    script.steps = [refused(message)]
    answer = Asker("paste", script.origin).open("POST", "/api/pastes", "alder", json=HELLO)
    text = "Your OAuth token is not permitted to use this endpoint (needs pastes:write)"
    assert (answer.status_code, answer.json) == (403, {"errors": [{"reason": text}]})


@pytest.mark.parametrize(
    "messages",
    [
        ("File name 'a' cannot be specified more than once",),
        ("File index 0 has unacceptable non-UTF-8 data", "invalid file input"),
    ],
)
def test_of_what_is_wrong_with_files_the_first_is_told(script: Script, messages: tuple[str, ...]) -> None:
    script.steps = [refused(*messages)]
    answer = Asker("paste", script.origin).open("POST", "/api/pastes", "alder", json=HELLO)
    assert (answer.status_code, answer.json) == (400, {"errors": [{"field": "files", "reason": messages[0]}]})


@pytest.mark.parametrize(
    "step",
    [
        (403, "application/json", '{"errors": [{"message": "Authentication error: Invalid or expired token"}]}'),
        {"data": None, "errors": [{"message": "x", "path": ["create"], "extensions": {"code": "ERR_UNAUTHORIZED"}}]},
    ],
)
def test_what_is_wrong_with_the_caller_is_not_called_wrong_with_the_files(script: Script, step: Any) -> None:
    script.steps = [step]
    answer = Asker("paste", script.origin).open("POST", "/api/pastes", "alder", json=HELLO)
    assert (answer.status_code, answer.json) == (400, {"errors": [{"reason": "Invalid or expired OAuth token"}]})


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/pastes"), ("DELETE", f"/api/pastes/{P3}")])
def test_what_may_have_been_done_is_sent_once_and_said_to_be_looked_for(script: Script, method: str, path: str) -> None:
    script.steps = [drop]
    answer = Asker("paste", script.origin).open(method, path, "alder", json=HELLO)
    assert (answer.status_code, answer.json) == (502, {"errors": [{"reason": LOST.format(service="paste")}]})
    assert len(script.requests) == 1


def test_no_mutation_asks_for_what_is_loaded_after_it_was_done() -> None:
    mutations = [operation for operation in service.operations.every() if operation.is_mutation]
    assert len(mutations) == 2
    for operation in mutations:
        selected = operation.text.rpartition(") {")[2]
        assert "files" not in selected
        assert "user" not in selected


class TestBlobs:
    """Contents by plain HTTP, from the configured address alone."""

    def show(self, script: Script, settings: Any = None) -> Any:
        return Asker("paste", script.origin, settings).open("GET", f"/api/blobs/{H}", "alder")

    def test_they_are_asked_for_as_the_caller(self, script: Script) -> None:
        """T12."""
        script.steps = [(200, PLAIN, "hello world\n")]
        assert self.show(script).json == {"created": None, "sha": H, "contents": "hello world\n"}
        (request,) = script.requests
        assert request["path"] == f"/query/blob/{H}"
        assert request["headers"]["Authorization"].startswith("Bearer ")

    @pytest.mark.parametrize("data", [b"a" * 2**21, b"\x01" * 2**21, "aü\U0001f600\xff".encode()[:-1] * 2**18])
    def test_a_large_one_is_written_piece_by_piece(self, script: Script, data: bytes) -> None:
        """Of one byte six may become, and a text of four in memory: a few large ones at once would be too much."""
        script.steps = [(200, PLAIN, data)]
        answer = Asker("paste", script.origin).open("GET", f"/api/blobs/{H}", "alder", buffered=False)
        pieces = list(answer.iter_encoded())
        assert max(map(len, pieces)) <= 6 * 2**16
        text = data.decode("utf-8", "replace")
        assert b"".join(pieces) == json.dumps({"created": None, "sha": H, "contents": text}).encode()
        assert answer.content_type == "application/json"

    def test_what_is_no_text_is_shown_as_far_as_it_is(self, script: Script) -> None:
        script.steps = [(200, PLAIN, b"a\xff\r\n")]
        assert self.show(script).json["contents"] == "a\ufffd\r\n"

    @pytest.mark.parametrize(
        ("step", "status"),
        [
            ((404, PLAIN, "Blob not found\r\n"), 404),
            ((403, "application/json", '{"errors":[{"message":"Invalid or expired OAuth 2.0 bearer token"}]}'), 400),
            ((500, PLAIN, "oops"), 502),
            ((302, PLAIN, ""), 502),
            (drop, 502),
        ],
    )
    def test_failures(self, script: Script, step: Any, status: int) -> None:
        script.steps = [step]
        assert self.show(script).status_code == status

    def test_they_have_the_bound_of_any_answer(self, script: Script) -> None:
        script.steps = [(200, PLAIN, bytes(2**21))]
        settings = {("shim", "answer-limit"): str(2**20)}
        assert self.show(script, settings).status_code == 502

    def test_one_that_ends_early_is_no_whole_one(self, script: Script) -> None:
        def cut(handler: Any) -> None:
            handler.send_response(200)
            handler.send_header("Content-Length", "100")
            handler.end_headers()
            handler.wfile.write(b"half")
            handler.close_connection = True

        script.steps = [cut]
        assert self.show(script).status_code == 502
