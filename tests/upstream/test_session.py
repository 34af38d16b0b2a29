"""How calls go upstream, and what every way of failing there becomes (conventions 12, design D3)."""

import json
import socket
import threading
import zlib
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shim.upstream import (
    WAIT,
    Asker,
    Bounds,
    Deadline,
    FieldError,
    FieldFailure,
    Kind,
    Limits,
    Local,
    Refused,
    Result,
    Upstream,
    UpstreamError,
    loads,
)
from shim.upstream.transport import decode

OPERATIONS = loads("""
query Thing($u: String!, $n: Int) { owner: user(username: $u) { thing(n: $n) { id } } }
mutation Make($name: String!) { make(name: $name) { id } }
""")
ASKER = Asker("Bearer t", {"User-Agent": "test"})


LIMITS = Limits(connect=1.0, duration=0.1, grace=0.2, queue=1.0)


def upstream_at(origin, **changes):
    return Upstream(origin, replace(LIMITS, **changes), Local(), Bounds("thing"))


def send(origin, name="Thing", variables=None, seconds=5.0, observe=None):
    return upstream_at(origin).execute(OPERATIONS[name], variables or {"u": "a"}, ASKER, Deadline(seconds), observe)


def drop(handler):
    """Cut the connection after the request was read."""
    handler.close_connection = True
    handler.connection.close()


def hang(handler):
    """Answer nothing until the client gives up."""
    handler.close_connection = True
    handler.rfile.read(1)


def cut_short(handler):
    """Promise more than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"data": {')
    handler.close_connection = True


def test_a_request_carries_the_printed_document_its_variables_and_the_callers_credential(script):
    script.steps = [{"data": {"owner": {"thing": {"id": 1}}}}]
    assert send(script.origin).require("owner", "thing") == {"id": 1}
    (request,) = script.requests
    assert request["path"] == "/query"
    assert request["headers"]["Authorization"] == "Bearer t"
    assert request["headers"]["User-Agent"] == "test"
    sent = json.loads(request["body"])
    assert sent == {"query": OPERATIONS["Thing"].text, "variables": {"u": "a"}, "operationName": "Thing"}


def stall(handler):
    """Answer in part and then nothing until the client gives up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"data": {')
    handler.wfile.flush()
    hang(handler)


def trickle(handler):
    """Answer a million bytes, one after the other, while the client listens."""
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    with suppress(OSError):
        for _ in range(1_000_000):
            handler.wfile.write(b" ")


def test_one_session_serves_many_calls_and_keeps_no_variable_and_no_cookie(script):
    def with_cookie(handler):
        data = b'{"data": {"owner": null}}'
        handler.send_response(200)
        handler.send_header("Set-Cookie", "sr.ht.unified-login.v1=x; Path=/")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    script.steps = [with_cookie]
    upstream = upstream_at(script.origin, grace=1.0)
    for variables in ({"u": "a", "n": 5}, {"u": "b"}):
        upstream.execute(OPERATIONS["Thing"], variables, ASKER, Deadline(5))
    assert [sent["variables"] for sent in script.asked] == [{"u": "a", "n": 5}, {"u": "b"}]
    assert all("Cookie" not in request["headers"] for request in script.requests)


def test_netrc_and_proxies_of_the_environment_are_ignored(script, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login eve password x\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    send(script.origin)
    assert script.requests[0]["headers"]["Authorization"] == "Bearer t"


def test_redirects_are_not_followed(script):
    def redirect(handler):
        handler.send_response(307)
        handler.send_header("Location", f"{script.origin}/elsewhere")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    script.steps = [redirect]
    with pytest.raises(UpstreamError):
        send(script.origin)
    assert len(script.requests) == 1


def test_partial_data_keeps_its_errors():
    result_errors = [{"message": "no", "path": ["owner", "thing"]}, {"message": "other", "path": ["else"]}]
    result = Result({"owner": {"thing": None}}, tuple(map(FieldError.read, result_errors)))
    with pytest.raises(FieldFailure, match=r"^no$"):
        result.require("owner", "thing")
    assert [e.message for e in result.touching("owner", "thing", "below")] == ["no"]


def test_raw_bytes_inside_json_survive(script):
    script.steps = [(200, "application/json", b'{"data": {"owner": {"thing": {"id": "caf\xe9 \xc3\xbc"}}}}')]
    text = send(script.origin).require("owner", "thing", "id")
    assert text.encode("utf-8", "surrogateescape") == b"caf\xe9 \xc3\xbc"


_PIECES = ["\\\\", "\\ud800", "\\udc00", "\\uD83D", "\\uDE00", "\\ue000", "ud800", "\\n", "x"]


@example(["\\\\", "ud800", "\\udc00"])
@given(st.lists(st.sampled_from(_PIECES), max_size=6))
def test_an_answer_of_ascii_holds_no_half_of_a_surrogate_pair(pieces):
    text = f'"{"".join(pieces)}"'
    value = json.loads(text)
    whole = value == value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert decode(text.encode()) == (value if whole else None)


AUTHENTICATION = [
    (400, "Authentication error: Invalid Authorization header", Kind.TOKEN),
    (400, "Authentication error: Invalid OAuth bearer token", Kind.TOKEN),
    (403, "Authentication error: Invalid or expired OAuth 2.0 bearer token", Kind.TOKEN),
    (403, "Authentication error: Account suspended with the following notice: spam\nContact support", Kind.SUSPENDED),
    (500, "Authentication error: Temporary error; try again later", Kind.TEMPORARY),
    (403, "Authentication error: Invalid Authorization header (encryption error)", Kind.INTERNAL_REFUSED),
    (401, "Authentication error: Invalid source IP 10.0.0.1 for internal auth", Kind.INTERNAL_REFUSED),
]


@pytest.mark.parametrize(("status", "message", "kind"), AUTHENTICATION)
def test_refusals_of_the_caller(script, status, message, kind):
    script.steps = [(status, "application/json", json.dumps({"errors": [{"message": message}]}))]
    with pytest.raises(UpstreamError) as caught:
        send(script.origin)
    assert caught.value.kind is kind
    if kind is Kind.SUSPENDED:
        assert caught.value.notice == "spam"


FAILURES = [
    ((502, "text/html", "<h1>Bad gateway</h1>"), Kind.UNREACHABLE),
    ((503, "text/html", "<h1>No</h1>"), Kind.UNREACHABLE),
    ((504, "text/html", "<h1>Late</h1>"), Kind.TIMEOUT),
    ((200, "text/html", "<h1>Welcome</h1>"), Kind.FAULT),
    ((200, "application/json", '{"data": {"owner"'), Kind.FAULT),
    ((200, "application/json", "[]"), Kind.FAULT),
    ((200, "application/json", '{"data": null}'), Kind.FAULT),
    ((200, "application/json", '{"data": [1]}'), Kind.FAULT),
    ((200, "application/json", '{"data": "text"}'), Kind.FAULT),
    ((200, "application/json", '{"data": null, "errors": "text"}'), Kind.FAULT),
    ((200, "application/json", '{"data": null, "errors": ["text"]}'), Kind.FAULT),
    ((200, "application/json", '{"data": null, "errors": {"message": "x"}}'), Kind.FAULT),
    ((200, "application/json", '{"data": ' + "[" * 100_000), Kind.FAULT),
    ((422, "text/html", "<h1>No</h1>"), Kind.FAULT),
    ((400, "text/html", "<h1>Bad Request</h1>"), Kind.FAULT),
    ((400, "application/json", '{"errors": [{"message": "transport not supported"}], "data": null}'), Kind.FAULT),
    ((500, "application/json", '{"errors": [{"message": "Authentication error: what"}]}'), Kind.FAULT),
    ((403, "text/html", "<h1>Forbidden</h1>"), Kind.TOKEN),
    ((401, "application/json", '{"errors": []}{"errors": []}'), Kind.TOKEN),
    (drop, Kind.UNREACHABLE),
    (cut_short, Kind.UNREACHABLE),
    (hang, Kind.TIMEOUT),
    (stall, Kind.TIMEOUT),
]


@pytest.mark.parametrize(("step", "kind"), FAILURES)
def test_failures_of_the_upstream(script, step, kind):
    script.steps = [step]
    with pytest.raises(UpstreamError) as caught:
        send(script.origin)
    assert caught.value.kind is kind


@pytest.mark.parametrize(
    "odd",
    [{"path": 5}, {"path": "owner"}, {"extensions": "x"}, {"extensions": {"code": {"a": 1}, "field": 5}}],
)
def test_an_error_with_odd_parts_is_its_message(odd):
    assert FieldError.read({"message": "taken", **odd}) == FieldError("taken")


def test_an_unreachable_upstream():
    with pytest.raises(UpstreamError) as caught:
        send("http://127.0.0.1:9")
    assert caught.value.kind is Kind.UNREACHABLE


def test_a_query_that_may_have_killed_the_server_is_not_sent_again(script):
    script.steps = [drop, {"data": {"owner": {"thing": {"id": 2}}}}]
    with pytest.raises(UpstreamError) as caught:
        send(script.origin)
    assert caught.value.kind is Kind.UNREACHABLE
    assert len(script.requests) == 1


def test_a_query_to_a_server_that_is_just_being_restarted_is_tried_anew(script, monkeypatch):
    """Its port is known, and for a while nobody listens there."""
    tries = []
    genuine = socket.socket.connect

    def connect(self, address):
        if address[1] == int(script.origin.rpartition(":")[2]) and len(tries) < 3:
            tries.append(address)
            raise ConnectionRefusedError
        return genuine(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr("shim.upstream.session._PAUSE", 0.0)
    script.steps = [{"data": {"owner": {"thing": {"id": 2}}}}]
    assert send(script.origin).require("owner", "thing", "id") == 2
    assert len(tries) == 3


def test_a_mutation_that_could_not_be_sent_is_not_tried_anew(script, monkeypatch):
    tries = []

    def connect(self, address):
        tries.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(UpstreamError) as caught:
        send(script.origin, "Make", {"name": "x"})
    assert (caught.value.kind, len(tries)) == (Kind.UNREACHABLE, 1)


UNKNOWN = [
    *(drop, cut_short, hang, stall),
    *((status, "text/html", "x") for status in (202, 500, 502, 503, 504)),
    *((200, "application/json", text) for text in ("[]", "{", '{"data": {"make": {}}}', '{"data": {"make": [1]}}')),
]


@pytest.mark.parametrize("step", UNKNOWN)
def test_a_mutation_is_sent_exactly_once_and_lost_whatever_happens(script, step):
    script.steps = [step, {"data": {"make": {"id": 1}}}]
    with pytest.raises(UpstreamError) as caught:
        send(script.origin, "Make", {"name": "x"})
    assert len(script.requests) == 1
    assert caught.value.kind is Kind.LOST


@pytest.mark.parametrize("status", [302, 404, 408, 413, 429])
def test_a_mutation_that_was_turned_away_at_the_door_is_not_lost(script, status):
    script.steps = [(status, "text/html", "x")]
    with pytest.raises(UpstreamError) as caught:
        send(script.origin, "Make", {"name": "x"})
    assert caught.value.kind is Kind.FAULT


def test_a_mutation_that_is_not_begun_for_want_of_time_is_not_lost(script):
    with pytest.raises(UpstreamError) as caught:
        send(script.origin, "Make", {"name": "x"}, seconds=0.0)
    assert (caught.value.kind, script.requests) == (Kind.TIMEOUT, [])


@pytest.mark.parametrize(
    ("step", "kind"), [((500, "text/html", "x"), Kind.FAULT), ((502, "text/html", "x"), Kind.UNREACHABLE)]
)
def test_the_gate_is_told_of_a_mutation_what_it_is_told_of_a_query(script, step, kind):
    told = []

    class Telling(Local):
        @contextmanager
        def admitted(self, *arguments):
            try:
                yield
            except UpstreamError as error:
                told.append(error.kind)
                raise

    upstream = Upstream(script.origin, LIMITS, Telling(), Bounds("thing"))
    for name, variables in (("Make", {"name": "x"}), ("Thing", {"u": "a"})):
        script.steps = [step]
        with pytest.raises(UpstreamError):
            upstream.execute(OPERATIONS[name], variables, ASKER, Deadline(5.0))
    assert told == [kind, kind]


@pytest.mark.parametrize("step", [hang, stall])
def test_a_query_that_timed_out_is_not_repeated(script, step):
    script.steps = [step]
    with pytest.raises(UpstreamError):
        send(script.origin)
    assert len(script.requests) == 1


def trickle_head(handler):
    """Begin an answer and never end its head, while the client listens."""
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    with suppress(OSError):
        for _ in range(1_000_000):
            handler.wfile.write(b"x")
            handler.wfile.flush()


def test_a_head_that_only_trickles_in_ends_once_it_is_beyond_the_servers_limit(script, monkeypatch):
    monkeypatch.setattr("http.client._MAXLINE", 2**40)
    script.steps = [trickle_head]
    for ask in (
        lambda: send(script.origin),
        lambda: upstream_at(script.origin).open("/query/blob/1/a", ASKER, Deadline(5)),
    ):
        with pytest.raises(UpstreamError) as caught:
            ask()
        assert caught.value.kind is Kind.TIMEOUT


def test_a_body_that_only_trickles_in_ends_likewise(script):
    script.steps = [trickle]
    with pytest.raises(UpstreamError) as caught:
        send(script.origin)
    assert caught.value.kind is Kind.TIMEOUT


def test_no_call_begins_that_could_not_be_waited_for(script):
    with pytest.raises(UpstreamError) as caught:
        send(script.origin, seconds=LIMITS.duration)
    assert caught.value.kind is Kind.TIMEOUT
    assert script.requests == []


def test_a_call_that_was_begun_is_waited_for_beyond_its_callers_deadline(script):
    def late(handler):
        passed.wait(5)
        script.play(handler, {"data": {"owner": {"thing": {"id": 1}}}})

    passed = threading.Event()
    script.steps = [late]
    deadline = Deadline(0.2)
    upstream = upstream_at(script.origin, grace=5.0)
    threading.Timer(0.3, passed.set).start()
    assert upstream.execute(OPERATIONS["Thing"], {"u": "a"}, ASKER, deadline).require("owner", "thing", "id") == 1
    assert deadline.left() < 0


def gzipped(data):
    """An answer whose body is zipped."""
    squeeze = zlib.compressobj(wbits=31)
    body = squeeze.compress(data) + squeeze.flush()

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_a_zipped_answer_is_read(script):
    script.steps = [gzipped(b'{"data": {"owner": {"thing": {"id": 3}}}}')]
    assert send(script.origin).require("owner", "thing", "id") == 3


@pytest.mark.parametrize(
    "step",
    [(200, "application/json", b" " * 2001), gzipped(b" " * 10_000_000), gzipped(b" ")],
    ids=["long", "zipped", "zipped and short"],
)
def test_an_answer_is_read_up_to_its_limit_and_no_further(script, step):
    script.steps = [step]
    with pytest.raises(UpstreamError) as caught:
        upstream_at(script.origin, answer=2000).execute(OPERATIONS["Thing"], {"u": "a"}, ASKER, Deadline(5))
    assert caught.value.kind is Kind.FAULT


def test_an_answer_in_an_encoding_nobody_asked_for_is_refused(script):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip, gzip")
        handler.send_header("Content-Length", "1")
        handler.end_headers()
        handler.wfile.write(b"x")

    script.steps = [answer]
    with pytest.raises(UpstreamError) as caught:
        send(script.origin)
    assert caught.value.kind is Kind.FAULT


def test_the_wait_for_a_turn_is_told(script):
    script.steps = [{"data": {"owner": {"thing": {"id": 1}}}}]
    seen = []
    send(script.origin, observe=lambda name, seconds: seen.append(name))
    assert seen == [WAIT, "Thing"]


def test_no_call_begins_behind_the_deadline(script):
    with pytest.raises(UpstreamError) as caught:
        send(script.origin, seconds=0)
    assert caught.value.kind is Kind.TIMEOUT
    assert script.requests == []


@pytest.mark.parametrize("variables", [{"u": "a\0b"}, {"u": "a", "n": 2**31}, {"u": "a", "n": -(2**31) - 1}])
def test_deadly_variables_are_never_sent(script, variables):
    with pytest.raises(Refused):
        send(script.origin, variables=variables)
    assert script.requests == []


def test_plain_resources_only_come_from_the_configured_origin(script):
    script.steps = [(200, "application/octet-stream", b"\x89PNG")]
    upstream = upstream_at(script.origin, grace=1.0)
    content = upstream.open("http://evil.example.net/query/blob/1/abc", ASKER, Deadline(5))
    assert (content.length, b"".join(content)) == (4, b"\x89PNG")
    assert script.requests[0]["path"] == "/query/blob/1/abc"


PLAIN = [
    ((404, "text/plain", "Invalid repository ID"), Kind.NOT_FOUND),
    ((400, "text/plain", "object not found"), Kind.NOT_FOUND),
    ((400, "application/json", json.dumps({"errors": [{"message": AUTHENTICATION[0][1]}]})), Kind.TOKEN),
    ((403, "application/json", json.dumps({"errors": [{"message": AUTHENTICATION[2][1]}]})), Kind.TOKEN),
    ((403, "application/json", json.dumps({"errors": [{"message": AUTHENTICATION[3][1]}]})), Kind.SUSPENDED),
    ((500, "application/json", json.dumps({"errors": [{"message": AUTHENTICATION[4][1]}]})), Kind.TEMPORARY),
    ((500, "text/plain", "oops"), Kind.FAULT),
    ((502, "text/html", "<h1>Bad gateway</h1>"), Kind.UNREACHABLE),
    ((504, "text/html", "<h1>Late</h1>"), Kind.TIMEOUT),
    (drop, Kind.UNREACHABLE),
    (hang, Kind.TIMEOUT),
]


@pytest.mark.parametrize(("step", "kind"), PLAIN)
def test_a_plain_resource_is_missing_only_where_the_api_says_so(script, step, kind):
    script.steps = [step]
    with pytest.raises(UpstreamError) as caught:
        upstream_at(script.origin).open("/query/blob/1/a", ASKER, Deadline(5))
    assert caught.value.kind is kind


def test_credentials_stay_out_of_what_errors_say(script):
    script.steps = [drop]
    with pytest.raises(UpstreamError) as caught:
        send(script.origin)
    assert "Bearer" not in str(caught.value)
